// Every way for a plain stream to end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "net/stream.h"
#include "stream_pair.h"

namespace gh::net {
namespace {

using std::chrono::milliseconds;
using test::drive;
using test::Owner;
using test::Pair;
using test::pump;
using test::turns_within;

constexpr int kFewTurns = 5;  // what a loop that sleeps may take

TEST(Stream, FlushFailsInsideTheTurnsEnd) {
  Loop loop;
  Pair first(loop, test::tcp_pair());
  Pair second(loop, test::tcp_pair());
  Pair third(loop, test::tcp_pair());
  // The kernel knows of the reset, the streams do not.
  const linger hard = {.l_onoff = 1, .l_linger = 0};
  setsockopt(first.peer.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  for (Pair* pair : {&first, &second, &third}) pair->stream().pause(1);
  first.peer.reset();
  first.owner.at_close = [&] {
    third.stream().write(" and bye");  // in the round, and queued already
    second.owner.drop();               // in the same round, and ended before its flush
    first.owner.drop();
  };
  loop.post([&] {
    first.stream().write("x");
    second.stream().write("x");
    third.stream().write("hello");
  });
  std::string got;
  ASSERT_TRUE(pump(loop, [&] {
    got += test::read_now(third.peer);
    return got == "hello and bye";
  }));
  EXPECT_EQ(first.owner.reason, "reset");
  EXPECT_EQ(second.owner.closes, 0);
  EXPECT_EQ(test::read_now(second.peer), "");
}

TEST(Stream, DestroyedWithWritesQueued) {
  Loop loop;
  Pair pair(loop);
  loop.post([&] {
    pair.stream().write("x");
    pair.owner.stream.reset();
  });
  turns_within(loop, milliseconds(2));
  EXPECT_EQ(pair.owner.closes, 0);
}

TEST(Stream, LoopEndsWithStreamsOpen) {
  auto loop = std::make_unique<Loop>();
  auto [ours, theirs] = test::unix_pair();
  auto [more, others] = test::unix_pair();
  Owner deferred(*loop), posted(*loop);
  deferred.accept(std::move(ours));
  posted.accept(std::move(more));
  ASSERT_TRUE(drive(*loop, [&] { return deferred.opens + posted.opens == 2; }));
  deferred.stream->write("x");
  posted.stream->close_after_flush();
  loop->delete_later(std::move(deferred.stream));
  loop->post([held = std::move(posted.stream)] {});
  loop.reset();
  bool ended = false;
  test::read_now(theirs, &ended);
  EXPECT_TRUE(ended);
  EXPECT_EQ(deferred.closes + posted.closes, 0);
}

TEST(Stream, CloseLosesTheQueueAndIsFinal) {
  Loop loop;
  Pair pair(loop);
  pair.stream().write("lost");
  pair.stream().close();
  pair.stream().write("lost too");
  pair.stream().resume(1);
  pair.stream().pause(1);
  pair.stream().close_after_flush();
  pair.stream().close();
  turns_within(loop, milliseconds(2));
  bool ended = false;
  EXPECT_EQ(test::read_now(pair.peer, &ended), "");
  EXPECT_TRUE(ended);
  EXPECT_EQ(pair.owner.closes, 0);
  EXPECT_EQ(pair.stream().pending(), 0u);
}

TEST(Stream, AbortResets) {
  Loop loop;
  for (const bool abort : {false, true}) {
    Pair pair(loop, test::tcp_pair());
    pair.stream().close(abort);
    char byte = 0;
    errno = 0;
    const ssize_t got = recv(pair.peer.get(), &byte, 1, 0);
    EXPECT_EQ(got, abort ? -1 : 0);
    if (abort) {
      EXPECT_EQ(errno, ECONNRESET);
    }
  }
}

TEST(Stream, PeerResets) {
  Loop loop;
  Pair pair(loop, test::tcp_pair());
  const linger hard = {.l_onoff = 1, .l_linger = 0};
  setsockopt(pair.peer.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  pair.peer.reset();
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }));
  EXPECT_EQ(pair.owner.reason, "reset");
  EXPECT_EQ(pair.owner.detail, "Connection reset by peer");
}

TEST(Stream, HalfCloseIsTheEnd) {
  Loop loop;
  Pair pair(loop, test::tcp_pair());
  test::send_now(pair.peer, "last");
  shutdown(pair.peer.get(), SHUT_WR);
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }));
  EXPECT_EQ(pair.owner.data, "last");
  EXPECT_EQ(pair.owner.reason, "eof");
}

TEST(Stream, CloseAfterFlushSendsAllAndWaitsForThePeer) {
  Loop loop;
  Pair pair(loop, test::tcp_pair());
  pair.fill();
  pair.stream().write("the end");
  pair.stream().close_after_flush();
  pair.stream().close_after_flush();  // once is enough
  test::send_now(pair.peer, "a request that nobody reads");
  std::string got;
  bool ended = false;
  ASSERT_TRUE(pump(loop, [&] {
    if (!ended) got += test::read_now(pair.peer, &ended);
    return ended;
  }));
  EXPECT_TRUE(got.ends_with("the end"));
  EXPECT_FALSE(pair.owner.closed());
  // It lingers: reads and drops, sends nothing, sleeps.
  test::send_now(pair.peer, "more that nobody reads");
  pair.stream().write("too late");
  EXPECT_LE(turns_within(loop, milliseconds(20)), kFewTurns + 1);
  pair.peer.reset();
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }));
  EXPECT_EQ(pair.owner.reason, "eof");
  EXPECT_EQ(pair.owner.data, "");
}

TEST(Stream, CloseAfterFlushWithAnEmptyQueue) {
  Loop loop;
  Pair pair(loop);
  pair.stream().close_after_flush();
  EXPECT_FALSE(pair.owner.closed());
  bool ended = false;
  ASSERT_TRUE(pump(loop, [&] {
    test::read_now(pair.peer, &ended);
    return ended;
  }));
  pair.peer.reset();
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }));
}

TEST(Stream, CloseAfterFlushOnAPeerThatStays) {
  Loop loop;
  Pair pair(loop);
  const MonoTime begun = system_clock().mono();
  pair.stream().close_after_flush();
  int turns = 0;
  ASSERT_TRUE(drive(loop, [&] { return pair.owner.closed(); }, &turns));
  EXPECT_GE(system_clock().mono() - begun, milliseconds(1990));
  EXPECT_LE(turns, kFewTurns);
}

TEST(Stream, CloseAfterFlushBeforeOpenIsTheEnd) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  owner.connect(std::move(ours));
  owner.stream->close_after_flush();
  EXPECT_EQ(owner.log, "close");
  turns_within(loop, milliseconds(2));
  EXPECT_EQ(owner.closes, 1);
}

}  // namespace
}  // namespace gh::net
