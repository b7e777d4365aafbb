#pragma once
// An index held against its shards. Of names only marks are kept, so that folders of any size
// compare: equal names have equal marks, and whoever wants another name with the mark of a given
// one has to try some 2^64. Time grows as n log n with the tensors.

#include <cstdint>
#include <string_view>

#include "findings/examination.h"
#include "hub/facts.h"

namespace gh::hub {

// Of one file; where it has more, none are kept, and it is not compared.
inline constexpr std::size_t kMostNames = 200'000;

// The same in every scan, as digests of folders are made of them.
std::uint64_t name_mark(std::string_view name);

void examine_shards(const FolderFacts& folder, findings::Examination& examination);

}  // namespace gh::hub
