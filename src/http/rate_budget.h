#pragma once
// A token bucket for things that a peer may do now and then but not all the time. A value; one
// thread at a time.

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace gh::http {

class RateBudget {
 public:
  RateBudget(std::int64_t burst, std::int64_t per_second, MonoTime now)
      : left_(burst), burst_(burst), per_second_(per_second), filled_at_(now) {}

  // False when nothing was left.
  bool take(MonoTime now) {
    const std::int64_t seconds = (now - filled_at_) / std::chrono::seconds(1);
    if (seconds > 0) {
      earn(std::min(seconds, burst_) * per_second_);
      filled_at_ = filled_at_ + std::chrono::seconds(seconds);
    }
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  void earn(std::int64_t count) { left_ = std::min(left_ + count, burst_); }

 private:
  std::int64_t left_;
  std::int64_t burst_;
  std::int64_t per_second_;
  MonoTime filled_at_;
};

}  // namespace gh::http
