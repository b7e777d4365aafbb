#include "limits/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace gh::limits {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr MonoTime kStart{1'000'000'000'000};

policy::Rate rate(std::uint64_t count, Duration period, std::uint64_t burst,
                  const std::string& rule = "rate") {
  return {count, period, burst, rule};
}

TEST(Table, SubjectsOfTwoScopesOrTablesDiffer) {
  Table table(100);
  Table other(100);
  std::set<std::uint64_t> hashes;
  for (const Scope scope : {Scope::ip, Scope::failed_auth, Scope::global, Scope::model,
                            Scope::tenant, Scope::user, Scope::key}) {
    const Subject subject = table.subject(scope, "alpha");
    EXPECT_EQ(subject, table.subject(scope, "alpha"));
    EXPECT_NE(subject, table.subject(scope, "beta"));
    EXPECT_NE(subject.hash, other.subject(scope, "alpha").hash);
    hashes.insert(subject.hash);
  }
  EXPECT_EQ(hashes.size(), 7u);
}

TEST(Table, NothingAskedIsAdmittedWithoutATrace) {
  Table table(100);
  const auto admission = table.admit({}, kStart);
  ASSERT_TRUE(admission);
  EXPECT_TRUE(admission->lease.empty());
  EXPECT_FALSE(admission->standing);
  EXPECT_EQ(table.size(), 0u);
}

TEST(Table, BurstThenDenialThatSaysWhyAndHowLong) {
  Table table(100);
  const policy::Rate limit = rate(20, minutes(1), 5, "tenants.alpha.limits.requests");
  const Ask ask{table.subject(Scope::tenant, "alpha"), &limit, nullptr};
  for (std::uint64_t left = 5; left-- > 0;) {
    const auto admission = table.admit({&ask, 1}, kStart);
    ASSERT_TRUE(admission);
    EXPECT_EQ(admission->standing->limit, 20u);
    EXPECT_EQ(admission->standing->remaining, left);
    EXPECT_EQ(admission->standing->reset, seconds(3) * (5 - left));
    EXPECT_TRUE(admission->lease.empty());
  }
  const auto denied = table.admit({&ask, 1}, kStart + seconds(1));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().scope, Scope::tenant);
  EXPECT_FALSE(denied.error().concurrency);
  EXPECT_EQ(denied.error().rule, "tenants.alpha.limits.requests");
  EXPECT_EQ(denied.error().retry_after, seconds(2));
  ASSERT_TRUE(denied.error().standing);
  EXPECT_EQ(denied.error().standing->limit, 20u);
  EXPECT_EQ(denied.error().standing->remaining, 0u);
  EXPECT_EQ(denied.error().standing->reset, seconds(14));
}

TEST(Table, SubjectsAreIndependent) {
  Table table(100);
  const policy::Rate limit = rate(1, minutes(1), 1);
  const Ask a{table.subject(Scope::key, "a"), &limit, nullptr};
  const Ask b{table.subject(Scope::key, "b"), &limit, nullptr};
  const Ask a_as_user{table.subject(Scope::user, "a"), &limit, nullptr};
  EXPECT_TRUE(table.admit({&a, 1}, kStart));
  EXPECT_TRUE(table.admit({&b, 1}, kStart));
  EXPECT_TRUE(table.admit({&a_as_user, 1}, kStart));
  EXPECT_FALSE(table.admit({&a, 1}, kStart));
  EXPECT_EQ(table.size(), 3u);
}

TEST(Table, StandingIsOfTheTightestRate) {
  Table table(100);
  const policy::Rate wide = rate(200, minutes(1), 20);
  const policy::Rate tight = rate(20, minutes(1), 3);
  const policy::Rate slow_tight = rate(2, minutes(1), 3);
  const Ask asks[] = {{table.subject(Scope::global, ""), &wide, nullptr},
                      {table.subject(Scope::tenant, "alpha"), &tight, nullptr},
                      {table.subject(Scope::key, "k"), &slow_tight, nullptr}};
  auto admission = table.admit(asks, kStart);
  EXPECT_EQ(admission->standing->limit, 2u);  // as much remaining as `tight`, for longer
  EXPECT_EQ(admission->standing->remaining, 2u);
  admission = table.admit(std::span(asks).first(2), kStart);
  EXPECT_EQ(admission->standing->limit, 20u);
  EXPECT_EQ(admission->standing->remaining, 1u);
}

TEST(Table, AllOrNone) {
  Table table(100);
  const policy::Rate wide = rate(60, minutes(1), 10);
  const policy::Rate narrow = rate(60, minutes(1), 1);
  const policy::Concurrency few{2, "few"};
  const Ask asks[] = {{table.subject(Scope::global, ""), &wide, nullptr},
                      {table.subject(Scope::tenant, "alpha"), &wide, &few},
                      {table.subject(Scope::key, "k"), &narrow, nullptr}};
  auto first = table.admit(asks, kStart);
  ASSERT_TRUE(first);
  for (int i = 0; i < 20; ++i) ASSERT_FALSE(table.admit(asks, kStart));
  // The nineteen refusals took nothing from the wide ones.
  EXPECT_EQ(table.in_flight(asks[1].subject), 1u);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(table.admit(std::span(asks).first(1), kStart));
  EXPECT_FALSE(table.admit(std::span(asks).first(1), kStart));
}

TEST(Table, ARefusalLeavesNoNewSubjectBehind) {
  Table table(100);
  const policy::Rate narrow = rate(60, minutes(1), 1);
  const Ask full{table.subject(Scope::tenant, "alpha"), &narrow, nullptr};
  ASSERT_TRUE(table.admit({&full, 1}, kStart));
  for (int i = 0; i < 50; ++i) {
    const Ask asks[] = {full, {table.subject(Scope::key, std::to_string(i)), &narrow, nullptr}};
    ASSERT_FALSE(table.admit(asks, kStart));
  }
  EXPECT_EQ(table.size(), 1u);
}

TEST(Table, OfSeveralReasonsTheLongestIsTold) {
  Table table(100);
  const policy::Rate quick = rate(10, seconds(1), 1, "quick");
  const policy::Rate slow = rate(1, minutes(1), 1, "slow");
  const policy::Concurrency one{1, "one"};
  const Ask a{table.subject(Scope::global, ""), &quick, nullptr};
  const Ask b{table.subject(Scope::tenant, "alpha"), nullptr, &one};
  const Ask c{table.subject(Scope::key, "k"), &slow, nullptr};
  const Ask all[] = {a, b, c};
  const auto held = table.admit(all, kStart);
  ASSERT_TRUE(held);
  auto denied = table.admit(all, kStart);
  EXPECT_EQ(denied.error().rule, "slow");
  EXPECT_EQ(denied.error().retry_after, minutes(1));
  denied = table.admit(std::span(all).first(2), kStart);
  EXPECT_EQ(denied.error().rule, "one");
  EXPECT_TRUE(denied.error().concurrency);
  EXPECT_EQ(denied.error().retry_after, seconds(1));
  EXPECT_EQ(denied.error().standing->limit, 10u);  // of the rate that was asked with it
  denied = table.admit(std::span(all).first(1), kStart);
  EXPECT_EQ(denied.error().rule, "quick");
}

TEST(Table, ConcurrencyIsGivenBackWhenALeaseEnds) {
  Table table(100);
  const policy::Concurrency two{2, "two"};
  const Ask ask{table.subject(Scope::tenant, "alpha"), nullptr, &two};
  Lease outer;
  {
    auto first = table.admit({&ask, 1}, kStart);
    auto second = table.admit({&ask, 1}, kStart);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(first->standing);
    EXPECT_FALSE(table.admit({&ask, 1}, kStart));
    outer = std::move(second->lease);
    EXPECT_TRUE(second->lease.empty());
  }
  EXPECT_EQ(table.in_flight(ask.subject), 1u);
  outer.release();
  outer.release();
  EXPECT_EQ(table.in_flight(ask.subject), 0u);
  auto third = table.admit({&ask, 1}, kStart);
  outer = std::move(third->lease);
  outer = Lease();
  EXPECT_EQ(table.in_flight(ask.subject), 0u);
}

TEST(Table, ALeaseMayEndOnAnotherThread) {
  Table table(100);
  const policy::Concurrency one{1, "one"};
  const Ask ask{table.subject(Scope::tenant, "alpha"), nullptr, &one};
  auto admission = table.admit({&ask, 1}, kStart);
  ASSERT_TRUE(admission);
  std::thread([lease = std::move(admission->lease)]() mutable { lease.release(); }).join();
  EXPECT_TRUE(table.admit({&ask, 1}, kStart));
}

TEST(Table, LoweredConcurrencyWaitsForThoseInFlight) {
  Table table(100);
  policy::Concurrency limit{3, "limit"};
  const Ask ask{table.subject(Scope::tenant, "alpha"), nullptr, &limit};
  std::vector<Lease> leases;
  for (int i = 0; i < 3; ++i) leases.push_back(std::move(table.admit({&ask, 1}, kStart)->lease));
  limit.most = 1;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(table.admit({&ask, 1}, kStart));
    leases.pop_back();
  }
  EXPECT_TRUE(table.admit({&ask, 1}, kStart));
}

TEST(Table, HoldsItsCapacityWithoutForgetting) {
  constexpr int kMany = 20'000;
  Table table(kMany);
  const policy::Rate limit = rate(1, minutes(60), 1);
  std::vector<Ask> asks;
  for (int i = 0; i < kMany; ++i) {
    asks.push_back({table.subject(Scope::key, std::to_string(i)), &limit, nullptr});
  }
  for (const Ask& ask : asks) ASSERT_TRUE(table.admit({&ask, 1}, kStart));
  EXPECT_EQ(table.size(), static_cast<std::size_t>(kMany));
  for (const Ask& ask : asks) ASSERT_FALSE(table.admit({&ask, 1}, kStart));
}

TEST(Table, AFloodOfSubjectsStaysWithinFixedMemory) {
  Table table(256);
  const policy::Rate limit = rate(1, minutes(60), 1);
  std::size_t most = 0;
  for (int i = 0; i < 50'000; ++i) {
    const Ask ask{table.subject(Scope::ip, std::to_string(i)), &limit, nullptr};
    ASSERT_TRUE(table.admit({&ask, 1}, kStart));
    most = std::max(most, table.size());
  }
  EXPECT_GE(most, 256u);
  EXPECT_LE(most, 1'024u);
  EXPECT_EQ(table.size(), most);
}

// The one that has least left to remember is forgotten; who is busy is not.
TEST(Table, TheSoonestIdleGivesWay) {
  Table table(64);
  const policy::Rate slow = rate(1, minutes(60), 1);
  const policy::Rate quick = rate(1, seconds(1), 1);
  const policy::Concurrency some{9, "some"};
  const Ask busy{table.subject(Scope::tenant, "busy"), nullptr, &some};
  const Ask remembered{table.subject(Scope::tenant, "remembered"), &slow, nullptr};
  const auto held = table.admit({&busy, 1}, kStart);
  ASSERT_TRUE(held);
  ASSERT_TRUE(table.admit({&remembered, 1}, kStart));
  for (int i = 0; i < 20'000; ++i) {
    const Ask ask{table.subject(Scope::ip, std::to_string(i)), &quick, nullptr};
    ASSERT_TRUE(table.admit({&ask, 1}, kStart));
  }
  EXPECT_FALSE(table.admit({&remembered, 1}, kStart));
  EXPECT_EQ(table.in_flight(busy.subject), 1u);
}

TEST(Table, FullOfBusySubjectsDeniesNewOnesAndKeepsTheOldOnes) {
  Table table(64);
  const policy::Concurrency some{9, "some"};
  const policy::Rate limit = rate(60, minutes(1), 10);
  std::vector<Ask> admitted;
  std::vector<Lease> leases;
  std::optional<Denial> denial;
  Subject refused;
  for (int i = 0; i < 20'000; ++i) {
    const Ask ask{table.subject(Scope::ip, std::to_string(i)), &limit, &some};
    auto admission = table.admit({&ask, 1}, kStart);
    if (admission) {
      admitted.push_back(ask);
      leases.push_back(std::move(admission->lease));
    } else {
      denial = admission.error();
      refused = ask.subject;
    }
  }
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->rule, kTableFull);
  EXPECT_EQ(denial->retry_after, seconds(1));
  EXPECT_EQ(table.in_flight(refused), 0u);
  EXPECT_EQ(table.size(), admitted.size());
  for (const Ask& ask : admitted) {
    EXPECT_EQ(table.in_flight(ask.subject), 1u);
    EXPECT_TRUE(table.admit({&ask, 1}, kStart));
  }
  leases.clear();
  const Ask late{refused, &limit, &some};
  EXPECT_TRUE(table.admit({&late, 1}, kStart));
}

// A request whose own subjects fill the shard must not push out one for another.
TEST(Table, TheAsksOfOneRequestNeverEvictEachOther) {
  Table table(1);
  const policy::Rate limit = rate(1, minutes(60), 1);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<Ask> asks;
    for (int i = 0; i < 6; ++i) {
      asks.push_back({table.subject(Scope::key, std::to_string(round * 6 + i)), &limit, nullptr});
    }
    ASSERT_TRUE(table.admit(asks, kStart));
    for (const Ask& ask : asks) ASSERT_FALSE(table.admit({&ask, 1}, kStart));
  }
}

// So that one limit of a request can be asked later than the others, when more is known of it.
TEST(Table, WhatIsWithdrawnLeavesNoTrace) {
  Table table(100);
  const policy::Rate wide = rate(60, minutes(1), 10);
  const policy::Rate narrow = rate(20, minutes(1), 2);
  const policy::Concurrency few{2, "few"};
  const Ask asks[] = {{table.subject(Scope::global, ""), nullptr, &few},
                      {table.subject(Scope::tenant, "alpha"), &wide, nullptr},
                      {table.subject(Scope::key, "k"), &narrow, nullptr}};
  for (int i = 0; i < 20; ++i) {
    auto admission = table.admit(asks, kStart);
    ASSERT_TRUE(admission);
    EXPECT_EQ(table.in_flight(asks[0].subject), 1u);
    const Pace pace = table.withdraw(asks, admission->taken, kStart);
    EXPECT_EQ(pace.standing->limit, 20u);
    EXPECT_EQ(pace.standing->remaining, 2u);
    EXPECT_EQ(pace.standing->reset, Duration(0));
    EXPECT_EQ(pace.wait, Duration(0));
    EXPECT_EQ(table.in_flight(asks[0].subject), 1u);  // until the lease dies
  }
  EXPECT_EQ(table.in_flight(asks[0].subject), 0u);
  const auto first = table.admit(std::span(asks).subspan(1), kStart);
  EXPECT_EQ(first->standing->remaining, 1u);
  const auto second = table.admit(std::span(asks).subspan(1), kStart);
  EXPECT_EQ(second->wait, seconds(3));
  const Pace pace = table.withdraw(std::span(asks).subspan(1), second->taken, kStart + seconds(1));
  EXPECT_EQ(pace.standing->remaining, 1u);
  EXPECT_EQ(pace.standing->reset, seconds(2));
  EXPECT_EQ(pace.wait, Duration(0));
}

TEST(Table, WithdrawingSaysHowLongOthersKeepItFull) {
  Table table(100);
  const policy::Rate one = rate(1, minutes(1), 1);
  const Ask ask{table.subject(Scope::key, "k"), &one, nullptr};
  const auto mine = table.admit({&ask, 1}, kStart);
  ASSERT_TRUE(mine);
  const MonoTime later = kStart + minutes(1);
  ASSERT_TRUE(table.admit({&ask, 1}, later));
  EXPECT_EQ(table.withdraw({&ask, 1}, mine->taken, later).wait, minutes(1));
  EXPECT_FALSE(table.admit({&ask, 1}, later + minutes(1) + Duration(-1)));
  EXPECT_TRUE(table.admit({&ask, 1}, later + minutes(1)));
}

TEST(Table, WithdrawingOfSubjectsThatGaveWayIsHarmless) {
  Table table(100);
  const policy::Rate one = rate(1, minutes(1), 1);
  const Ask gone{table.subject(Scope::key, "gone"), &one, nullptr};
  EXPECT_EQ(table.withdraw({&gone, 1}, {.at = kStart, .turns = {1}}, kStart).wait, Duration(0));
  EXPECT_EQ(table.size(), 0u);
}

TEST(Table, ADenialForConcurrencyTellsOfTheRates) {
  Table table(100);
  const policy::Rate wide = rate(60, minutes(1), 10);
  const policy::Rate narrow = rate(20, minutes(1), 5);
  const policy::Concurrency one{1, "one"};
  const Ask asks[] = {{table.subject(Scope::tenant, "alpha"), &wide, &one},
                      {table.subject(Scope::key, "k"), &narrow, nullptr}};
  const auto first = table.admit(asks, kStart);
  ASSERT_TRUE(first);
  for (int i = 0; i < 2; ++i) {
    const auto denied = table.admit(asks, kStart);
    ASSERT_FALSE(denied);
    EXPECT_TRUE(denied.error().concurrency);
    ASSERT_TRUE(denied.error().standing);
    EXPECT_EQ(denied.error().standing->limit, 20u);
    EXPECT_EQ(denied.error().standing->remaining, 4u);
  }
}

}  // namespace
}  // namespace gh::limits
