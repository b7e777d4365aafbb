#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "h2_client.h"
#include "recorder.h"
#include "socket_peer.h"

namespace gh::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";

class ServerTest : public testing::Test {
 protected:
  void accept(SocketPeer& peer, net::Stream::Accept how = {}, const ServerOptions& options = {}) {
    server_->accept(peer.take(), net::Address::unix_socket(), std::move(how),
                    std::make_shared<const ServerOptions>(options));
    peer.turn();
  }
  // Waits for the connection's end; how long that took.
  static std::chrono::milliseconds end_of(SocketPeer& peer) {
    const auto began = std::chrono::steady_clock::now();
    const auto passed = [&] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - began);
    };
    while (!peer.ended && passed() < std::chrono::seconds(8)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      peer.turn();
    }
    return passed();
  }

  net::Loop loop_;
  Recorder recorder_;
  std::unique_ptr<Server> server_ = std::make_unique<Server>(loop_, recorder_);
  SocketPeer peer_{loop_};
};

TEST_F(ServerTest, SpeaksHttp1) {
  accept(peer_);
  recorder_.answer_at_end = true;
  peer_.send(kGet);
  EXPECT_THAT(peer_.received, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(peer_.received, EndsWith("\r\n\r\nok"));
  peer_.send(kGet);
  EXPECT_EQ(recorder_.requests.size(), 2u);
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(ServerTest, SpeaksHttp2ByPriorKnowledgeHoweverThePrefaceComes) {
  recorder_.answer_at_end = true;
  const std::string bytes =
      h2::hello() + h2::headers(1, h2::request("GET", "/v1/models"), h2::kEndStream);
  for (const std::size_t cut : {1ul, 3ul, 23ul, 24ul, 25ul, bytes.size()}) {
    SCOPED_TRACE(cut);
    SocketPeer peer(loop_);
    accept(peer);
    peer.send(bytes.substr(0, cut));
    peer.send(bytes.substr(cut));
    h2::Reader reader;
    reader.read(peer.received);
    EXPECT_THAT(reader.statuses, ElementsAre(std::pair(1u, std::string("200"))));
    EXPECT_EQ(reader.body[1], "ok");
  }
}

TEST_F(ServerTest, WhatOnlyBeginsLikeThePrefaceIsHttp1) {
  recorder_.answer_at_end = true;
  accept(peer_);
  peer_.send("P");
  peer_.send("OST /v1/x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(peer_.received, StartsWith("HTTP/1.1 200 OK\r\n"));
}

// "P" may begin a request as well as the preface: it is as slow as any other head.
TEST_F(ServerTest, AHeadThatStopsWithinThePrefaceIsSlow) {
  for (const std::string_view begun : {"P", "PR", "PRI * HTTP/2.0\r\n"}) {
    SocketPeer peer(loop_);
    accept(peer, {}, {.head_timeout = std::chrono::milliseconds(50)});
    peer.send(begun);
    EXPECT_LT(end_of(peer), std::chrono::seconds(5));
    EXPECT_THAT(peer.received, StartsWith("HTTP/1.1 4")) << begun;
  }
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_head", "slow_head", "bad_method"));
}

TEST_F(ServerTest, ARefusedConnectionHearsNothing) {
  recorder_.max_connections = 0;
  accept(peer_);
  EXPECT_TRUE(peer_.ended);
  EXPECT_EQ(server_->connections(), 0u);
  EXPECT_EQ(recorder_.disconnections, 0);
}

TEST_F(ServerTest, AClientThatLeavesIsTold) {
  accept(peer_);
  peer_.send(kGet);
  peer_.half_close();
  EXPECT_TRUE(recorder_.requests[0]->gone);
  EXPECT_EQ(recorder_.disconnections, 1);
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(ServerTest, BrokenHttpIsAnsweredAndClosed) {
  accept(peer_);
  peer_.send("GET http://evil/ HTTP/1.1\r\n");
  EXPECT_THAT(peer_.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(peer_.received, HasSubstr("connection: close"));
  EXPECT_TRUE(peer_.ended);
  EXPECT_THAT(recorder_.glitches, ElementsAre("bad_target"));
  peer_.close();
  EXPECT_EQ(server_->connections(), 0u);
  EXPECT_EQ(recorder_.disconnections, 1);
}

TEST_F(ServerTest, ALongAnswerPassesBackPressure) {
  accept(peer_);
  peer_.send(kGet);
  ServerStream& stream = *recorder_.requests[0]->stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = 4 << 20});
  stream.send_data(std::string(4 << 20, 'x'));
  for (int i = 0; i < 1000 && stream.pending() > 0; ++i) peer_.turn();
  EXPECT_EQ(recorder_.requests[0]->writable, 1);
  stream.finish();
  peer_.turn();
  EXPECT_GT(peer_.received.size(), 4u << 20);
}

TEST_F(ServerTest, DrainingClosesIdleConnections) {
  SocketPeer busy(loop_);
  accept(peer_);
  accept(busy);
  busy.send(kGet);
  server_->drain();
  busy.turn();
  peer_.turn();
  EXPECT_TRUE(peer_.ended);
  EXPECT_FALSE(busy.ended);
  recorder_.requests[0]->answer(200, "ok");
  busy.turn();
  EXPECT_TRUE(busy.ended);
  EXPECT_THAT(busy.received, EndsWith("ok"));
}

// One that has not come as far as to ask may be about to; it does not hold up the end for long.
TEST_F(ServerTest, DrainingGivesNewConnectionsASecond) {
  SocketPeer silent(loop_);
  SocketPeer late(loop_);
  accept(silent, {.tls = nullptr, .proxy_head = true});
  accept(late, {.tls = nullptr, .proxy_head = true});
  recorder_.answer_at_end = true;
  server_->drain();
  late.send(std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16));
  EXPECT_FALSE(late.ended);
  late.send(kGet);
  EXPECT_THAT(late.received, EndsWith("ok"));
  EXPECT_TRUE(late.ended);
  EXPECT_LT(end_of(silent), std::chrono::seconds(4));
  SocketPeer begun(loop_);
  accept(begun);
  EXPECT_LT(end_of(begun), std::chrono::seconds(4));
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(ServerTest, DestructionTellsWhatIsOpen) {
  SocketPeer other(loop_);
  accept(peer_);
  accept(other);
  peer_.send(kGet);
  other.send(h2::hello() + h2::headers(1, h2::request("GET", "/v1/models"), h2::kEndStream));
  server_.reset();
  EXPECT_TRUE(recorder_.requests[0]->gone && recorder_.requests[1]->gone);
  EXPECT_EQ(recorder_.disconnections, 2);
  peer_.turn();
  EXPECT_TRUE(peer_.ended);
}

TEST_F(ServerTest, ManyConnectionsComeAndGo) {
  recorder_.answer_at_end = true;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<SocketPeer>> peers;
    for (int i = 0; i < 20; ++i) {
      peers.push_back(std::make_unique<SocketPeer>(loop_));
      accept(*peers.back());
      peers.back()->send(kGet);
    }
    for (const auto& peer : peers) peer->close();
    EXPECT_EQ(server_->connections(), 0u);
  }
  EXPECT_EQ(recorder_.connections, recorder_.disconnections);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

}  // namespace
}  // namespace gh::http
