#include "artifacts/kind_tar.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace gh::artifacts {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kSum = 148;
constexpr std::size_t kSumSize = 8;
constexpr std::size_t kMagic = 257;

// Octal digits up to a NUL, with spaces around them.
std::optional<std::int64_t> octal(std::string_view field) {
  const std::string_view digits = trim(field.substr(0, field.find('\0')));
  if (digits.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + (c - '0');
  }
  return value;
}

}  // namespace

bool has_tar_header(std::string_view head) {
  if (head.size() < kBlock) return false;
  head = head.substr(0, kBlock);
  const auto stated = octal(head.substr(kSum, kSumSize));
  if (!stated) return false;
  // As if the sum were spaces; some writers took the bytes for signed.
  std::int64_t plain = 0;
  std::int64_t with_signs = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const char c = i >= kSum && i < kSum + kSumSize ? ' ' : head[i];
    plain += static_cast<unsigned char>(c);
    with_signs += static_cast<signed char>(c);
  }
  return *stated == plain || *stated == with_signs;
}

bool has_tar_magic(std::string_view head) {
  return head.size() > kMagic && head.substr(kMagic).starts_with("ustar");
}

}  // namespace gh::artifacts
