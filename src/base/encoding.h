#pragma once
// Text forms of bytes, and the checksum of printed keys.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gh {

std::string hex(std::string_view bytes);  // lower case
std::optional<std::string> unhex(std::string_view text);
int hex_digit(char c);  // its value, in either case; -1 when it is none

// RFC 4648 §5 without padding.
std::string base64url(std::string_view bytes);

// Digits 0-9A-Za-z; `bytes` read as one big-endian number, left-padded with '0' to the fixed width
// that any value of that many bytes fits (32 bytes: 43 characters).
std::string base62(std::string_view bytes);
bool is_base62(std::string_view text);
// Fills `out` with the last digits of a number, the most significant first.
void write_base62(std::span<char> out, std::uint64_t value);

// CRC-32 (IEEE 802.3, reflected), as zlib computes it.
std::uint32_t crc32(std::string_view bytes);

}  // namespace gh
