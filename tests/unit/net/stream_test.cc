// Plain streams: what comes when, pausing, watermarks. How they end is in stream_close_test.cc.

#include "net/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "stream_pair.h"

namespace gh::net {
namespace {

using std::chrono::milliseconds;
using test::drive;
using test::Owner;
using test::Pair;
using test::pump;
using test::turns_within;

constexpr int kFewTurns = 5;                     // what a loop that sleeps may take
constexpr std::size_t kMostPerTurn = 192 << 10;  // the stream's 128 KiB and one read more

TEST(Stream, OpensReadsAndEnds) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  test::send_now(theirs, "early");
  owner.accept(std::move(ours), {}, *Address::parse_ip("192.0.2.1", 7));
  EXPECT_EQ(owner.log, "");  // nothing from within accept()
  ASSERT_TRUE(drive(loop, [&] { return owner.data == "early"; }));
  EXPECT_TRUE(owner.stream->is_open());
  theirs.reset();
  ASSERT_TRUE(drive(loop, [&] { return owner.closed(); }));
  EXPECT_EQ(owner.log, "peer open data close");
  EXPECT_EQ(owner.peer.text(), "192.0.2.1");
  EXPECT_EQ(owner.reason, "eof");
  EXPECT_TRUE(owner.stream->is_closed());
}

TEST(Stream, RefusedPeer) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  owner.at_peer = [] { return false; };
  test::send_now(theirs, "x");
  owner.accept(std::move(ours));
  ASSERT_TRUE(drive(loop, [&] { return owner.stream->is_closed(); }));
  turns_within(loop, milliseconds(5));
  EXPECT_EQ(owner.log, "peer");
  bool ended = false;
  test::read_now(theirs, &ended);
  EXPECT_TRUE(ended);
}

TEST(Stream, EndsBeforeItsFirstCallback) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  owner.accept(std::move(ours));
  owner.stream.reset();
  turns_within(loop, milliseconds(2));
  EXPECT_EQ(owner.log, "");
}

TEST(Stream, OwnerEndsItInAnyCallback) {
  for (const std::string where : {"peer", "open", "data", "drained", "close"}) {
    SCOPED_TRACE(where);
    Loop loop;
    auto [ours, theirs] = test::unix_pair();
    auto owner = std::make_unique<Owner>(loop);
    std::string log;
    bool gone = false;
    const auto end = [&] {
      owner->stream->write("never sent");
      owner->drop();
      log = owner->log;
      gone = true;
    };
    owner->at_peer = [&] {
      if (where == "peer") end();
      return true;
    };
    owner->at_open = [&] {
      if (where == "open") return end();
      owner->stream->write(std::string(4 << 20, 'x'));  // more than the kernel takes
    };
    owner->at_drained = [&] {
      if (where == "drained") end();
    };
    owner->at_data = [&] {
      if (where == "data") end();
      if (where == "close") theirs.reset();
    };
    owner->at_close = end;
    owner->accept(std::move(ours));
    ASSERT_TRUE(pump(loop, [&, sent = false]() mutable {
      if (!gone && owner->opens == 1 && !sent && where != "drained") {
        test::send_now(theirs, "hello");
        sent = true;
      }
      if (theirs.valid()) test::read_now(theirs);
      return gone;
    }));
    turns_within(loop, milliseconds(2));
    EXPECT_EQ(owner->log, log);  // nothing came after
    EXPECT_TRUE(log.ends_with(where));
  }
}

TEST(Stream, WritesOfOneTurnLeaveAsOne) {
  Loop loop;
  Pair pair(loop, test::packet_pair());
  bool written = false;
  loop.post([&] {
    written = true;
    pair.stream().write("one ");
    pair.stream().out().append("two ");
    pair.stream().queued();
    pair.stream().write("three");
    EXPECT_EQ(pair.stream().pending(), 13u);
  });
  ASSERT_TRUE(drive(loop, [&] { return written; }));
  char bytes[64];
  const ssize_t got = recv(pair.peer.get(), bytes, sizeof bytes, 0);
  ASSERT_GT(got, 0);
  EXPECT_EQ(std::string_view(bytes, static_cast<std::size_t>(got)), "one two three");
  EXPECT_EQ(pair.stream().pending(), 0u);
}

TEST(Stream, MuchIsSentWithoutACopy) {
  Loop loop;
  Pair pair(loop);
  const std::string much(32 << 10, 'm');
  bool written = false;
  loop.post([&] {
    written = true;
    pair.stream().write("head ");
    EXPECT_EQ(pair.stream().pending(), 5u);
    pair.stream().write(much);
    EXPECT_EQ(pair.stream().pending(), 0u);
    EXPECT_EQ(pair.stream().sent(), 5 + much.size());
    pair.stream().write(" tail");
  });
  ASSERT_TRUE(drive(loop, [&] { return written; }));
  std::string received;
  ASSERT_TRUE(pump(loop, [&] {
    received += test::read_now(pair.peer);
    return received.size() >= much.size() + 10;
  }));
  EXPECT_EQ(received, "head " + much + " tail");
}

// The kernel takes a part of it, or nothing, and the order stays.
TEST(Stream, MuchWaitsBehindWhatWaits) {
  Loop loop;
  Pair pair(loop);
  const std::string more(8 << 20, 'm');
  pair.stream().write("head ");
  pair.stream().write(more);
  const std::size_t left = pair.stream().pending();
  EXPECT_GT(left, 0u);
  EXPECT_LT(left, more.size());
  drive(loop, [] { return true; });
  pair.stream().write(more);  // it is blocked now
  EXPECT_GE(pair.stream().pending(), more.size());
  std::string received;
  ASSERT_TRUE(pump(loop, [&] {
    received += test::read_now(pair.peer);
    return received.size() >= 2 * more.size() + 5;
  }));
  EXPECT_EQ(received, "head " + more + more);
  EXPECT_EQ(pair.owner.drains, 1);
}

// The owner writes in the middle of its own work: an error is told when that is over.
TEST(Stream, MuchToAPeerThatIsGone) {
  Loop loop;
  Pair pair(loop);
  pair.peer.reset();
  bool written = false;
  loop.post([&] {
    written = true;
    pair.stream().write(std::string(32 << 10, 'm'));
    EXPECT_EQ(pair.owner.closes, 0);
  });
  ASSERT_TRUE(drive(loop, [&] { return written; }));
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closes == 1; }));
}

// What is written while the connection is being made leaves when it is open.
TEST(Stream, WritesBeforeOpenAreKept) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner client(loop), server(loop);
  server.accept(std::move(theirs));
  client.connect(std::move(ours));
  client.stream->write("hello");
  ASSERT_TRUE(drive(loop, [&] { return server.data == "hello"; }));
}

TEST(Stream, WriteProgressBeginsWhenAnEmptyQueueIsFilled) {
  Loop loop;
  Pair pair(loop);
  const auto later = [&] {
    const MonoTime before = loop.now();
    EXPECT_TRUE(pump(loop, [&] { return loop.now() > before + milliseconds(1); }));
    return loop.now();
  };
  for (const bool in_place : {false, true}) {
    const MonoTime now = later();
    if (in_place) {
      pair.stream().out().append("x");
      pair.stream().queued();
    } else {
      pair.stream().write("x");
    }
    EXPECT_EQ(pair.stream().write_progress(), now) << in_place;
  }
  pair.fill();
  const MonoTime stalled = pair.stream().write_progress();
  later();
  pair.stream().write("more does not count as progress");
  EXPECT_EQ(pair.stream().write_progress(), stalled);
}

TEST(Stream, Watermarks) {
  Loop loop;
  Pair pair(loop);
  pair.fill();
  EXPECT_EQ(pair.owner.drains, 0);
  pair.stream().write(std::string(Stream::kHighWater, 'x'));
  const std::size_t full = pair.stream().pending();
  ASSERT_GT(full, Stream::kHighWater);
  EXPECT_LE(turns_within(loop, milliseconds(20)), kFewTurns);  // blocked, and asleep
  pair.owner.at_drained = [&] { EXPECT_LE(pair.stream().pending(), Stream::kLowWater); };
  std::size_t received = 0;
  ASSERT_TRUE(pump(loop, [&] {
    received += test::read_now(pair.peer).size();
    return pair.stream().pending() == 0;
  }));
  EXPECT_EQ(pair.owner.drains, 1);
  EXPECT_GE(received, full);
  // Small writes do not call it.
  pair.stream().write("x");
  ASSERT_TRUE(drive(loop, [&] { return pair.stream().pending() == 0; }));
  EXPECT_EQ(pair.owner.drains, 1);
}

TEST(Stream, PausedIsSilentAndAsleep) {
  Loop loop;
  Pair pair(loop);
  pair.stream().pause(1);
  pair.stream().pause(2);
  test::send_now(pair.peer, "held");
  EXPECT_LE(turns_within(loop, milliseconds(20)), kFewTurns);
  pair.stream().resume(1);
  EXPECT_TRUE(pair.stream().paused());
  EXPECT_LE(turns_within(loop, milliseconds(20)), kFewTurns);
  EXPECT_EQ(pair.owner.data, "");
  pair.stream().resume(2);
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.data == "held"; }));
}

TEST(Stream, PeerEndsWhilePaused) {
  for (const bool reset : {false, true}) {
    for (const bool blocked : {false, true}) {
      SCOPED_TRACE(reset ? "reset" : "end");
      SCOPED_TRACE(blocked ? "blocked" : "idle");
      Loop loop;
      Pair pair(loop, test::tcp_pair());
      if (blocked) pair.fill();
      pair.stream().pause(1);
      if (reset) {
        const linger hard = {.l_onoff = 1, .l_linger = 0};
        setsockopt(pair.peer.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        pair.peer.reset();
      } else {
        shutdown(pair.peer.get(), SHUT_WR);
      }
      EXPECT_LE(turns_within(loop, milliseconds(20)), kFewTurns);
      if (pair.owner.closed()) {
        EXPECT_TRUE(reset && blocked);  // only a write can notice
      } else {
        pair.stream().resume(1);
        ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }));
      }
      EXPECT_EQ(pair.owner.reason, reset ? "reset" : "eof");
      EXPECT_EQ(pair.owner.closes, 1);
    }
  }
}

TEST(Stream, PausedInOnDataStopsAtOnce) {
  Loop loop;
  Pair pair(loop, test::packet_pair());  // each packet is one on_data
  int calls = 0;
  pair.owner.at_data = [&] {
    ++calls;
    pair.stream().pause(1);
  };
  test::send_now(pair.peer, "a");
  test::send_now(pair.peer, "b");
  turns_within(loop, milliseconds(5));
  EXPECT_EQ(calls, 1);
  pair.stream().resume(1);
  ASSERT_TRUE(drive(loop, [&] { return calls == 2; }));
  EXPECT_EQ(pair.owner.data, "ab");
}

TEST(Stream, HasNews) {
  Loop loop;
  Pair bytes(loop), end(loop), closed(loop);
  for (Pair* pair : {&bytes, &end, &closed}) {
    EXPECT_FALSE(pair->stream().has_news());
    pair->stream().pause(1);
  }
  test::send_now(bytes.peer, "x");
  end.peer.reset();
  closed.stream().close();
  for (Pair* pair : {&bytes, &end, &closed}) EXPECT_TRUE(pair->stream().has_news());
}

TEST(Stream, OneStreamDoesNotKeepTheTurn) {
  Loop loop;
  auto ends = test::unix_pair();
  const int size = 4 << 20;
  setsockopt(ends.second.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  Pair pair(loop, std::move(ends));
  pair.stream().pause(1);
  std::size_t sent = 0;
  const std::string chunk(4096, 'x');
  while (send(pair.peer.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL) > 0) sent += chunk.size();
  ASSERT_GT(sent, std::size_t{200} << 10);
  pair.stream().resume(1);
  std::size_t before = 0;
  ASSERT_TRUE(drive(loop, [&] {
    EXPECT_LE(pair.owner.data.size() - before, kMostPerTurn);
    before = pair.owner.data.size();
    return before == sent;
  }));
}

TEST(Stream, EchoesAMegabyte) {
  Loop loop;
  auto [ours, theirs] = test::tcp_pair();
  Owner server(loop), client(loop);
  server.accept(std::move(ours));
  server.at_data = [&] {
    server.stream->write(server.data);
    server.data.clear();
  };
  client.connect(std::move(theirs));
  std::string sent;
  for (int i = 0; sent.size() < (1 << 20); ++i) sent += std::to_string(i);
  client.at_open = [&] { client.stream->write(sent); };
  ASSERT_TRUE(drive(loop, [&] { return client.data.size() >= sent.size(); }));
  EXPECT_TRUE(client.data == sent);
}

}  // namespace
}  // namespace gh::net
