#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace gh {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// By how many bytes follow (0 to 3), and by byte: four bytes are looked up at a time.
constexpr auto kCrc = [] {
  std::array<std::array<std::uint32_t, 256>, 4> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    table[0][i] = c;
  }
  for (std::size_t behind = 1; behind < table.size(); ++behind) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t c = table[behind - 1][i];
      table[behind][i] = table[0][c & 0xFF] ^ (c >> 8);
    }
  }
  return table;
}();

}  // namespace

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += kBase64Url[bits >> held & 63];
    }
  }
  if (held > 0) out += kBase64Url[bits << (6 - held) & 63];
  return out;
}

std::string base62(std::string_view bytes) {
  const auto width =
      static_cast<std::size_t>(std::ceil(static_cast<double>(bytes.size()) * 8 / std::log2(62.0)));
  std::string digits(width, '0');
  std::string number(bytes);
  for (std::size_t place = width; place-- > 0;) {
    unsigned remainder = 0;  // long division of the whole number by 62
    for (char& c : number) {
      const unsigned value = remainder * 256 + static_cast<unsigned char>(c);
      c = static_cast<char>(value / 62);
      remainder = value % 62;
    }
    digits[place] = kBase62[remainder];
  }
  return digits;
}

bool is_base62(std::string_view text) {
  static constexpr auto kIsDigit = [] {
    std::array<bool, 256> table{};
    for (const char c : kBase62) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  bool all = true;  // without a branch on each: what keys are made of is random
  for (const char c : text) all &= kIsDigit[static_cast<unsigned char>(c)];
  return all;
}

void write_base62(std::span<char> out, std::uint64_t value) {
  for (std::size_t place = out.size(); place-- > 0; value /= 62) out[place] = kBase62[value % 62];
}

std::uint32_t crc32(std::string_view bytes) {
  const auto at = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(bytes[i])};
  };
  std::uint32_t crc = 0xFFFFFFFFu;
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    crc ^= at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
    crc = kCrc[3][crc & 0xFF] ^ kCrc[2][crc >> 8 & 0xFF] ^ kCrc[1][crc >> 16 & 0xFF] ^
          kCrc[0][crc >> 24];
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) crc = kCrc[0][(crc ^ at(i)) & 0xFF] ^ (crc >> 8);
  return crc ^ 0xFFFFFFFFu;
}

}  // namespace gh
