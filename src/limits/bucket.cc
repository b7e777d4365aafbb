#include "limits/bucket.h"

#include <algorithm>

namespace gh::limits {
namespace {

// Policies refuse a count or a period of zero; should one get here it must not divide by it.
constexpr std::uint64_t at_least_one(std::uint64_t value) {
  return value == 0 ? 1 : value;
}

std::uint64_t gap_ns(const policy::Rate& rate) {
  const std::uint64_t count = at_least_one(rate.count);
  const std::uint64_t period = at_least_one(static_cast<std::uint64_t>(rate.period.count()));
  return period / count + (period % count != 0 ? 1 : 0);
}

// start + many × gap, or never() when that is beyond 64 bits.
MonoTime later(MonoTime start, std::uint64_t many, std::uint64_t gap) {
  std::uint64_t wait = 0;
  std::int64_t at = 0;
  if (__builtin_mul_overflow(many, gap, &wait) || __builtin_add_overflow(start.ns, wait, &at)) {
    return MonoTime::never();
  }
  return {at};
}

}  // namespace

Duration gap(const policy::Rate& rate) {
  return Duration{static_cast<std::int64_t>(gap_ns(rate))};
}

void Bucket::drain(const policy::Rate& rate, MonoTime now) {
  // A burst that a reload made smaller: the bucket is full, not overfull.
  used = std::min(used, rate.burst);
  if (now <= since) return;
  const std::uint64_t drained = static_cast<std::uint64_t>((now - since).count()) / gap_ns(rate);
  if (drained < used) {
    used -= drained;
    since = later(since, drained, gap_ns(rate));
  } else {
    used = 0;
    since = now;
  }
}

// Let the bucket be idle at T, gaps be g. Without a request taken at t it is so at T − g, or later
// on account of those after it, of which each begins to drain by now: at now + after × g at most,
// and at most at T − g + (now − t), since with it they begin to drain at t at the earliest.
void Bucket::give_back(const policy::Rate& rate, MonoTime taken, std::uint64_t after,
                       MonoTime now) {
  const Duration passed = now - taken;
  if (used > after) {
    if (--used == after) since = std::min(since + passed, std::max(since, now));
  } else if (used > 0 && passed < gap(rate)) {
    since = since + (passed - gap(rate));
    drain(rate, now);
  }
}

Duration Bucket::wait(const policy::Rate& rate, MonoTime now) const {
  return later(since, used - rate.burst + 1, gap_ns(rate)) - now;
}

MonoTime Bucket::idle_at(const policy::Rate& rate) const {
  return later(since, used, gap_ns(rate));
}

}  // namespace gh::limits
