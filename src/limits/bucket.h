#pragma once
// The arithmetic of one request rate: GCRA (ITU-T I.371) in its "virtual scheduling" sense, kept as
// how much is used and since when it drains, instead of as one timestamp. Both say the same; this
// one cannot overflow for any burst and keeps its meaning when a reload changes the rate: what was
// used stays used and drains at the new pace. A value; whoever holds it does the locking.
//
// Time is whole nanoseconds. The gap between two requests is period ÷ count rounded up, so a
// bucket never admits more than its policy says, and at the highest rate that a policy can name
// (1M/s, policy/units.h) at most 0.1 % less.

#include <cstdint>

#include "base/clock.h"
#include "policy/snapshot.h"

namespace gh::limits {

// A zeroed bucket is an idle one.
struct Bucket {
  std::uint64_t used = 0;  // requests of the burst that are spent
  MonoTime since;          // from when `used` drains, one every gap

  // Brings the bucket to `now`; must come before any of the others. A `now` before `since` drains
  // nothing: workers read the clock a little apart.
  void drain(const policy::Rate& rate, MonoTime now);
  bool has_room(const policy::Rate& rate) const { return used < rate.burst; }
  void take() { ++used; }
  // Undoes a take() of that time, with at most `after` more since. Exact when it was the last, or
  // when no time has passed. Else those that came after it may have drained early, in its place: as
  // much of it is kept as keeps anybody from gaining by that, and never more than the time passed.
  void give_back(const policy::Rate& rate, MonoTime taken, std::uint64_t after, MonoTime now);
  // Until there is room again: exactly then, not a nanosecond before. Only without room.
  Duration wait(const policy::Rate& rate, MonoTime now) const;
  // When nothing is used any more.
  MonoTime idle_at(const policy::Rate& rate) const;
};

// Between two requests at the pace of `rate`, rounded up.
Duration gap(const policy::Rate& rate);

}  // namespace gh::limits
