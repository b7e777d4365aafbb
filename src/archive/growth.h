#pragma once
// When a small file that becomes a large one is a bomb. Growth alone is none: an array of zeroes is
// packed a thousandfold by anybody, a hundred thousandfold by bzip2.

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace gh::archive {

// Bytes once unpacked, up to which any growth is harmless, and up to which it is as far as a loader
// may meet it.
inline constexpr std::uint64_t kHarmless = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kBearable = std::uint64_t{1} << 30;
// Of members of a zip in all, which arrays of zeroes are.
inline constexpr std::uint64_t kHarmlessZip = std::uint64_t{256} << 20;

constexpr bool grows(std::uint64_t packed, std::uint64_t unpacked) {
  return unpacked / 200 > packed;
}

// More than any text or trained weights do; deflate gives 1,032 at most.
constexpr bool grows_beyond_use(std::uint64_t packed, std::uint64_t unpacked) {
  return unpacked / 1000 > packed;
}

constexpr bool is_bomb(std::uint64_t packed, std::uint64_t unpacked) {
  return (unpacked > kHarmless && grows_beyond_use(packed, unpacked)) ||
         (unpacked > kBearable && grows(packed, unpacked));
}

// For messages.
inline std::string growth(std::uint64_t packed, std::uint64_t unpacked) {
  return fmt::format("grows from {} to {} bytes, and does not end there", packed, unpacked);
}

}  // namespace gh::archive
