#include "gateway/outage.h"

#include <algorithm>

namespace gh::gateway {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLongestPause = 30 * kSecond;

}  // namespace

bool Outage::failed(MonoTime now) {
  std::lock_guard lock(mutex_);
  if (leaves_alone(now)) return false;
  const std::uint32_t row = in_a_row_.load(std::memory_order_relaxed) + 1;
  in_a_row_.store(row, std::memory_order_relaxed);
  if (row < too_many_) return false;
  const std::uint32_t doublings = std::min<std::uint32_t>(row - too_many_, 5);
  until_.store(now.ns + std::min(kSecond << doublings, kLongestPause), std::memory_order_relaxed);
  return true;
}

void Outage::over() {
  std::lock_guard lock(mutex_);
  in_a_row_.store(0, std::memory_order_relaxed);
  until_.store(0, std::memory_order_relaxed);
}

}  // namespace gh::gateway
