// The table against a plain single-threaded model, and from many threads at once.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "limits/bucket.h"
#include "limits/table.h"

namespace gh::limits {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr MonoTime kStart{1'000'000'000'000};

// One limit of one subject, done the slow and obvious way.
struct ModelSubject {
  policy::Rate rate;
  policy::Concurrency concurrent;
  __int128 arrival = 0;
  std::uint32_t in_flight = 0;

  __int128 next(MonoTime now) const {
    return std::max<__int128>(arrival, now.ns) + gap(rate).count();
  }
  // How long until the rate has room; zero or less when it has.
  __int128 wait(MonoTime now) const {
    return next(now) - static_cast<__int128>(gap(rate).count()) * rate.burst - now.ns;
  }
};

struct Held {
  Lease lease;
  std::vector<std::size_t> subjects;
};

class Model {
 public:
  Model(Table& table, std::mt19937_64& random, std::size_t subjects) : table_(table) {
    for (std::size_t i = 0; i < subjects; ++i) {
      ModelSubject s;
      s.rate = {1 + random() % 50, seconds(1 + random() % 60), 1 + random() % 8, "rate"};
      s.concurrent = {static_cast<std::uint32_t>(1 + random() % 5), "concurrent"};
      subjects_.push_back(s);
    }
  }

  Ask ask(std::size_t i) const {
    return {table_.subject(Scope::key, std::to_string(i)), &subjects_[i].rate,
            &subjects_[i].concurrent};
  }

  // Nothing when all would pass, else how long the longest reason lasts.
  std::optional<std::int64_t> denied(const std::vector<std::size_t>& which, MonoTime now) const {
    std::optional<std::int64_t> longest;
    for (const std::size_t i : which) {
      const ModelSubject& s = subjects_[i];
      std::int64_t wait = static_cast<std::int64_t>(s.wait(now));
      if (s.in_flight >= s.concurrent.most) wait = std::max<std::int64_t>(wait, 1'000'000'000);
      if (wait > 0) longest = std::max(longest.value_or(0), wait);
    }
    return longest;
  }

  void take(const std::vector<std::size_t>& which, MonoTime now) {
    for (const std::size_t i : which) {
      subjects_[i].arrival = subjects_[i].next(now);
      ++subjects_[i].in_flight;
    }
  }

  void release(const std::vector<std::size_t>& which) {
    for (const std::size_t i : which) --subjects_[i].in_flight;
  }

  std::uint32_t in_flight(std::size_t i) const { return subjects_[i].in_flight; }

 private:
  Table& table_;
  std::vector<ModelSubject> subjects_;
};

TEST(TableModel, DecidesAsTheModelUnderRandomInterleavings) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    constexpr std::size_t kSubjects = 12;
    Table table(1'000);
    Model model(table, random, kSubjects);
    std::vector<Held> held;
    MonoTime now = kStart;
    for (int step = 0; step < 2'000; ++step) {
      now = now + Duration(static_cast<std::int64_t>(random() % 500'000'000));
      if (!held.empty() && random() % 3 == 0) {
        const std::size_t which = random() % held.size();
        model.release(held[which].subjects);
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        continue;
      }
      std::vector<std::size_t> which;
      for (std::size_t i = 0; i < kSubjects; ++i) which.push_back(i);
      std::shuffle(which.begin(), which.end(), random);
      which.resize(1 + random() % kMostAsks);
      std::vector<Ask> asks;
      for (const std::size_t i : which) asks.push_back(model.ask(i));

      const auto expected = model.denied(which, now);
      auto result = table.admit(asks, now);
      ASSERT_EQ(result.has_value(), !expected) << "seed " << seed << " step " << step;
      if (result) {
        model.take(which, now);
        held.push_back({std::move(result->lease), which});
      } else {
        ASSERT_EQ(result.error().retry_after.count(), *expected);
      }
      for (const std::size_t i : which) {
        ASSERT_EQ(table.in_flight(model.ask(i).subject), model.in_flight(i));
      }
    }
  }
}

TEST(TableModel, RetryAfterIsHonestForARequestOfManyScopes) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    Table table(100);
    std::vector<policy::Rate> rates;
    for (int i = 0; i < 4; ++i) {
      rates.push_back({1 + random() % 100, seconds(1 + random() % 3'600), 1 + random() % 6, "r"});
    }
    std::vector<Ask> asks;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      asks.push_back({table.subject(Scope::key, std::to_string(i)), &rates[i], nullptr});
    }
    MonoTime now = kStart;
    auto result = table.admit(asks, now);
    for (; result; result = table.admit(asks, now)) {
      now = now + Duration(static_cast<std::int64_t>(random() % 1'000'000));
    }
    const Duration wait = result.error().retry_after;
    ASSERT_GT(wait, Duration(0));
    ASSERT_FALSE(table.admit(asks, now + wait + Duration(-1)));
    ASSERT_TRUE(table.admit(asks, now + wait));
  }
}

TEST(TableModel, AddingAScopeNeverAdmitsMore) {
  std::mt19937_64 random(5);
  const policy::Rate tenant{60, minutes(1), 10, "tenant"};
  const policy::Rate key{30, minutes(1), 7, "key"};
  Table one(100);
  Table two(100);
  const Ask alone[] = {{one.subject(Scope::tenant, "t"), &tenant, nullptr}};
  const Ask both[] = {{two.subject(Scope::tenant, "t"), &tenant, nullptr},
                      {two.subject(Scope::key, "k"), &key, nullptr}};
  MonoTime now = kStart;
  int admitted_alone = 0;
  int admitted_both = 0;
  for (int i = 0; i < 2'000; ++i) {
    now = now + Duration(static_cast<std::int64_t>(random() % 2'000'000'000));
    admitted_alone += one.admit(alone, now).has_value();
    admitted_both += two.admit(both, now).has_value();
    ASSERT_LE(admitted_both, admitted_alone);
  }
  EXPECT_GT(admitted_both, 500);
}

TEST(TableModel, RemainingGrowsOnlyWithTime) {
  std::mt19937_64 random(9);
  Table table(100);
  const policy::Rate limit{600, minutes(1), 12, "rate"};
  const Ask ask{table.subject(Scope::key, "k"), &limit, nullptr};
  MonoTime now = kStart;
  std::uint64_t last = limit.burst;
  for (int i = 0; i < 5'000; ++i) {
    const Duration step(static_cast<std::int64_t>(random() % 3 == 0 ? random() % 300'000'000 : 0));
    now = now + step;
    const auto result = table.admit({&ask, 1}, now);
    const Standing& standing = result ? *result->standing : *result.error().standing;
    if (step == Duration(0)) {
      ASSERT_EQ(standing.remaining, last == 0 ? 0 : last - 1);
    } else {
      ASSERT_LE(standing.remaining,
                last + static_cast<std::uint64_t>(step / std::chrono::milliseconds(100)) + 1);
    }
    ASSERT_TRUE(result || standing.remaining == 0);
    last = standing.remaining;
  }
}

// Eight threads at a standing clock: exactly the smallest burst is admitted, and what the wider
// limits lost is exactly that.
// covers: engine-7-limiter-races gateways-3-19
TEST(TableThreads, ExactCountsUnderContention) {
  Table table(1'000);
  constexpr std::uint64_t kGlobal = 5'000;
  constexpr std::uint64_t kPerKey = 400;
  const policy::Rate global{1, hours(1), kGlobal, "global"};
  const policy::Rate per_key{1, hours(1), kPerKey, "key"};
  std::vector<Ask> keys;
  for (int i = 0; i < 8; ++i) {
    keys.push_back({table.subject(Scope::key, std::to_string(i)), &per_key, nullptr});
  }
  const Ask all{table.subject(Scope::global, ""), &global, nullptr};
  std::array<std::atomic<std::uint64_t>, 8> admitted{};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 4'000; ++i) {
        const std::size_t key = (t + i) % keys.size();
        const Ask asks[] = {keys[key], all};
        if (table.admit(asks, kStart)) ++admitted[key];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (const auto& count : admitted) {
    EXPECT_EQ(count, kPerKey);
    sum += count;
  }
  EXPECT_EQ(sum, 8 * kPerKey);
  std::uint64_t left = 0;
  while (table.admit({&all, 1}, kStart)) ++left;
  EXPECT_EQ(left, kGlobal - sum);
}

// covers: engine-7-limiter-races gateways-3-19
TEST(TableThreads, ConcurrencyIsNeverExceededAndAllComesBack) {
  Table table(1'000);
  const policy::Concurrency few{5, "few"};
  const policy::Concurrency fewer{2, "fewer"};
  const Subject tenant = table.subject(Scope::tenant, "alpha");
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const Ask asks[] = {{table.subject(Scope::key, std::to_string(t % 4)), nullptr, &fewer},
                          {tenant, nullptr, &few}};
      for (int i = 0; i < 5'000; ++i) {
        auto result = table.admit(asks, kStart);
        if (!result) continue;
        ++admitted;
        const int now_inside = ++inside;
        for (int seen = most; seen < now_inside && !most.compare_exchange_weak(seen, now_inside);) {
        }
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(admitted, 0);
  EXPECT_LE(most, 5);
  EXPECT_EQ(table.in_flight(tenant), 0u);
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(table.in_flight(table.subject(Scope::key, std::to_string(t))), 0u);
  }
}

// Threads that name the same subjects in every order must not wait for each other for ever.
TEST(TableThreads, AnyOrderOfAsksIsFreeOfDeadlock) {
  Table table(1'000);
  const policy::Rate limit{1'000'000, seconds(1), 1'000'000, "rate"};
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      std::vector<Ask> asks;
      for (int i = 0; i < 6; ++i) {
        asks.push_back({table.subject(Scope::key, std::to_string(i)), &limit, nullptr});
      }
      for (int i = 0; i < 5'000; ++i) {
        std::shuffle(asks.begin(), asks.end(), random);
        admitted += table.admit(asks, kStart).has_value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 20'000);
}

// Half of what is admitted is withdrawn again, while others come: what stays is never more than the
// limit, and all of it where nothing drains.
// covers: engine-7-limiter-races
TEST(TableThreads, WhatIsWithdrawnIsThereForOthersAndNoMore) {
  Table table(1'000);
  constexpr std::uint64_t kAll = 3'000;
  const policy::Rate all{1, hours(1), kAll, "all"};
  const policy::Rate wide{1, hours(1), 100'000, "wide"};
  const Ask ask{table.subject(Scope::global, ""), &all, nullptr};
  std::atomic<std::uint64_t> stayed{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const Ask asks[] = {{table.subject(Scope::key, std::to_string(t % 3)), &wide, nullptr}, ask};
      for (std::size_t i = 0; i < 2'000; ++i) {
        const auto admitted = table.admit(asks, kStart);
        if (!admitted) continue;
        if (i % 2 == 0) {
          table.withdraw(asks, admitted->taken, kStart);
        } else {
          ++stayed;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (table.admit({&ask, 1}, kStart)) ++stayed;
  EXPECT_EQ(stayed, kAll);
}

}  // namespace
}  // namespace gh::limits
