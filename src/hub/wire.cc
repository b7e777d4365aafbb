#include "hub/wire.h"

namespace gh::hub {

std::optional<std::uint64_t> Wire::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
    if ((byte & 0x80u) == 0) return value;
  }
  return std::nullopt;
}

std::optional<WireField> Wire::next() {
  if (left_.empty() || broken_) return std::nullopt;
  broken_ = true;  // until the field is whole
  const auto tag = varint();
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1fffffff) return std::nullopt;
  WireField field;
  field.number = static_cast<std::uint32_t>(*tag >> 3);
  std::uint64_t size = 0;
  switch (*tag & 7) {
    case 0: {
      const auto value = varint();
      if (!value) return std::nullopt;
      field.value = *value;
      break;
    }
    case 1:
      size = 8;
      break;
    case 2: {
      const auto length = varint();
      if (!length) return std::nullopt;
      size = *length;
      field.delimited = true;
      break;
    }
    case 5:
      size = 4;
      break;
    default:
      return std::nullopt;
  }
  if (size > left_.size()) return std::nullopt;
  field.bytes = left_.substr(0, size);
  left_.remove_prefix(size);
  broken_ = false;
  return field;
}

}  // namespace gh::hub
