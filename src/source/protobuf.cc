#include "source/protobuf.h"

#include <algorithm>

namespace gh::source {

namespace {

constexpr std::size_t kVarint = 10;  // bytes at most

// Takes it off `bytes`.
std::optional<std::uint64_t> varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min(bytes.size(), kVarint); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == kVarint - 1 && byte > 1) return std::nullopt;
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<FieldHead> field_head(std::string_view bytes) {
  const std::size_t before = bytes.size();
  const auto tag = varint(bytes);
  if (!tag || *tag >> 3 == 0 || *tag > UINT32_MAX) return std::nullopt;
  FieldHead field;
  field.number = static_cast<std::uint32_t>(*tag >> 3);
  field.type = static_cast<WireType>(*tag & 7);
  std::optional<std::uint64_t> number;
  switch (field.type) {
    case WireType::varint:
      number = varint(bytes);
      if (!number) return std::nullopt;
      field.value = *number;
      break;
    case WireType::bytes:
      number = varint(bytes);
      if (!number) return std::nullopt;
      field.size = *number;
      break;
    case WireType::fixed64:
      field.size = 8;
      break;
    case WireType::fixed32:
      field.size = 4;
      break;
    default:
      return std::nullopt;
  }
  field.head = before - bytes.size();
  return field;
}

}  // namespace gh::source
