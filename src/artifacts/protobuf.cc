#include "artifacts/protobuf.h"

#include <algorithm>

namespace gh::artifacts {

namespace {

constexpr std::size_t kVarint = 10;  // bytes at most

}  // namespace

std::nullopt_t ProtobufReader::refuse() {
  broken_ = true;
  return std::nullopt;
}

std::optional<std::uint64_t> ProtobufReader::varint(std::uint64_t end) {
  const std::uint64_t left = end - std::min(end, reader_.position());
  const std::string_view bytes =
      reader_.peek(kVarint).substr(0, std::min<std::uint64_t>(left, kVarint));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == kVarint - 1 && byte > 1) return std::nullopt;  // beyond 64 bits
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if (byte < 0x80) {
      reader_.skip(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

std::optional<ProtobufField> ProtobufReader::next(std::uint64_t end) {
  using Type = ProtobufField::Type;
  if (broken_ || reader_.position() >= end) return std::nullopt;
  if (++fields_ > kMaxFields) return refuse();
  const auto tag = varint(end);
  if (!tag || *tag >> 3 == 0 || *tag > UINT32_MAX) return refuse();
  ProtobufField field{.number = static_cast<std::uint32_t>(*tag >> 3),
                      .type = static_cast<Type>(*tag & 7),
                      .value = 0,
                      .begin = reader_.position(),
                      .end = 0};
  std::uint64_t size = 0;
  switch (field.type) {
    case Type::varint: {
      const auto value = varint(end);
      if (!value) return refuse();
      field.value = *value;
      field.end = reader_.position();
      return field;
    }
    case Type::bytes: {
      const auto length = varint(end);
      if (!length) return refuse();
      size = *length;
      break;
    }
    case Type::fixed64:
      size = 8;
      break;
    case Type::fixed32:
      size = 4;
      break;
    default:
      return refuse();
  }
  field.begin = reader_.position();
  if (size > end - field.begin) return refuse();
  field.end = field.begin + size;
  if (field.type != Type::bytes) skip(field);
  return field;
}

std::string ProtobufReader::text(const ProtobufField& field, std::size_t limit) {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(field.end - field.begin, limit));
  std::string out(reader_.peek(size).substr(0, size));
  skip(field);
  return out;
}

}  // namespace gh::artifacts
