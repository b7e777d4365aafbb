#include "artifacts/protobuf.h"

#include <algorithm>

namespace gh::artifacts {

std::nullopt_t ProtobufReader::refuse() {
  broken_ = true;
  return std::nullopt;
}

std::optional<ProtobufField> ProtobufReader::next(std::uint64_t end) {
  if (broken_ || reader_.position() >= end) return std::nullopt;
  if (++fields_ > kMaxFields) return refuse();
  const std::uint64_t left = end - reader_.position();
  const auto head =
      source::field_head(reader_.peek(source::kFieldHead)
                             .substr(0, std::min<std::uint64_t>(left, source::kFieldHead)));
  if (!head || head->size > left - head->head) return refuse();
  reader_.skip(head->head);
  const ProtobufField field{.number = head->number,
                            .type = head->type,
                            .value = head->value,
                            .begin = reader_.position(),
                            .end = reader_.position() + head->size};
  if (!field.is_bytes()) skip(field);
  return field;
}

std::string ProtobufReader::text(const ProtobufField& field, std::size_t limit) {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(field.end - field.begin, limit));
  std::string out(reader_.peek(size).substr(0, size));
  skip(field);
  return out;
}

std::string ProtobufReader::some(const ProtobufField& field, std::size_t limit) {
  const std::uint64_t left = field.end - reader_.position();
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, limit));
  std::string out(reader_.peek(size).substr(0, size));
  reader_.skip(out.empty() ? left : out.size());
  return out;
}

bool is_protobuf(source::Source& source) {
  constexpr unsigned kBegin = 3;  // of a group, whose fields follow
  constexpr unsigned kEnd = 4;
  source::Reader reader(source);
  for (std::uint64_t fields = 0; reader.left() > 0; ++fields) {
    if (fields > ProtobufReader::kMaxFields) return true;
    const std::string_view bytes = reader.peek(source::kFieldHead).substr(0, source::kFieldHead);
    const auto size = static_cast<std::size_t>(
        std::ranges::find_if(bytes, [](char c) { return (c & 0x80) == 0; }) - bytes.begin());
    const unsigned type = bytes.empty() ? 0U : static_cast<unsigned char>(bytes[0]) & 7U;
    if (type == kBegin || type == kEnd) {
      if (size >= 5 || size >= bytes.size()) return false;
      reader.skip(size + 1);
      continue;
    }
    const auto head = source::field_head(bytes);
    if (!head || head->size > reader.left() - head->head) return false;
    reader.skip(head->head + head->size);
  }
  return true;
}

}  // namespace gh::artifacts
