#pragma once
// What a child does to itself before it looks at a byte. One-way.

#include <cstdint>
#include <span>

#include "sandbox/filter.h"

namespace gh::sandbox {

struct Limits {
  std::uint64_t address_space = 2ull << 30;  // bytes
  std::uint64_t cpu_seconds = 60;
};

// Closes every descriptor but kAnswer and `kept`; sets the limits (also: no new files, no
// processes, no bytes into files, no core); gives up privileges and the way to new ones; installs
// the filter. 0, or errno when the filter could not be installed (`Filter::install`): the rest
// holds. `parent`: of this process; when that has ended already, so does this one.
int confine(const Filter& filter, const Limits& limits, std::span<const int> kept, int parent);

}  // namespace gh::sandbox
