#include "artifacts/onnx_kind.h"

#include <algorithm>
#include <array>
#include <string>

namespace gh::artifacts {

namespace {

// Of onnx/onnx.proto3, IR version 13.
constexpr std::uint32_t kIrVersion = 1;
constexpr std::uint32_t kProducer = 2;
constexpr std::uint32_t kDomain = 4;
constexpr std::uint32_t kModelVersion = 5;
constexpr std::uint32_t kGraph = 7;
constexpr std::uint32_t kOpset = 8;
constexpr auto kOfBytes = std::to_array<std::uint32_t>({2, 3, 4, 6, 7, 8, 14, 20, 25, 26});

bool begins_as_onnx(std::string_view head) {
  constexpr std::uint64_t kNewest = 31;  // IR versions
  source::MemorySource source(head);
  ProtobufReader reader(source);
  const auto first = reader.next(UINT64_MAX);
  if (!first || first->number != kIrVersion || !first->is_varint() || first->value == 0 ||
      first->value > kNewest)
    return false;
  // Names, versions and texts, then the graph or the operator sets.
  while (const auto field = reader.next(UINT64_MAX)) {
    const bool version = field->number == kModelVersion;
    if (field->number < kProducer || field->number > kOpset || version == field->is_bytes())
      return false;
    if (field->number >= kGraph) return true;
    reader.skip(*field);
  }
  return false;
}

bool is_of_onnx(const ProtobufField& field) {
  if (field.is_varint()) return field.number == kIrVersion || field.number == kModelVersion;
  return field.is_bytes() && std::ranges::find(kOfBytes, field.number) != kOfBytes.end();
}

// A message in place of a text begins with its first field's number and has that of each other in
// it: of the graphs of a SavedModel, bytes below a space.
bool is_plain(ProtobufReader& reader, const ProtobufField& field) {
  constexpr std::size_t kLongest = 4096;
  if (field.end - field.begin > kLongest) return false;
  return std::ranges::none_of(reader.text(field, kLongest),
                              [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

}  // namespace

bool looks_like_onnx(std::string_view head, source::Source& source) {
  if (!begins_as_onnx(head)) return false;
  ProtobufReader reader(source);
  while (const auto field = reader.next(source.size())) {
    if (field->number == kGraph && field->is_bytes()) return true;
    reader.skip(*field);
  }
  return reader.broken();
}

std::optional<ProtobufField> field_of_another(source::Source& source) {
  ProtobufReader reader(source);
  while (const auto field = reader.next(source.size())) {
    if (!is_of_onnx(*field)) return field;
    const bool text = field->number >= kProducer && field->number <= kDomain;
    if (text && !is_plain(reader, *field)) return field;
    if (reader.position() < field->end) reader.skip(*field);
  }
  return std::nullopt;
}

}  // namespace gh::artifacts
