#pragma once
// How long something that fails is left alone: 1 s, doubling up to 30 s while it fails again and
// again, from the failure on that is one too many in a row. Failures while it is left alone belong
// to the same outage and change nothing: all that were under way when a server ended are one.
// Any thread; to ask costs one relaxed load.

#include <atomic>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace gh::gateway {

class Outage {
 public:
  // Begins with that many failures in a row.
  explicit Outage(std::uint32_t too_many) : too_many_(too_many) {}

  // One more failure. True when it is left alone from now on.
  bool failed(MonoTime now);
  void over();

  bool leaves_alone(MonoTime now) const { return now.ns < until_.load(std::memory_order_relaxed); }
  // Nothing failed since it was over.
  bool none() const { return in_a_row_.load(std::memory_order_relaxed) == 0; }
  // From the first time that it was left alone until it is over, the pauses' ends included.
  bool lasts() const { return until_.load(std::memory_order_relaxed) != 0; }

 private:
  const std::uint32_t too_many_;
  std::mutex mutex_;  // for writers
  std::atomic<std::uint32_t> in_a_row_{0};
  std::atomic<std::int64_t> until_{0};
};

}  // namespace gh::gateway
