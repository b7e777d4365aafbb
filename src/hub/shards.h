#pragma once
// An index held against its shards. Of names only marks are kept, so that folders of any size
// compare: equal names have equal marks, and as the key of the marks is another in each scan, no
// file can be made whose names collide. Time grows as n log n with the tensors.

#include <cstdint>
#include <string_view>

#include "findings/examination.h"
#include "hub/facts.h"

namespace gh::hub {

// Of one file; where it has more, none are kept, and it is not compared.
inline constexpr std::size_t kMostNames = 200'000;

// Keyed: processes that compare marks are forked after the first call.
std::uint64_t name_mark(std::string_view name);

void examine_shards(const FolderFacts& folder, findings::Examination& examination);

}  // namespace gh::hub
