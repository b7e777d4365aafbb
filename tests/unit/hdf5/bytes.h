#pragma once
// Bytes of HDF5 structures, as far as tests of single readers need them.

#include <cstdint>
#include <string>
#include <string_view>

#include "hdf5/checksum.h"
#include "hdf5/file.h"

namespace gh::hdf5 {

inline std::string little(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

inline std::string sealed(std::string bytes) {
  const std::uint32_t sum = checksum(bytes);
  return std::move(bytes) + little(sum, 4);
}

// Bytes with NULs in them, from a literal.
template <std::size_t N>
std::string raw(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

// A file of some bytes, for readers that want one.
struct Opened {
  explicit Opened(std::string content, std::uint64_t base = 0)
      : bytes(std::move(content)), source(bytes), file(source, base) {}
  std::string bytes;
  source::MemorySource source;
  File file;
};

}  // namespace gh::hdf5
