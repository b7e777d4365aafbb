#pragma once
// What readers of binary formats have in common: numbers of either byte order, pieces of a source.
// Functions without state.

#include <cstdint>
#include <string>
#include <string_view>

#include "source/reader.h"
#include "source/source.h"

namespace gh::source {

// Numbers of up to eight bytes; what is not there is zero.
constexpr std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + size; ++i)
    value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  return value;
}
constexpr std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = at + size; i-- > at;)
    value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  return value;
}

// `size` bytes from `offset`, fewer where there are no more.
std::string bytes_at(Source& source, std::uint64_t offset, std::uint64_t size);

// Moves past what is there whole.
bool pass(Reader& reader, std::uint64_t size);

}  // namespace gh::source
