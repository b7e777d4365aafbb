#pragma once
// When a small file that becomes a large one is a bomb. Growth alone is none: an array of zeroes is
// packed a thousandfold by anybody.

#include <cstdint>

namespace gh::archive {

inline constexpr std::uint64_t kHarmless = std::uint64_t{1} << 30;  // bytes, once unpacked

constexpr bool grows(std::uint64_t packed, std::uint64_t unpacked) {
  return unpacked / 200 > packed;
}

constexpr bool is_bomb(std::uint64_t packed, std::uint64_t unpacked) {
  return unpacked > kHarmless && grows(packed, unpacked);
}

}  // namespace gh::archive
