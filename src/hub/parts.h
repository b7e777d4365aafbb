#pragma once
// What followers of passive formats have in common: each goes from part to part by the lengths that
// stand in them, to the end. Private to this folder.

#include <cstdint>
#include <string_view>

#include "source/bytes.h"

namespace gh::hub {

enum class End : std::uint8_t { found, none, too_many };

inline constexpr int kMostParts = 100'000;  // of one file, where they may be empty

using source::big_endian;
using source::bytes_at;
using source::little_endian;
using source::pass;

// A passive format: told by its first part, whole and by its rules; then followed to its end, where
// the reader stands behind the last part.
struct Passive {
  std::string_view name;
  bool (*begins)(std::string_view head, source::Source& source);
  End (*follow)(source::Source& source, source::Reader& reader);
  // Whether a reader of it unpickles what stands in it.
  bool (*unpickles)(source::Source& source) = nullptr;
};

}  // namespace gh::hub
