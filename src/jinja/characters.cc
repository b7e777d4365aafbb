#include "jinja/characters.h"

#include <cstdint>

namespace gh::jinja {

Character character_at(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xe0) return {(first & 0x1fu) << 6 | (byte(1) & 0x3fu), 2};
  if (first < 0xf0) return {(first & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu), 3};
  return {
      (first & 0x07u) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu),
      4};
}

std::size_t white_space(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const Character c = character_at(text.substr(size));
    const bool space = (c.code >= 0x09 && c.code <= 0x0d) || (c.code >= 0x1c && c.code <= 0x20) ||
                       c.code == 0x85 || c.code == 0xa0 || c.code == 0x1680 ||
                       (c.code >= 0x2000 && c.code <= 0x200a) || c.code == 0x2028 ||
                       c.code == 0x2029 || c.code == 0x202f || c.code == 0x205f || c.code == 0x3000;
    if (!space) break;
    size += c.size;
  }
  return size;
}

}  // namespace gh::jinja
