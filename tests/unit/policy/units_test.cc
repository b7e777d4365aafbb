#include "policy/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::policy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(Units, ReadCounts) {
  EXPECT_EQ(*parse_count("0"), 0u);
  EXPECT_EQ(*parse_count("20"), 20u);
  EXPECT_EQ(*parse_count("100k"), 100'000u);
  EXPECT_EQ(*parse_count("5M"), 5'000'000u);
  EXPECT_EQ(*parse_count("1G"), 1'000'000'000u);
  EXPECT_EQ(*parse_count("18446744073709551615"), UINT64_MAX);
}

TEST(Units, RefuseOtherCounts) {
  for (const char* bad : {"",
                          " 1",
                          "1 ",
                          "+1",
                          "-1",
                          "1.0",
                          "1e3",
                          "0x10",
                          "010",
                          "00",
                          "1K",
                          "1m",
                          "1T",
                          "k",
                          "1kk",
                          "1 k",
                          "1_000",
                          "1,000",
                          "\xd9\xa1",  // an Arabic digit
                          "18446744073709551616",
                          "18446744073709552k",
                          "99999999999999999999999"}) {
    const auto value = parse_count(bad);
    ASSERT_FALSE(value) << bad;
    EXPECT_THAT(value.error().message, HasSubstr("is not a count; write it like 20, 100k"));
  }
}

TEST(Units, ReadSizes) {
  EXPECT_EQ(*parse_bytes("0"), 0u);
  EXPECT_EQ(*parse_bytes("512"), 512u);
  EXPECT_EQ(*parse_bytes("8KiB"), 8192u);
  EXPECT_EQ(*parse_bytes("1MiB"), 1048576u);
  EXPECT_EQ(*parse_bytes("2GiB"), 2147483648u);
  EXPECT_EQ(*parse_bytes("64kB"), 64000u);
  EXPECT_EQ(*parse_bytes("1MB"), 1000000u);
  EXPECT_EQ(*parse_bytes("1GB"), 1000000000u);
}

TEST(Units, RefuseOtherSizes) {
  for (const char* bad : {"", "1K", "1k", "1M", "1kib", "1KIB", "1Kib", "1KB", "1kb", "1B", "1 KiB",
                          "1.5MiB", "-1KiB", "01KiB", "KiB", "1TiB", "17179869184GiB"}) {
    const auto value = parse_bytes(bad);
    ASSERT_FALSE(value) << bad;
    EXPECT_THAT(value.error().message, HasSubstr("is not a size; write it like 512, 8KiB"));
  }
}

TEST(Units, ReadDurations) {
  EXPECT_EQ(*parse_duration("0s"), seconds(0));
  EXPECT_EQ(*parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(*parse_duration("30s"), seconds(30));
  EXPECT_EQ(*parse_duration("5m"), minutes(5));
  EXPECT_EQ(*parse_duration("12h"), hours(12));
  EXPECT_EQ(*parse_duration("90d"), hours(90 * 24));
}

TEST(Units, RefuseOtherDurations) {
  for (const char* bad :
       {"", "0", "30", "s", "30 s", "30S", "30sec", "5min", "1w", "1y", "1.5s", "-1s", "+1s", "05s",
        "1h30m", "1us", "0999999999d", "99999999999999999999w"}) {
    const auto value = parse_duration(bad);
    ASSERT_FALSE(value) << bad;
    EXPECT_THAT(value.error().message, HasSubstr("is not a duration; write it like 500ms, 30s"));
  }
}

TEST(Units, KnowTheLongestDuration) {
  EXPECT_EQ(*parse_duration("106751d"), hours(106751 * 24));
  for (const char* long_one :
       {"106752d", "18446744073709551615s", "9223372036855s", "99999999999999999999d"}) {
    const auto value = parse_duration(long_one);
    ASSERT_FALSE(value) << long_one;
    EXPECT_THAT(value.error().message, HasSubstr("is too long; 106751d is the longest"));
  }
}

TEST(Units, ReadRates) {
  const auto is = [](std::string_view text, std::uint64_t count, Duration period) {
    const auto rate = parse_rate(text);
    return rate && rate->count == count && rate->period == period;
  };
  EXPECT_TRUE(is("3/s", 3, seconds(1)));
  EXPECT_TRUE(is("20/min", 20, minutes(1)));
  EXPECT_TRUE(is("100k/min", 100'000, minutes(1)));
  EXPECT_TRUE(is("500/h", 500, hours(1)));
  EXPECT_TRUE(is("5M/day", 5'000'000, hours(24)));
  EXPECT_TRUE(is("1M/s", 1'000'000, seconds(1)));
}

TEST(Units, RefuseOtherRates) {
  for (const char* bad :
       {"", "/", "20", "/min", "20/", "20/m", "20/minute", "20/sec", "20/d", "20/hour", "20/month",
        "20 /min", "20/ min", "2.5/s", "-1/s", "01/s", "20/min/s", "20KiB/s", "20//s"}) {
    const auto rate = parse_rate(bad);
    ASSERT_FALSE(rate) << bad;
    EXPECT_THAT(rate.error().message, HasSubstr("is not a rate; write it like 3/s, 20/min"));
  }
  EXPECT_THAT(parse_rate("0/s").error().message, HasSubstr("would allow nothing"));
  EXPECT_THAT(parse_rate("1000001/s").error().message, HasSubstr("above the highest rate, 1M/s"));
  EXPECT_THAT(parse_rate("1G/s").error().message, HasSubstr("above the highest rate, 1M/s"));
}

TEST(Units, EscapeWhatTheyQuote) {
  EXPECT_THAT(parse_count("1\x1b[31m").error().message, HasSubstr("`1\\x1b[31m`"));
  EXPECT_LT(parse_count(std::string(10'000, '9')).error().message.size(), 200u);
}

TEST(UsualBurst, IsATenthOfAMinute) {
  const auto burst = [](std::string_view rate) { return usual_burst(*parse_rate(rate)); };
  EXPECT_EQ(burst("200/min"), 20u);
  EXPECT_EQ(burst("20/min"), 2u);
  EXPECT_EQ(burst("3/s"), 18u);
  EXPECT_EQ(burst("1/min"), 1u);
  EXPECT_EQ(burst("1/day"), 1u);
  EXPECT_EQ(burst("5M/day"), 347u);
  EXPECT_EQ(burst("1M/s"), 6'000'000u);
}

}  // namespace
}  // namespace gh::policy
