#pragma once
// What followers of passive formats have in common: each goes from part to part by the lengths that
// stand in them, to the end. Private to this folder.

#include <cstdint>
#include <string>
#include <string_view>

#include "source/reader.h"

namespace gh::hub {

enum class End : std::uint8_t { found, none, too_many };

inline constexpr int kMostParts = 100'000;  // of one file, where they may be empty

// Numbers of up to eight bytes; what is not there is zero.
std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size);
std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size);

// `size` bytes from `offset`, fewer where there are no more.
std::string bytes_at(source::Source& source, std::uint64_t offset, std::size_t size);

// Moves past what is there whole.
bool pass(source::Reader& reader, std::uint64_t size);

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
