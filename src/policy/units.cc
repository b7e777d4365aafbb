#include "policy/units.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>

#include "base/text.h"

namespace gh::policy {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kNanosecond = 1;
constexpr std::uint64_t kSecond = 1'000'000'000 * kNanosecond;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;

constexpr std::array<Unit, 4> kCounts = {
    {{"", 1}, {"k", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}}};
constexpr std::array<Unit, 7> kBytes = {{{"", 1},
                                         {"KiB", 1ull << 10},
                                         {"MiB", 1ull << 20},
                                         {"GiB", 1ull << 30},
                                         {"kB", 1'000},
                                         {"MB", 1'000'000},
                                         {"GB", 1'000'000'000}}};
constexpr std::array<Unit, 5> kDurations = {
    {{"ms", 1'000'000 * kNanosecond}, {"s", kSecond}, {"m", kMinute}, {"h", kHour}, {"d", kDay}}};
constexpr std::array<Unit, 4> kPeriods = {
    {{"s", kSecond}, {"min", kMinute}, {"h", kHour}, {"day", kDay}}};

const Unit* find(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// Digits without sign or leading zero, then one of `units`. Nothing when it is not that, or when
// the product does not fit.
std::optional<std::uint64_t> quantity(std::string_view text, std::span<const Unit> units) {
  std::size_t digits = 0;
  std::uint64_t value = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(text[digits] - '0'), &value)) {
      return std::nullopt;
    }
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
  const Unit* unit = find(units, text.substr(digits));
  if (unit == nullptr || __builtin_mul_overflow(value, unit->factor, &value)) return std::nullopt;
  return value;
}

// Whether it is that, fit or not.
bool is_quantity(std::string_view text, std::span<const Unit> units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return digits > 0 && (digits == 1 || text[0] != '0') &&
         find(units, text.substr(digits)) != nullptr;
}

}  // namespace

Result<std::uint64_t> parse_count(std::string_view text) {
  if (const auto value = quantity(text, kCounts)) return *value;
  return fail("`{}` is not a count; write it like 20, 100k, 5M or 1G", escape(text, 64));
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  if (const auto value = quantity(text, kBytes)) return *value;
  return fail("`{}` is not a size; write it like 512, 8KiB, 1MiB, 2GiB, 64kB or 1MB",
              escape(text, 64));
}

Result<Duration> parse_duration(std::string_view text) {
  const auto value = quantity(text, kDurations);
  if (value && *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return Duration{static_cast<std::int64_t>(*value)};
  }
  if (is_quantity(text, kDurations)) {
    return fail("`{}` is too long; 106751d is the longest", escape(text, 64));
  }
  return fail("`{}` is not a duration; write it like 500ms, 30s, 5m, 12h or 90d", escape(text, 64));
}

Result<CountPer> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  const auto count = quantity(text.substr(0, slash), kCounts);
  const Unit* period =
      slash == std::string_view::npos ? nullptr : find(kPeriods, text.substr(slash + 1));
  if (!count || period == nullptr) {
    return fail("`{}` is not a rate; write it like 3/s, 20/min, 100k/min, 500/h or 5M/day",
                escape(text, 64));
  }
  if (*count == 0) return fail("`{}` would allow nothing; write at least 1", escape(text, 64));
  // Rates are kept as the time between two events, in whole nanoseconds.
  constexpr std::uint64_t kShortestGap = 1'000 * kNanosecond;
  if (period->factor / *count < kShortestGap) {
    return fail("`{}` is above the highest rate, 1M/s", escape(text, 64));
  }
  return CountPer{*count, Duration{static_cast<std::int64_t>(period->factor)}};
}

std::uint64_t usual_burst(const CountPer& rate) {
  __extension__ using Wide = unsigned __int128;
  constexpr std::uint64_t kTenth = kMinute / 10;
  const Wide worth = Wide{rate.count} * kTenth / static_cast<std::uint64_t>(rate.period.count());
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(worth));
}

}  // namespace gh::policy
