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

}  // namespace gh::artifacts
