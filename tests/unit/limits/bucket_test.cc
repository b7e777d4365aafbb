#include "limits/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

namespace gh::limits {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kMonth = hours(24 * 31);

policy::Rate rate(std::uint64_t count, Duration period, std::uint64_t burst) {
  return {count, period, burst, "rule"};
}

bool admit(Bucket& bucket, const policy::Rate& limit, MonoTime now) {
  bucket.drain(limit, now);
  if (!bucket.has_room(limit)) return false;
  bucket.take();
  return true;
}

// GCRA as algorithm texts give it, one theoretical arrival time, in 128 bits.
struct Reference {
  __int128 arrival = 0;

  bool admit(const policy::Rate& limit, MonoTime now) {
    const __int128 t = gap(limit).count();
    const __int128 next = std::max<__int128>(arrival, now.ns) + t;
    if (next - now.ns > t * limit.burst) return false;
    arrival = next;
    return true;
  }
};

TEST(Gap, RoundsUp) {
  EXPECT_EQ(gap(rate(20, minutes(1), 1)), seconds(3));
  EXPECT_EQ(gap(rate(7, minutes(1), 1)), Duration(8'571'428'572));
  EXPECT_EQ(gap(rate(1'000'000, seconds(1), 1)), Duration(1'000));
  EXPECT_EQ(gap(rate(1, kMonth, 1)), kMonth);
  EXPECT_EQ(gap(rate(1'000'000'000'000, seconds(1), 1)), Duration(1));
  EXPECT_EQ(gap(rate(1'000'000'000'000, kMonth, 1)), Duration(2'679));
}

// What a policy never holds must still neither crash nor admit without end.
TEST(Bucket, ZeroesAreHarmless) {
  Bucket bucket;
  EXPECT_FALSE(admit(bucket, rate(1, seconds(1), 0), {1'000}));
  EXPECT_TRUE(admit(bucket, rate(0, seconds(1), 1), {1'000}));
  EXPECT_FALSE(admit(bucket, rate(0, seconds(1), 1), {1'001}));
  bucket = {};
  EXPECT_TRUE(admit(bucket, rate(1, Duration(0), 1), {1'000}));
  EXPECT_FALSE(admit(bucket, rate(1, Duration(0), 1), {1'000}));
}

TEST(Bucket, ExactlyTheBurstAndThenThePace) {
  for (const policy::Rate& limit :
       {rate(20, minutes(1), 5), rate(7, minutes(1), 3), rate(1'000'000, seconds(1), 100),
        rate(1, hours(1), 1), rate(3, kMonth, 1'000), rate(200, minutes(1), 20)}) {
    Bucket bucket;
    MonoTime now{123'456'789'012'345};
    for (std::uint64_t i = 0; i < limit.burst; ++i) ASSERT_TRUE(admit(bucket, limit, now)) << i;
    ASSERT_FALSE(admit(bucket, limit, now));
    for (int i = 0; i < 50; ++i) {
      now = now + gap(limit);
      ASSERT_FALSE(admit(bucket, limit, now + Duration(-1))) << i;
      ASSERT_TRUE(admit(bucket, limit, now)) << i;
      ASSERT_FALSE(admit(bucket, limit, now)) << i;
    }
    // And after a long rest the whole burst again, not more.
    now = bucket.idle_at(limit);
    for (std::uint64_t i = 0; i < limit.burst; ++i) ASSERT_TRUE(admit(bucket, limit, now)) << i;
    ASSERT_FALSE(admit(bucket, limit, now));
  }
}

TEST(Bucket, WaitIsHonestToTheNanosecond) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2'000; ++round) {
    const policy::Rate limit =
        rate(1 + random() % 1'000, seconds(1 + random() % 90'000), 1 + random() % 6);
    Bucket bucket;
    MonoTime now{static_cast<std::int64_t>(random() % (std::uint64_t{1} << 60))};
    while (admit(bucket, limit, now)) {
      now = now + Duration(random() % static_cast<std::uint64_t>(gap(limit).count()) / 8);
    }
    const Duration wait = bucket.wait(limit, now);
    ASSERT_GT(wait, Duration(0));
    Bucket early = bucket;
    ASSERT_FALSE(admit(early, limit, now + wait + Duration(-1)));
    ASSERT_TRUE(admit(bucket, limit, now + wait));
  }
}

TEST(Bucket, DecidesAsTheReferenceDoes) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    const policy::Rate limit = rate(
        1 + random() % 5'000, Duration(1 + static_cast<std::int64_t>(random() % 3'600'000'000'000)),
        1 + random() % 20);
    Bucket bucket;
    Reference reference;
    MonoTime now{static_cast<std::int64_t>(random() % 1'000'000'000'000)};
    for (int i = 0; i < 300; ++i) {
      const std::uint64_t step = static_cast<std::uint64_t>(gap(limit).count()) * (random() % 4);
      now = now + Duration(static_cast<std::int64_t>(random() % (step + 2)));
      if (random() % 50 == 0) now = now + gap(limit) * 30;
      ASSERT_EQ(admit(bucket, limit, now), reference.admit(limit, now)) << round << "/" << i;
    }
  }
}

// In any window of length W at most burst + W × count ÷ period.
TEST(Bucket, NeverMoreThanBurstPlusPaceInAnyWindow) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 40; ++round) {
    const policy::Rate limit =
        rate(1 + random() % 900, seconds(1 + random() % 60), 1 + random() % 9);
    Bucket bucket;
    std::deque<std::int64_t> admitted;
    MonoTime now{1};
    for (int i = 0; i < 600; ++i) {
      now = now + Duration(static_cast<std::int64_t>(
                      random() % static_cast<std::uint64_t>(2 * gap(limit).count())));
      if (admit(bucket, limit, now)) admitted.push_back(now.ns);
    }
    for (std::size_t from = 0; from < admitted.size(); ++from) {
      for (std::size_t to = from; to < admitted.size(); ++to) {
        const __int128 window = admitted[to] - admitted[from];
        const __int128 allowed = limit.burst + window * limit.count / limit.period.count();
        ASSERT_LE(static_cast<__int128>(to - from + 1), allowed);
      }
    }
  }
}

TEST(Bucket, TheWidestValuesDoNotOverflow) {
  const policy::Rate widest = rate(1, kMonth, std::uint64_t{1} << 32);
  Bucket bucket;
  const MonoTime now{INT64_MAX / 2};
  EXPECT_TRUE(admit(bucket, widest, now));
  EXPECT_EQ(bucket.idle_at(widest), now + kMonth);
  bucket.used = widest.burst;
  EXPECT_FALSE(admit(bucket, widest, now));
  EXPECT_EQ(bucket.wait(widest, now), kMonth);
  EXPECT_EQ(bucket.idle_at(widest), MonoTime::never());
  EXPECT_TRUE(admit(bucket, widest, now + kMonth));
  // All the time there is.
  Bucket old;
  old.used = 3;
  old.drain(widest, {INT64_MAX});
  EXPECT_EQ(old.used, 0u);
}

TEST(Bucket, TimeThatGoesBackDrainsNothing) {
  const policy::Rate limit = rate(1, seconds(1), 2);
  Bucket bucket;
  EXPECT_TRUE(admit(bucket, limit, {10'000'000'000}));
  EXPECT_TRUE(admit(bucket, limit, {9'999'999'000}));
  EXPECT_FALSE(admit(bucket, limit, {9'000'000'000}));
  EXPECT_FALSE(admit(bucket, limit, {10'999'999'999}));
  EXPECT_TRUE(admit(bucket, limit, {11'000'000'000}));
}

struct Change {
  const char* what;
  policy::Rate before;
  std::uint64_t used_before;
  policy::Rate after;
  std::uint64_t room_after;  // at once
  Duration wait_after;       // for the next one
};

TEST(Bucket, AChangedLimitTakesEffectAndUseIsKept) {
  const Change changes[] = {
      {"larger burst", rate(20, minutes(1), 5), 5, rate(20, minutes(1), 8), 3, seconds(3)},
      {"smaller burst", rate(20, minutes(1), 8), 8, rate(20, minutes(1), 2), 0, seconds(3)},
      {"smaller burst, part used", rate(20, minutes(1), 8), 1, rate(20, minutes(1), 2), 1,
       seconds(3)},
      {"faster pace", rate(1, hours(1), 5), 5, rate(60, minutes(1), 5), 0, seconds(1)},
      {"slower pace", rate(60, minutes(1), 5), 5, rate(1, hours(1), 5), 0, hours(1)},
  };
  for (const Change& c : changes) {
    Bucket bucket;
    const MonoTime now{1'000'000'000'000};
    for (std::uint64_t i = 0; i < c.used_before; ++i) ASSERT_TRUE(admit(bucket, c.before, now));
    std::uint64_t room = 0;
    while (admit(bucket, c.after, now)) ++room;
    EXPECT_EQ(room, c.room_after) << c.what;
    EXPECT_EQ(bucket.wait(c.after, now), c.wait_after) << c.what;
  }
}

struct Taken {
  std::int64_t at = 0;
  std::uint64_t turn = 0;
};

// When a bucket is idle that took these and no others.
std::int64_t idle_after(const std::deque<Taken>& taken, const policy::Rate& limit) {
  std::int64_t arrival = 0;
  for (const Taken& one : taken) arrival = std::max(arrival, one.at) + gap(limit).count();
  return arrival;
}

// Requests are taken and given back at random, and held against the history of those that stay. In
// the first half of the runs only such as leave no trace: at once, or the last of all.
TEST(Bucket, WhatIsGivenBackIsAsIfItHadNotBeenAndNeverMore) {
  std::size_t given_back = 0;
  std::size_t dearer = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const bool traceless = seed <= 200;
    std::mt19937_64 random(seed);
    const policy::Rate limit =
        rate(1 + random() % 30, seconds(1 + random() % 20), 1 + random() % 9);
    Bucket bucket;
    std::deque<Taken> taken;
    std::deque<Taken> all;  // also those that were given back
    std::uint64_t turns = 0;
    MonoTime now{1'000'000'000'000};
    for (int step = 0; step < 150; ++step) {
      if (random() % 2 == 0) {
        now = now + Duration(static_cast<std::int64_t>(
                        random() % static_cast<std::uint64_t>(3 * gap(limit).count())));
      }
      if (!taken.empty() && random() % 3 == 0) {
        const std::size_t which = random() % taken.size();
        const Taken& back = taken[which];
        if (traceless && back.at != now.ns && back.turn != turns) continue;
        bucket.drain(limit, now);
        bucket.give_back(limit, {back.at}, turns - back.turn, now);
        taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(which));
        ++given_back;
      } else {
        if (!admit(bucket, limit, now)) continue;
        taken.push_back({now.ns, ++turns});
        all.push_back(taken.back());
      }
      const std::int64_t real = std::max(bucket.idle_at(limit).ns, now.ns);
      const std::int64_t fair = std::max(idle_after(taken, limit), now.ns);
      ASSERT_LE(real, std::max(idle_after(all, limit), now.ns));
      if (traceless) {
        ASSERT_EQ(real, fair) << "seed " << seed << " step " << step;
      } else {
        ASSERT_GE(real, fair) << "seed " << seed << " step " << step;
        dearer += real > fair;
      }
    }
  }
  EXPECT_GT(given_back, 5'000u);
  EXPECT_GT(dearer, 100u);
}

// Five that will be given back keep the bucket draining for five others, who must not gain by it.
TEST(Bucket, NobodyGainsByWhatIsGivenBackLate) {
  const policy::Rate limit = rate(10, seconds(10), 10);
  Bucket bucket;
  const MonoTime start{1'000'000'000'000};
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(admit(bucket, limit, start));
  const MonoTime later = start + Duration(4'900'000'000);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(admit(bucket, limit, later));
  for (std::uint64_t after = 10; after-- > 5;) {
    bucket.drain(limit, later);
    bucket.give_back(limit, start, after, later);
  }
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(admit(bucket, limit, later));
  EXPECT_FALSE(admit(bucket, limit, later));
  EXPECT_EQ(bucket.wait(limit, later), seconds(1));
}

}  // namespace
}  // namespace gh::limits
