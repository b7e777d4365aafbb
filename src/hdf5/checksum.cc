#include "hdf5/checksum.h"

#include <array>
#include <bit>

namespace gh::hdf5 {

namespace {

std::uint32_t stored(std::string_view bytes, std::size_t at) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i)
    sum |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (i * 8);
  return sum;
}

}  // namespace

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t a = 0xdeadbeef + static_cast<std::uint32_t>(bytes.size());
  std::uint32_t b = a;
  std::uint32_t c = a;
  // The next twelve bytes, with zeroes behind the end.
  const auto add = [&] {
    std::array<std::uint32_t, 3> words{};
    for (std::size_t i = 0; i < 12 && i < bytes.size(); ++i)
      words[i / 4] |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (i % 4 * 8);
    a += words[0];
    b += words[1];
    c += words[2];
  };
  const auto step = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t& z, int bits) {
    x -= z;
    x ^= std::rotl(z, bits);
    z += y;
  };
  const auto last = [](std::uint32_t& x, std::uint32_t y, int bits) {
    x ^= y;
    x -= std::rotl(y, bits);
  };
  while (bytes.size() > 12) {
    add();
    step(a, b, c, 4);
    step(b, c, a, 6);
    step(c, a, b, 8);
    step(a, b, c, 16);
    step(b, c, a, 19);
    step(c, a, b, 4);
    bytes.remove_prefix(12);
  }
  if (bytes.empty()) return c;
  add();
  last(c, b, 14);
  last(a, c, 11);
  last(b, a, 25);
  last(c, b, 16);
  last(a, c, 4);
  last(b, a, 14);
  last(c, b, 24);
  return c;
}

bool is_sealed(std::string_view bytes) {
  if (bytes.size() < 4) return false;
  const std::size_t at = bytes.size() - 4;
  return checksum(bytes.substr(0, at)) == stored(bytes, at);
}

bool is_sealed_within(std::string bytes, std::size_t at) {
  if (bytes.size() < 4 || at > bytes.size() - 4) return false;
  const std::uint32_t sum = stored(bytes, at);
  bytes.replace(at, 4, 4, '\0');
  return checksum(bytes) == sum;
}

}  // namespace gh::hdf5
