#include "limits/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"

namespace gh::limits {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Keeps what it is told.
class RecordingLedger final : public Ledger {
 public:
  void reserve(const Hold& hold, Reserved done) override {
    done(Reservation(*this, ++last_id, hold));
  }
  void settle(std::uint64_t id, const Usage& used) override { settled.emplace_back(id, used); }

  Reservation hold(const Hold& hold) {
    Reservation made;
    reserve(hold, [&made](auto reserved) { made = std::move(*reserved); });
    return made;
  }

  std::uint64_t last_id = 0;
  std::vector<std::pair<std::uint64_t, Usage>> settled;
};

TEST(Reservation, SettlesWhatWasUsedOnce) {
  RecordingLedger ledger;
  Reservation r = ledger.hold({100, 200});
  EXPECT_TRUE(r.open());
  EXPECT_EQ(r.hold().completion_tokens, 200u);
  r.settle({90, 20, 64, false});
  EXPECT_FALSE(r.open());
  ASSERT_THAT(ledger.settled, SizeIs(1));
  EXPECT_EQ(ledger.settled[0].first, 1u);
  EXPECT_EQ(ledger.settled[0].second.prompt_tokens, 90u);
  EXPECT_EQ(ledger.settled[0].second.completion_tokens, 20u);
  EXPECT_FALSE(ledger.settled[0].second.estimated);
}

TEST(Reservation, InFullChargesTheHoldAndSaysSo) {
  RecordingLedger ledger;
  ledger.hold({100, 200}).settle_in_full();
  ASSERT_THAT(ledger.settled, SizeIs(1));
  EXPECT_EQ(ledger.settled[0].second.prompt_tokens, 100u);
  EXPECT_EQ(ledger.settled[0].second.completion_tokens, 200u);
  EXPECT_TRUE(ledger.settled[0].second.estimated);
}

TEST(Reservation, ReleaseChargesNothing) {
  RecordingLedger ledger;
  ledger.hold({100, 200}).release();
  ASSERT_THAT(ledger.settled, SizeIs(1));
  EXPECT_EQ(ledger.settled[0].second.prompt_tokens, 0u);
  EXPECT_EQ(ledger.settled[0].second.completion_tokens, 0u);
}

TEST(Reservation, MovesWithItsHold) {
  RecordingLedger ledger;
  Reservation first = ledger.hold({1, 2});
  Reservation second(std::move(first));
  EXPECT_FALSE(first.open());
  Reservation third;
  third = std::move(second);
  EXPECT_FALSE(second.open());
  EXPECT_THAT(ledger.settled, IsEmpty());
  third.settle_in_full();
  EXPECT_EQ(ledger.settled.at(0).second.completion_tokens, 2u);
}

TEST(Reservation, AnEmptyOneDiesQuietly) {
  {
    Reservation nothing;
  }
  EXPECT_EQ(bug_count(), 0u);
}

#ifndef NDEBUG
TEST(ReservationDeathTest, DyingUnsettledIsABug) {
  RecordingLedger ledger;
  EXPECT_DEATH({ Reservation r = ledger.hold({1, 2}); }, "died unsettled");
}

TEST(ReservationDeathTest, BeingReplacedUnsettledIsABug) {
  RecordingLedger ledger;
  EXPECT_DEATH(
      {
        Reservation r = ledger.hold({1, 2});
        r = Reservation();
      },
      "died unsettled");
}

TEST(ReservationDeathTest, SettlingTwiceIsABug) {
  RecordingLedger ledger;
  EXPECT_DEATH(
      {
        Reservation r = ledger.hold({1, 2});
        r.release();
        r.settle({1, 1, 0, false});
      },
      "settled twice");
}
#else
TEST(Reservation, DyingUnsettledIsCountedAndCostsTheWholeHold) {
  RecordingLedger ledger;
  const std::uint64_t before = bug_count();
  {
    Reservation r = ledger.hold({100, 200});
  }
  EXPECT_EQ(bug_count(), before + 1);
  EXPECT_EQ(ledger.settled.at(0).second.completion_tokens, 200u);
}
#endif

TEST(OpenLedger, CompletesInlineAndCounts) {
  OpenLedger ledger;
  std::vector<Reservation> held;
  for (int i = 0; i < 3; ++i) {
    bool called = false;
    ledger.reserve({10, 20}, [&](auto reserved) {
      called = true;
      ASSERT_TRUE(reserved);
      held.push_back(std::move(*reserved));
    });
    EXPECT_TRUE(called);
  }
  EXPECT_EQ(ledger.open(), 3u);
  held[0].settle({7, 9, 4, false});
  held[1].release();
  EXPECT_EQ(ledger.open(), 1u);
  EXPECT_FALSE(ledger.total().estimated);
  held[2].settle_in_full();
  EXPECT_EQ(ledger.open(), 0u);
  EXPECT_EQ(ledger.total().prompt_tokens, 17u);
  EXPECT_EQ(ledger.total().completion_tokens, 29u);
  EXPECT_EQ(ledger.total().cached_tokens, 4u);
  EXPECT_TRUE(ledger.total().estimated);
}

TEST(OpenLedger, FromManyThreads) {
  OpenLedger ledger;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&ledger] {
      for (int i = 0; i < 1'000; ++i) {
        ledger.reserve({1, 1}, [](auto reserved) { reserved->settle({1, 2, 0, false}); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ledger.open(), 0u);
  EXPECT_EQ(ledger.total().prompt_tokens, 4'000u);
  EXPECT_EQ(ledger.total().completion_tokens, 8'000u);
}

}  // namespace
}  // namespace gh::limits
