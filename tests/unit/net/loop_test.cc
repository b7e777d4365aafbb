// The loop: posting and stopping from other threads, what a turn ends with, and timers.

#include "net/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "harness.h"

namespace gh::net {
namespace {

using std::chrono::milliseconds;
using test::drive;

TEST(Loop, PostsOfManyThreadsRunInOrderPerThread) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  Loop loop;
  std::vector<int> seen(kThreads, 0);
  bool in_order = true;
  int total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        loop.post([&, t, i] {
          in_order = in_order && seen[static_cast<std::size_t>(t)] == i;
          ++seen[static_cast<std::size_t>(t)];
          if (++total == kThreads * kEach) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(total, kThreads * kEach);
  EXPECT_TRUE(in_order);
}

TEST(Loop, RunOnceTakesWhatIsThereAndDoesNotWait) {
  Loop loop;
  int ran = 0;
  loop.post([&] {
    ++ran;
    loop.post([&] { ++ran; });
  });
  Timer later(loop, [](void*) { FAIL() << "an hour has not passed"; }, nullptr);
  later.arm(loop.now() + std::chrono::hours(1));
  loop.run_once();
  EXPECT_EQ(ran, 1);
  loop.run_once();
  EXPECT_EQ(ran, 2);
  loop.run_once();
  EXPECT_EQ(ran, 2);
}

TEST(Loop, StopFromAnotherThreadWakesASleepingLoop) {
  Loop loop;
  std::atomic<bool> running = false;
  std::thread stopper([&] {
    running.wait(false);
    loop.stop();
  });
  loop.post([&] {
    running = true;
    running.notify_all();
  });
  loop.run();  // hangs, and so fails, if the wake-up is lost
  stopper.join();
  EXPECT_TRUE(running);
}

TEST(Loop, StopBeforeRunIsKept) {
  Loop loop;
  int ran = 0;
  loop.post([&] { ++ran; });
  loop.stop();
  loop.post([&] { ++ran; });
  loop.run();
  EXPECT_EQ(ran, 2);
}

TEST(Loop, RunsAgainAfterStop) {
  Loop loop;
  for (int round = 0; round < 3; ++round) {
    int ran = 0;
    loop.post([&] {
      ++ran;
      loop.post([&] {  // posted from a task: the next turn
        ++ran;
        loop.stop();
      });
    });
    loop.run();
    EXPECT_EQ(ran, 2);
  }
}

TEST(Loop, DropsTasksThatNeverRanWithTheirContents) {
  auto held = std::make_shared<int>(1);
  {
    Loop loop;
    loop.post([held] {});
    // The task's own state posts more when it is destroyed.
    struct Poster {
      Loop* loop;
      std::shared_ptr<int> held;
      ~Poster() {
        loop->post([kept = held] {});
      }
    };
    loop.post([poster = std::make_unique<Poster>(&loop, held)] {});
    EXPECT_GT(held.use_count(), 1);
  }
  EXPECT_EQ(held.use_count(), 1);
}

// Counts flushes, and does what it is told when flushed or destroyed.
struct Part final : Deferred, Flushable {
  void flush() override {
    ++flushes;
    if (at_flush) at_flush();
  }
  ~Part() override {
    if (at_end) at_end();
  }
  int flushes = 0;
  std::function<void()> at_flush, at_end;
};

TEST(Loop, FlushesAddedWhileFlushingLeaveInTheSameTurn) {
  Loop loop;
  Part first, second;
  first.at_flush = [&] { loop.flush_later(second); };
  loop.post([&] { loop.flush_later(first); });
  ASSERT_TRUE(drive(loop, [&] { return first.flushes == 1; }));
  EXPECT_EQ(second.flushes, 1);
}

TEST(Loop, ForgottenWhileTheRoundIsFlushed) {
  Loop loop;
  auto second = std::make_unique<Part>();
  Part first, third;
  first.at_flush = [&] {
    loop.forget(*second);
    second.reset();  // a dangling pointer in the round would be called next
  };
  loop.post([&] {
    loop.flush_later(first);
    loop.flush_later(*second);
    loop.flush_later(third);
  });
  ASSERT_TRUE(drive(loop, [&] { return third.flushes == 1; }));
  EXPECT_EQ(first.flushes, 1);
}

TEST(Loop, WhatADestructorWritesLeavesBeforeTheSleep) {
  Loop loop;
  Part other;
  bool ended = false;
  bool second_ended = false;
  loop.post([&] {
    auto part = std::make_unique<Part>();
    part->at_end = [&] {
      ended = true;
      loop.flush_later(other);
      auto more = std::make_unique<Part>();
      more->at_end = [&] { second_ended = true; };
      loop.delete_later(std::move(more));
    };
    loop.delete_later(std::move(part));
  });
  ASSERT_TRUE(drive(loop, [&] {
    EXPECT_EQ(other.flushes, ended ? 1 : 0);
    EXPECT_EQ(second_ended, ended);
    return ended;
  }));
}

// OpenSSL writes with write(), which raises SIGPIPE when the peer has gone.
TEST(Loop, IgnoresSigpipe) {
  signal(SIGPIPE, SIG_DFL);
  Loop loop;
  EXPECT_EQ(signal(SIGPIPE, SIG_IGN), SIG_IGN);
}

TEST(Loop, SleepsWhenThereIsNothingToDo) {
  Loop loop;
  EXPECT_LE(test::turns_within(loop, milliseconds(50)), 4);
}

struct Alarm {
  explicit Alarm(Loop& l) : loop(l), timer(l, ring, this) {}
  static void ring(void* self) {
    auto& alarm = *static_cast<Alarm*>(self);
    ++alarm.rings;
    alarm.rung_at = alarm.loop.now();
    if (alarm.at_ring) alarm.at_ring();
  }
  Loop& loop;
  Timer timer;
  int rings = 0;
  MonoTime rung_at;
  std::function<void()> at_ring;
};

TEST(Timer, NeverEarly) {
  Loop loop;
  // Delays that are no whole milliseconds, which is what the kernel's timeout counts in.
  for (int i = 0; i < 40; ++i) {
    Alarm alarm(loop);
    const MonoTime due = system_clock().mono() + std::chrono::microseconds(137 * i);
    alarm.timer.arm(due + std::chrono::microseconds(-500));
    alarm.timer.arm(due);
    EXPECT_TRUE(alarm.timer.armed());
    ASSERT_TRUE(drive(loop, [&] { return alarm.rings == 1; }));
    EXPECT_GE(alarm.rung_at, due) << i;
    EXPECT_FALSE(alarm.timer.armed());
  }
}

TEST(Timer, LaterThanArmedFirst) {
  Loop loop;
  Alarm alarm(loop);
  const MonoTime due = loop.now() + milliseconds(30);
  alarm.timer.arm(loop.now() + milliseconds(5));
  alarm.timer.arm(due);
  int turns = 0;
  ASSERT_TRUE(drive(loop, [&] { return alarm.rings > 0; }, &turns));
  EXPECT_GE(alarm.rung_at, due);
  EXPECT_EQ(alarm.rings, 1);
  EXPECT_LE(turns, 6);  // one early wake-up, not a spin
}

TEST(Timer, EarlierThanArmedFirst) {
  Loop loop;
  Alarm alarm(loop);
  alarm.timer.arm(loop.now() + std::chrono::hours(1));
  alarm.timer.arm(loop.now() + milliseconds(1));
  EXPECT_TRUE(drive(loop, [&] { return alarm.rings == 1; }));
  // The hour is not left behind.
  EXPECT_FALSE(alarm.timer.armed());
}

TEST(Timer, EarlierAfterLater) {
  Loop loop;
  Alarm alarm(loop);
  alarm.timer.arm(loop.now() + milliseconds(1));
  alarm.timer.arm(loop.now() + std::chrono::hours(1));
  test::turns_within(loop, milliseconds(5));  // the lazy wake-up has moved itself to the hour
  EXPECT_EQ(alarm.rings, 0);
  alarm.timer.arm(loop.now() + milliseconds(1));
  EXPECT_TRUE(drive(loop, [&] { return alarm.rings == 1; }));
}

TEST(Timer, PastAndPresentAreNextTurn) {
  Loop loop;
  Alarm past(loop), present(loop);
  past.timer.arm(MonoTime{1});
  present.timer.arm(loop.now());
  EXPECT_EQ(past.rings + present.rings, 0);  // not from within arm()
  EXPECT_TRUE(drive(loop, [&] { return past.rings == 1 && present.rings == 1; }));
}

TEST(Timer, DisarmedStaysSilent) {
  Loop loop;
  Alarm by_call(loop), by_time(loop), by_end(loop);
  by_call.timer.arm(loop.now());
  by_time.timer.arm(loop.now());
  by_call.timer.disarm();
  by_time.timer.arm(MonoTime::never());
  auto ended = std::make_unique<Alarm>(loop);
  ended->timer.arm(loop.now());
  ended.reset();
  // One that is due in the same turn silences another.
  Alarm first(loop), second(loop);
  first.at_ring = [&] { second.timer.disarm(); };
  second.at_ring = [&] { first.timer.disarm(); };
  first.timer.arm(loop.now());
  second.timer.arm(loop.now());
  test::turns_within(loop, milliseconds(5));
  EXPECT_EQ(by_call.rings, 0);
  EXPECT_EQ(by_time.rings, 0);
  EXPECT_EQ(first.rings + second.rings, 1);
}

TEST(Timer, RearmedInItsCallback) {
  Loop loop;
  Alarm alarm(loop);
  alarm.at_ring = [&] {
    EXPECT_FALSE(alarm.timer.armed());
    if (alarm.rings < 5) alarm.timer.arm(loop.now() + milliseconds(1));
  };
  alarm.timer.arm(loop.now());
  EXPECT_TRUE(drive(loop, [&] { return alarm.rings == 5; }));
  EXPECT_FALSE(alarm.timer.armed());
}

TEST(Timer, OwnerEndsInTheCallback) {
  Loop loop;
  auto alarm = std::make_unique<Alarm>(loop);
  bool ended = false;
  alarm->at_ring = [&] {
    ended = true;
    alarm.reset();
  };
  alarm->timer.arm(loop.now());
  EXPECT_TRUE(drive(loop, [&] { return ended; }));
}

}  // namespace
}  // namespace gh::net
