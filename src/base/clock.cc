#include "base/clock.h"

#include <fmt/format.h>
#include <time.h>

namespace gh {
namespace {

std::int64_t read_clock(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return std::int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}

class SystemClock final : public Clock {
 public:
  MonoTime mono() const override { return {read_clock(CLOCK_MONOTONIC)}; }
  WallTime wall() const override { return {read_clock(CLOCK_REALTIME)}; }
};

std::tm utc(WallTime time) {
  std::time_t seconds = time.seconds();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string rfc3339(WallTime time) {
  // Every log line has one: the second is put into words once, the rest is three digits.
  thread_local std::int64_t second = 0;
  thread_local std::string text;
  if (text.empty() || time.seconds() != second) {
    const std::tm t = utc(time);
    text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", t.tm_year + 1900, t.tm_mon + 1,
                       t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    second = time.seconds();
  }
  auto ms = static_cast<int>(time.ns / 1'000'000 % 1000);
  for (std::size_t place = text.size() - 2; place > text.size() - 5; ms /= 10) {
    text[place--] = static_cast<char>('0' + ms % 10);
  }
  return text;
}

std::string http_date(WallTime time) {
  const std::tm t = utc(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[t.tm_wday], t.tm_mday,
                     kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

}  // namespace gh
