#pragma once
// The fields of a protobuf message of any size, one after the other, without a schema. Nothing is
// kept but where a field's bytes are.

#include <cstdint>
#include <optional>
#include <string>

#include "source/protobuf.h"
#include "source/reader.h"

namespace gh::artifacts {

struct ProtobufField {
  using Type = source::WireType;
  std::uint32_t number;
  Type type;
  std::uint64_t value;  // of a varint
  std::uint64_t begin;  // of the bytes of the value, offset in the source
  std::uint64_t end;

  bool is_bytes() const { return type == Type::bytes; }
  bool is_varint() const { return type == Type::varint; }
};

// Reads the fields of a message. A caller goes into a field of bytes by asking for fields up to
// `field.end`, or past it with `skip`; the next field is looked for wherever it stopped.
class ProtobufReader {
 public:
  // Fields that are read in all; more is `too_many`.
  static constexpr std::uint64_t kMaxFields = 50'000'000;

  explicit ProtobufReader(source::Source& source) : reader_(source) {}

  // The next field before `end`; nothing at `end`, or when what is there is no field.
  std::optional<ProtobufField> next(std::uint64_t end);
  void skip(const ProtobufField& field) { reader_.skip(field.end - reader_.position()); }
  // The field's bytes, at most `limit` of them; goes past the field.
  std::string text(const ProtobufField& field, std::size_t limit);

  // The next bytes of a field, at most `limit` and all that there are of it; goes past them.
  std::string some(const ProtobufField& field, std::size_t limit);

  std::uint64_t position() const { return reader_.position(); }
  bool broken() const { return broken_; }
  bool too_many() const { return fields_ > kMaxFields; }

 private:
  std::nullopt_t refuse();

  source::Reader reader_;
  std::uint64_t fields_ = 0;
  bool broken_ = false;
};

// Whether all of it is fields, one after the other, groups included: numbers in a row are not.
bool is_protobuf(source::Source& source);

}  // namespace gh::artifacts
