#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "socket_peer.h"

namespace gh::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHead = "POST /v1/x HTTP/1.1\r\nHost: v\r\nContent-Length: 2\r\n\r\n";

struct Answer final : AnswerEvents {
  int status = 0;
  std::optional<std::uint64_t> length;
  std::string type;
  std::string body;
  std::string failure;
  bool ended = false;
  int connected = 0;
  ClientConnection* close_when_connected = nullptr;
  ClientConnection* close_at_head = nullptr;

  void on_connected() override {
    ++connected;
    if (close_when_connected != nullptr) close_when_connected->close();
  }
  void on_answer_head(const AnswerHead& head) override {
    status = head.status;
    length = head.content_length;
    type = head.only("content-type").value_or("");
    if (close_at_head != nullptr) close_at_head->close();
  }
  void on_answer_data(std::string_view bytes) override { body += bytes; }
  void on_answer_end() override { ended = true; }
  void on_answer_failed(ClientFailure why, std::string_view detail) override {
    failure = std::string(name(why)) + ": " + std::string(detail);
  }
};

class ClientTest : public testing::Test {
 protected:
  void send(ClientLimits limits = {}, std::string_view head = kHead) {
    client_ =
        std::make_unique<ClientConnection>(loop_, peer_.take(), net::Stream::Connect{}, limits);
    client_->send(head, "{}", answer_);
    peer_.turn();
  }

  net::Loop loop_;
  SocketPeer peer_{loop_};
  Answer answer_;
  std::unique_ptr<ClientConnection> client_;
};

TEST_F(ClientTest, SendsWhatWasQueuedBeforeTheConnectionWasUp) {
  send();
  EXPECT_EQ(peer_.received, std::string(kHead) + "{}");
  EXPECT_TRUE(client_->connected());
  EXPECT_TRUE(client_->request_begun());
}

TEST_F(ClientTest, NothingHasBegunBeforeTheConnectionIsUp) {
  client_ = std::make_unique<ClientConnection>(loop_, peer_.take(), net::Stream::Connect{},
                                               ClientLimits{});
  client_->send(kHead, "{}", answer_);
  EXPECT_FALSE(client_->request_begun());
}

TEST_F(ClientTest, SaysOnceThatTheConnectionIsUp) {
  send();
  EXPECT_EQ(answer_.connected, 1);
  peer_.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  client_->send(kHead, "{}", answer_);
  peer_.turn();
  EXPECT_EQ(answer_.connected, 1);
}

TEST_F(ClientTest, MayBeClosedWhenItIsUpWithoutARequest) {
  client_ = std::make_unique<ClientConnection>(loop_, peer_.take(), net::Stream::Connect{},
                                               ClientLimits{});
  answer_.close_when_connected = client_.get();
  client_->send({}, {}, answer_);
  peer_.turn();
  EXPECT_EQ(answer_.connected, 1);
  EXPECT_FALSE(client_->connected() || client_->request_begun());
  EXPECT_EQ(peer_.received + answer_.failure, "");
}

TEST_F(ClientTest, NothingHasBegunWhenThePeerLeftBeforeTheFirstByte) {
  send();
  peer_.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  ASSERT_TRUE(client_->reusable());
  peer_.leave();
  client_->send(kHead, "{}", answer_);  // before the loop can tell
  peer_.turn();
  EXPECT_THAT(answer_.failure, StartsWith("reset: "));
  EXPECT_FALSE(client_->request_begun()) << "another connection may carry it";
}

TEST_F(ClientTest, ARequestHasBegunAlsoWhenItsConnectionIsGone) {
  send();
  peer_.close();
  EXPECT_THAT(answer_.failure, StartsWith("reset: "));
  EXPECT_TRUE(client_->request_begun());
}

TEST_F(ClientTest, ReadsAnAnswerByLengthAndMayBeUsedAgain) {
  send();
  peer_.send("HTTP/1.1 200 OK\r\ncontent-type: a/b\r\ncontent-length: 5\r\n\r\nhel");
  EXPECT_EQ(answer_.status, 200);
  EXPECT_EQ(answer_.type, "a/b");
  EXPECT_EQ(answer_.length, 5u);
  EXPECT_FALSE(answer_.ended);
  EXPECT_FALSE(client_->reusable());
  peer_.send("lo");
  EXPECT_EQ(answer_.body, "hello");
  EXPECT_TRUE(answer_.ended);
  EXPECT_TRUE(client_->reusable() && client_->fresh());

  Answer second;
  client_->send(kHead, "{}", second);
  peer_.send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
  EXPECT_EQ(second.status, 404);
  EXPECT_TRUE(second.ended && client_->reusable());
}

TEST_F(ClientTest, ReadsChunksHoweverTheyCome) {
  send();
  constexpr std::string_view kText =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
  for (const char& c : kText) peer_.send({&c, 1});
  EXPECT_EQ(answer_.status, 200);
  EXPECT_EQ(answer_.body, "hello!");
  EXPECT_TRUE(answer_.ended && client_->reusable());
}

// covers: engine-3.5-close-delimited
TEST_F(ClientTest, ABodyUntilCloseEndsThereAndTheConnectionWithIt) {
  send();
  peer_.send("HTTP/1.1 200 OK\r\n\r\nhello");
  EXPECT_FALSE(answer_.ended);
  peer_.half_close();
  EXPECT_EQ(answer_.body, "hello");
  EXPECT_TRUE(answer_.ended);
  EXPECT_FALSE(client_->reusable());
}

// covers: engine-7-upstream-distrust
TEST_F(ClientTest, AnAnswerThatIsCutShortIsAReset) {
  for (const std::string_view text :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
    SCOPED_TRACE(text);
    SocketPeer peer(loop_);
    Answer answer;
    ClientConnection client(loop_, peer.take(), {}, {});
    client.send(kHead, "{}", answer);
    peer.send(text);
    EXPECT_EQ(answer.failure, "");
    peer.half_close();
    EXPECT_THAT(answer.failure, StartsWith("reset: "));
    EXPECT_FALSE(answer.ended || client.reusable() || client.fresh());
  }
}

// covers: engine-7-upstream-distrust
TEST_F(ClientTest, AnAnswerAgainstTheGrammarIsInvalid) {
  for (const auto& [text, detail] : std::vector<std::pair<std::string, std::string>>{
           {"SSH-2.0\r\n", "bad_version"},
           {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
            "bad_length"},
           {"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n", "101"},
           {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;x\r\n", "bad_chunk"},
           {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n", "trailer"},
           {"HTTP/1.1 200 OK\r\nx: " + std::string(9000, 'a') + "\r\n\r\n", "line_too_large"},
           {"HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n", "too long"},
           {"HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'a'), "too long"}}) {
    SCOPED_TRACE(text.substr(0, 100));
    SocketPeer peer(loop_);
    Answer answer;
    ClientConnection client(loop_, peer.take(), {}, {.body_bytes = 100});
    client.send(kHead, "{}", answer);
    peer.send(text);
    EXPECT_THAT(answer.failure, StartsWith("invalid: "));
    EXPECT_THAT(answer.failure, HasSubstr(detail));
    EXPECT_FALSE(answer.ended || client.connected());
  }
}

// covers: engine-3.5-upstream-1xx engine-7-upstream-distrust
TEST_F(ClientTest, InterimAnswersDoNotGoOnForEver) {
  send();
  for (int i = 0; i < 8; ++i) peer_.send("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
  EXPECT_EQ(answer_.failure, "");
  peer_.send("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
  EXPECT_THAT(answer_.failure, StartsWith("invalid: "));
}

// covers: gateways-3-16 engine-7-framing
TEST_F(ClientTest, DoubtAboutFramingEndsTheConnectionAfterTheAnswer) {
  for (const std::string_view text :
       {"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\na",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab",
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n\r\n"}) {
    SCOPED_TRACE(text);
    SocketPeer peer(loop_);
    Answer answer;
    ClientConnection client(loop_, peer.take(), {}, {});
    client.send(kHead, "{}", answer);
    peer.send(text);
    EXPECT_TRUE(answer.ended);
    EXPECT_FALSE(client.reusable());
  }
}

TEST_F(ClientTest, BytesBeforeTheNextRequestAreSeen) {
  send();
  peer_.send("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(client_->reusable());
  peer_.send("HTTP/1.1 200 OK\r\n");
  EXPECT_FALSE(client_->reusable());
  EXPECT_FALSE(client_->connected());
}

TEST_F(ClientTest, AnEndBeforeTheNextRequestIsSeen) {
  send();
  peer_.send("HTTP/1.1 204 No Content\r\n\r\n");
  peer_.half_close();
  EXPECT_FALSE(client_->reusable() || client_->fresh());
}

// covers: engine-3.5-no-body
TEST_F(ClientTest, TheAnswerToHeadHasNoBody) {
  send({}, "HEAD /health HTTP/1.1\r\nHost: v\r\n\r\n");
  peer_.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
  EXPECT_TRUE(answer_.ended && client_->reusable());
}

TEST_F(ClientTest, NoCallbackAfterClose) {
  send();
  answer_.close_at_head = client_.get();
  peer_.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
  EXPECT_EQ(answer_.status, 200);
  EXPECT_EQ(answer_.body, "");
  EXPECT_FALSE(answer_.ended);
  EXPECT_EQ(answer_.failure, "");
  EXPECT_TRUE(peer_.ended);
}

TEST_F(ClientTest, PausingStopsTheUpstream) {
  send();
  client_->pause(true);
  peer_.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
  EXPECT_EQ(answer_.status, 0);
  client_->pause(false);
  peer_.turn();
  EXPECT_TRUE(answer_.ended);
}

TEST_F(ClientTest, AnAnswerBeforeTheRequestWasTakenIsNotReusable) {
  client_ = std::make_unique<ClientConnection>(loop_, peer_.take(), net::Stream::Connect{},
                                               ClientLimits{});
  Answer& answer = answer_;
  client_->send(kHead, std::string(4 << 20, 'x'), answer);
  ev_run(loop_.raw(), EVRUN_NOWAIT);
  // The peer answers without reading.
  peer_.answer_without_reading("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
  EXPECT_TRUE(answer.ended);
  EXPECT_FALSE(client_->reusable());
}

TEST(ClientConnect, ARefusedConnectionIsToldAsSuch) {
  net::Loop loop;
  // A bound port that nobody listens on any more.
  std::string address;
  {
    auto listener = net::listen_on("127.0.0.1:0");
    ASSERT_TRUE(listener);
    address = net::bound_address(*listener, "127.0.0.1:0");
  }
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  auto fd = net::begin_connect(*net::Address::parse_ip("127.0.0.1", port));
  ASSERT_TRUE(fd);
  Answer answer;
  ClientConnection client(loop, std::move(*fd), {}, {});
  client.send(kHead, "{}", answer);
  for (int i = 0; i < 100 && answer.failure.empty(); ++i) ev_run(loop.raw(), EVRUN_NOWAIT);
  EXPECT_THAT(answer.failure, StartsWith("connect_failed: "));
  EXPECT_FALSE(client.request_begun());
}

}  // namespace
}  // namespace gh::http
