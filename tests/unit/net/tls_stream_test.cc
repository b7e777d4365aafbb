// Streams over TLS: bytes that OpenSSL holds while the loop knows nothing of them, the ways a
// session ends, and peers that abuse the protocol.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "certificates.h"
#include "harness.h"
#include "net/stream.h"
#include "net/tls.h"

namespace gh::net {
namespace {

using std::chrono::milliseconds;
using test::drive;
using test::Owner;
using test::pump;
using test::RawTls;
using test::turns_within;
using testing::HasSubstr;

constexpr int kFewTurns = 5;
constexpr std::string_view kName = "peer.example";

class TlsStream : public testing::Test {
 protected:
  TlsStream() {
    auto made = TlsServer::load({.certificate_file = files_.certificate, .key_file = files_.key});
    EXPECT_TRUE(made);
    server_ = *made;
    auto believer = TlsClient::load(authority_.file());
    EXPECT_TRUE(believer);
    client_ = *believer;
  }

  // A stream that accepted, open, and a raw client.
  struct Served {
    Served(TlsStream& test, std::pair<Fd, Fd> ends)
        : owner(test.loop_), peer(test.raw_client_.get(), std::move(ends.second), false) {
      owner.accept(std::move(ends.first), {.tls = test.server_});
      EXPECT_TRUE(pump(test.loop_, [&] { return peer.shake_hands() && owner.opens == 1; }));
      peer.read();  // the ticket
    }
    Stream& stream() { return *owner.stream; }
    Owner owner;
    RawTls peer;
  };
  // A stream that connected, open, and a raw server.
  struct Connected {
    Connected(TlsStream& test, std::pair<Fd, Fd> ends)
        : owner(test.loop_), peer(test.raw_server_.get(), std::move(ends.second), true) {
      owner.connect(std::move(ends.first),
                    {.tls = test.client_, .server_name = std::string(kName)});
      EXPECT_TRUE(pump(test.loop_, [&] { return peer.shake_hands() && owner.opens == 1; }));
      turns_within(test.loop_, milliseconds(2));  // tickets
    }
    Owner owner;
    RawTls peer;
  };

  static std::pair<Fd, Fd> roomy_pair() {
    auto ends = test::unix_pair();
    const int size = 1 << 20;
    for (const Fd* end : {&ends.first, &ends.second}) {
      setsockopt(end->get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
    return ends;
  }
  // Three records in one packet of bytes: one read takes all from the kernel.
  static void send_three(Served& served) {
    for (const auto* bytes : {"one ", "two ", "three"}) ASSERT_TRUE(served.peer.write(bytes));
  }
  static void reset(RawTls& peer) {
    const linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(peer.fd().get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    peer.fd().reset();
  }

  test::TempDir dir_;
  test::Authority authority_{dir_, "authority"};
  test::IssuedFiles files_ = authority_.issue({.dns = {std::string(kName)}});
  std::shared_ptr<const TlsServer> server_;
  std::shared_ptr<const TlsClient> client_;
  test::Context raw_client_ = test::client_context();
  test::Context raw_server_ = test::server_context(files_);
  Loop loop_;
};

// covers: engine-3.5-tls-partial-write
TEST_F(TlsStream, EchoesAMegabyte) {
  auto [ours, theirs] = test::tcp_pair();
  Owner server(loop_), client(loop_);
  server.accept(std::move(ours), {.tls = server_});
  server.at_data = [&] {
    server.stream->write(server.data);
    server.data.clear();
  };
  client.connect(std::move(theirs), {.tls = client_, .server_name = std::string(kName)});
  std::string sent;
  for (int i = 0; sent.size() < (1 << 20); ++i) sent += std::to_string(i);
  client.stream->write(sent.substr(0, 5));  // before the handshake
  client.at_open = [&] { client.stream->write(std::string_view(sent).substr(5)); };
  ASSERT_TRUE(drive(loop_, [&] { return client.data.size() >= sent.size(); }));
  EXPECT_TRUE(client.data == sent);
  client.stream->close();
  ASSERT_TRUE(drive(loop_, [&] { return server.closed(); }));
  EXPECT_EQ(server.reason, "eof");
}

TEST_F(TlsStream, FirstBytesInTheFlightOfTheHandshake) {
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop_);
  RawTls peer(raw_client_.get(), std::move(theirs), false);
  owner.accept(std::move(ours), {.tls = server_});
  // The client's Finished and its request wait in the kernel together.
  ASSERT_TRUE(pump(loop_, [&] { return peer.shake_hands(); }));
  ASSERT_TRUE(peer.write("request"));
  ASSERT_TRUE(drive(loop_, [&] { return !owner.data.empty(); }));
  EXPECT_EQ(owner.data, "request");
}

TEST_F(TlsStream, ResumeFindsWhatOpensslHolds) {
  Served served(*this, test::unix_pair());
  int calls = 0;
  served.owner.at_data = [&] {
    ++calls;
    served.stream().pause(1);
  };
  send_three(served);
  for (int n = 1; n <= 3; ++n) {
    ASSERT_TRUE(drive(loop_, [&] { return calls == n; })) << n;  // nothing more comes from the peer
    EXPECT_LE(turns_within(loop_, milliseconds(5)), kFewTurns);
    EXPECT_EQ(calls, n);
    EXPECT_TRUE(served.stream().has_news() || n == 3);
    served.stream().resume(1);
  }
  EXPECT_EQ(served.owner.data, "one two three");
}

// The flush that follows changes what the stream waits for; the wake-up must survive that.
TEST_F(TlsStream, ResumeSurvivesABlockedFlush) {
  Served served(*this, test::unix_pair());
  served.owner.at_data = [&] { served.stream().pause(1); };
  send_three(served);
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "one "; }));
  served.owner.at_data = nullptr;
  loop_.post([&] {
    served.stream().resume(1);
    served.stream().write(std::string(1 << 20, 'x'));
  });
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "one two three"; }));
  EXPECT_GT(served.stream().pending(), 0u);
}

// on_drained comes from the flush at the turn's end. What is read and answered because of it must
// not sleep in the queue.
TEST_F(TlsStream, ResumeInOnDrained) {
  Served served(*this, roomy_pair());
  served.owner.at_data = [&] { served.stream().pause(1); };
  send_three(served);
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "one "; }));
  served.owner.at_data = [&] { served.stream().write("answer"); };
  served.owner.at_drained = [&] { served.stream().resume(1); };
  loop_.post([&] { served.stream().write(std::string(Stream::kHighWater + 1, 'x')); });
  ASSERT_TRUE(drive(loop_, [&] {
    EXPECT_EQ(served.stream().pending(), 0u);  // at the end of every turn
    return served.owner.data == "one two three";
  }));
}

// covers: engine-3.5-tls-fairness
TEST_F(TlsStream, OneStreamDoesNotKeepTheTurn) {
  Served served(*this, roomy_pair());
  served.stream().pause(1);
  std::size_t sent = 0;
  while (sent < (std::size_t{700} << 10) && served.peer.write(std::string(1000, 'x'))) sent += 1000;
  ASSERT_GT(sent, std::size_t{300} << 10);
  served.stream().resume(1);
  std::size_t before = 0;
  ASSERT_TRUE(drive(loop_, [&] {
    EXPECT_LE(served.owner.data.size() - before, std::size_t{160} << 10);
    before = served.owner.data.size();
    return before == sent;
  }));
}

TEST_F(TlsStream, OwnerEndsItInOnDataWithMoreHeld) {
  Served served(*this, test::unix_pair());
  bool gone = false;
  served.owner.at_data = [&] {
    served.owner.drop();
    gone = true;
  };
  send_three(served);
  ASSERT_TRUE(drive(loop_, [&] { return gone; }));
  EXPECT_EQ(served.owner.data, "one ");
  EXPECT_EQ(served.owner.closes, 0);
  EXPECT_EQ(served.peer.read(), "");
  EXPECT_TRUE(served.peer.got_close_notify());
}

TEST_F(TlsStream, OwnerEndsItInOnOpenWithBytesHeld) {
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop_);
  RawTls peer(raw_client_.get(), std::move(theirs), false);
  owner.at_open = [&] { owner.drop(); };
  owner.accept(std::move(ours), {.tls = server_});
  ASSERT_TRUE(pump(loop_, [&] { return peer.shake_hands(); }));
  ASSERT_TRUE(peer.write("request"));
  ASSERT_TRUE(drive(loop_, [&] { return owner.opens == 1; }));
  EXPECT_EQ(owner.log, "peer open");
}

TEST_F(TlsStream, UpstreamSaysGoodbyeOrDoesNot) {
  for (const bool goodbye : {true, false}) {
    Connected upstream(*this, test::tcp_pair());
    ASSERT_TRUE(upstream.peer.write("half of a body"));
    if (goodbye) SSL_shutdown(upstream.peer.raw());
    upstream.peer.fd().reset();
    ASSERT_TRUE(drive(loop_, [&] { return upstream.owner.closed(); }));
    EXPECT_EQ(upstream.owner.data, "half of a body");
    EXPECT_EQ(upstream.owner.reason, goodbye ? "eof" : "reset");
    EXPECT_THAT(upstream.owner.detail, HasSubstr(goodbye ? "" : "unexpected eof"));
  }
}

TEST_F(TlsStream, ClientLeavesWithoutGoodbye) {
  Served served(*this, test::tcp_pair());
  served.peer.fd().reset();
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
  EXPECT_EQ(served.owner.reason, "eof");
}

TEST_F(TlsStream, PeerResets) {
  Served served(*this, test::tcp_pair());
  reset(served.peer);
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
  EXPECT_EQ(served.owner.reason, "reset");
  EXPECT_EQ(served.owner.detail, "Connection reset by peer");
}

// Not by SIGPIPE.
TEST_F(TlsStream, WriteToAPeerThatHasGone) {
  Served served(*this, test::tcp_pair());
  served.stream().pause(1);
  reset(served.peer);
  loop_.post([&] { served.stream().write("x"); });
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
  EXPECT_EQ(served.owner.reason, "reset");
  EXPECT_NE(served.owner.detail, "");
}

// covers: engine-3.5-tls-error-queue
TEST_F(TlsStream, BrokenRecords) {
  for (const std::string_view bytes :
       {std::string_view("\x17\x03\x03\x00\x20"
                         "0123456789abcdef0123456789abcdef",
                         37),
        std::string_view("GET / HTTP/1.1\r\n\r\n"), std::string_view("\x17\x03\x03\xff\xff", 5)}) {
    Served served(*this, test::unix_pair());
    test::send_now(served.peer.fd(), bytes);
    ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
    EXPECT_EQ(served.owner.reason, "tls_failed");
    EXPECT_EQ(served.owner.data, "");
  }
}

// Under TLS 1.3 a server refuses the client after the client believes to be connected.
TEST_F(TlsStream, UpstreamThatWantsACertificate) {
  SSL_CTX_load_verify_file(raw_server_.get(), authority_.file().c_str());
  SSL_CTX_set_verify(raw_server_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop_);
  RawTls peer(raw_server_.get(), std::move(theirs), true);
  owner.connect(std::move(ours), {.tls = client_, .server_name = std::string(kName)});
  ASSERT_TRUE(pump(loop_, [&] {
    if (!peer.failed()) peer.shake_hands();
    return owner.closed();
  }));
  EXPECT_EQ(owner.reason, "tls_failed");
  EXPECT_THAT(owner.detail, HasSubstr("certificate required"));
}

TEST_F(TlsStream, CloseAfterFlushEndsWithGoodbye) {
  Served served(*this, test::unix_pair());
  const std::string answer(300 << 10, 'a');
  served.stream().write(answer);
  served.stream().close_after_flush();
  std::string got;
  ASSERT_TRUE(pump(loop_, [&] {
    got += served.peer.read();
    return served.peer.got_close_notify() || served.peer.failed();
  }));
  EXPECT_EQ(got.size(), answer.size());
  EXPECT_FALSE(served.peer.failed());
  served.peer.fd().reset();
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
  EXPECT_EQ(served.owner.reason, "eof");
}

// The last byte of the answer may be the last that the kernel has room for; the goodbye follows.
TEST_F(TlsStream, GoodbyeWaitsForRoom) {
  for (int more = 0; more < 24; ++more) {
    Served served(*this, test::unix_pair());
    const int least = 1;  // the kernel's minimum
    // Answers of any size around what fits: some of them fill it exactly.
    setsockopt(SSL_get_fd(served.peer.raw()), SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    served.stream().write(std::string(static_cast<std::size_t>(more + 1) * 16384, 'a'));
    served.stream().close_after_flush();
    turns_within(loop_, milliseconds(1));
    ASSERT_TRUE(pump(loop_, [&] {
      served.peer.read();
      return served.peer.got_close_notify() || served.peer.failed();
    }));
    EXPECT_FALSE(served.peer.failed()) << more;
  }
}

// The peer asks for new keys while it reads nothing: our answer cannot leave, and as long as it
// cannot, OpenSSL does not read. Bytes that wait must not keep the loop awake.
// covers: engine-3.5-tls-want-write engine-3.5-tls-partial-write
TEST_F(TlsStream, KeyUpdateOnABlockedConnection) {
  const std::string chunk(1000, 'x');
  const auto write_one = [&](Served& served) {
    served.stream().write(chunk);
    drive(loop_, [] { return true; });
    return served.stream().pending() == 0;
  };
  int fits = 0;  // as many writes as the kernel takes, exactly
  {
    Served served(*this, test::unix_pair());
    while (write_one(served)) ++fits;
  }
  Served served(*this, test::unix_pair());
  for (int i = 0; i < fits; ++i) ASSERT_TRUE(write_one(served));
  ASSERT_EQ(SSL_key_update(served.peer.raw(), SSL_KEY_UPDATE_REQUESTED), 1);
  ASSERT_TRUE(served.peer.write("new keys"));
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "new keys"; }));
  ASSERT_FALSE(write_one(served));  // begins with the KeyUpdate, for which there is no room
  ASSERT_TRUE(served.peer.write(" held"));
  EXPECT_LE(turns_within(loop_, milliseconds(30)), 2 * kFewTurns);
  std::size_t got = 0;
  ASSERT_TRUE(pump(loop_, [&] {
    got += served.peer.read().size();
    return got == chunk.size() * static_cast<std::size_t>(fits + 1);
  }));
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "new keys held"; }));
}

// Thousands of them wait in the kernel: others get their turn in between.
TEST_F(TlsStream, FloodOfKeyUpdates) {
  Served served(*this, roomy_pair());
  served.stream().pause(1);
  BIO* flood = BIO_new(BIO_s_mem());
  SSL_set0_wbio(served.peer.raw(), flood);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(SSL_key_update(served.peer.raw(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(served.peer.raw()), 1);
  }
  ASSERT_TRUE(served.peer.write("done"));
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(flood, &bytes);
  test::send_now(served.peer.fd(), {bytes, static_cast<std::size_t>(size)});
  served.stream().resume(1);
  int turns = 0;
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.data == "done"; }, &turns));
  EXPECT_GE(turns, 4);
}

TEST_F(TlsStream, PausedIsAsleep) {
  Served served(*this, test::tcp_pair());
  served.stream().pause(1);
  ASSERT_TRUE(served.peer.write("x"));
  EXPECT_LE(turns_within(loop_, milliseconds(10)), kFewTurns);
  SSL_shutdown(served.peer.raw());
  served.peer.fd().reset();
  EXPECT_LE(turns_within(loop_, milliseconds(10)), kFewTurns);
  served.stream().resume(1);
  ASSERT_TRUE(drive(loop_, [&] { return served.owner.closed(); }));
  EXPECT_EQ(served.owner.log, "peer open data close");
  EXPECT_EQ(served.owner.reason, "eof");
}

TEST_F(TlsStream, IdleUpstreamHasNoNews) {
  Connected upstream(*this, test::unix_pair());
  EXPECT_FALSE(upstream.owner.stream->has_news());
  upstream.owner.stream->pause(1);
  SSL_shutdown(upstream.peer.raw());
  EXPECT_TRUE(upstream.owner.stream->has_news());
}

}  // namespace
}  // namespace gh::net
