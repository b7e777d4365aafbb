#pragma once
// Time as two types that do not mix: `MonoTime` for deadlines, rates and durations, `WallTime` for
// what people and certificates see. `Clock` is the seam that tests replace.

#include <chrono>
#include <cstdint>
#include <string>

namespace gh {

using Duration = std::chrono::nanoseconds;

struct MonoTime {
  std::int64_t ns = 0;  // CLOCK_MONOTONIC

  auto operator<=>(const MonoTime&) const = default;
  MonoTime operator+(Duration d) const { return {ns + d.count()}; }
  Duration operator-(MonoTime other) const { return Duration{ns - other.ns}; }
  static constexpr MonoTime never() { return {INT64_MAX}; }
};

struct WallTime {
  std::int64_t ns = 0;  // since 1970-01-01T00:00:00Z

  auto operator<=>(const WallTime&) const = default;
  WallTime operator+(Duration d) const { return {ns + d.count()}; }
  Duration operator-(WallTime other) const { return Duration{ns - other.ns}; }
  std::int64_t seconds() const { return ns / 1'000'000'000; }
};

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime mono() const = 0;
  virtual WallTime wall() const = 0;
};

// The operating system's clocks.
const Clock& system_clock();

// A clock that stands still until it is moved. Not thread-safe.
class FakeClock final : public Clock {
 public:
  MonoTime mono() const override { return mono_; }
  WallTime wall() const override { return wall_; }
  // Moves both clocks.
  void advance(Duration d) {
    mono_ = mono_ + d;
    wall_ = wall_ + d;
  }

 private:
  MonoTime mono_{1'000'000'000'000};
  WallTime wall_{1'790'000'000'000'000'000};
};

// RFC 3339 in UTC with milliseconds: "2026-11-25T17:15:23.042Z".
std::string rfc3339(WallTime time);
// RFC 9110 §5.6.7 IMF-fixdate: "Wed, 25 Nov 2026 17:15:23 GMT".
std::string http_date(WallTime time);

}  // namespace gh
