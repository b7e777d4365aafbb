#include "artifacts/onnx_wire.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "artifacts/protobuf.h"

namespace gh::artifacts {

namespace {

enum class Form : std::uint8_t { number, real, wide_real, bytes, message };

using Message = std::uint8_t;  // a place in kMessages
constexpr Message kModel = 0;
constexpr Message kGraph = 1;
constexpr Message kNode = 2;
constexpr Message kAttribute = 3;
constexpr Message kTensor = 4;
constexpr Message kSegment = 5;
constexpr Message kSparseTensor = 6;
constexpr Message kValueInfo = 7;
constexpr Message kType = 8;
constexpr Message kTypedTensor = 9;
constexpr Message kSequence = 10;
constexpr Message kMap = 11;
constexpr Message kOpaque = 12;
constexpr Message kShape = 13;
constexpr Message kDimension = 14;
constexpr Message kEntry = 15;
constexpr Message kOperatorSet = 16;
constexpr Message kFunction = 17;
constexpr Message kTraining = 18;
constexpr Message kAnnotation = 19;
constexpr Message kDevices = 20;
constexpr Message kNodeDevices = 21;
constexpr Message kSharding = 22;
constexpr Message kShardedDimension = 23;
constexpr Message kSimpleSharding = 24;
constexpr Message kGroups = 25;

struct Known {
  std::uint8_t number = 0;
  Form form = Form::number;
  Message of = kModel;    // of a message
  bool repeated = false;  // of numbers: there may be many in one field
};

constexpr Known number(std::uint8_t field) {
  return {field, Form::number};
}
constexpr Known numbers(std::uint8_t field) {
  return {field, Form::number, kModel, true};
}
// Texts, too: ONNX is proto2, of which parsers take those that are no UTF-8.
constexpr Known bytes(std::uint8_t field) {
  return {field, Form::bytes};
}
constexpr Known message(std::uint8_t field, Message of) {
  return {field, Form::message, of};
}

constexpr Known kModelFields[] = {number(1),
                                  bytes(2),
                                  bytes(3),
                                  bytes(4),
                                  number(5),
                                  bytes(6),
                                  message(7, kGraph),
                                  message(8, kOperatorSet),
                                  message(14, kEntry),
                                  message(20, kTraining),
                                  message(25, kFunction),
                                  message(26, kDevices)};
constexpr Known kGraphFields[] = {message(1, kNode),          bytes(2),
                                  message(5, kTensor),        bytes(10),
                                  message(11, kValueInfo),    message(12, kValueInfo),
                                  message(13, kValueInfo),    message(14, kAnnotation),
                                  message(15, kSparseTensor), message(16, kEntry)};
constexpr Known kNodeFields[] = {
    bytes(1), bytes(2), bytes(3), bytes(4),           message(5, kAttribute),
    bytes(6), bytes(7), bytes(8), message(9, kEntry), message(10, kNodeDevices)};
constexpr Known kAttributeFields[] = {bytes(1),
                                      {2, Form::real},
                                      number(3),
                                      bytes(4),
                                      message(5, kTensor),
                                      message(6, kGraph),
                                      {7, Form::real, kModel, true},
                                      numbers(8),
                                      bytes(9),
                                      message(10, kTensor),
                                      message(11, kGraph),
                                      bytes(13),
                                      message(14, kType),
                                      message(15, kType),
                                      number(20),
                                      bytes(21),
                                      message(22, kSparseTensor),
                                      message(23, kSparseTensor)};
constexpr Known kTensorFields[] = {numbers(1),
                                   number(2),
                                   message(3, kSegment),
                                   {4, Form::real, kModel, true},
                                   numbers(5),
                                   bytes(6),
                                   numbers(7),
                                   bytes(8),
                                   bytes(9),
                                   {10, Form::wide_real, kModel, true},
                                   numbers(11),
                                   bytes(12),
                                   message(13, kEntry),
                                   number(14),
                                   message(16, kEntry)};
constexpr Known kSegmentFields[] = {number(1), number(2)};
constexpr Known kSparseTensorFields[] = {message(1, kTensor), message(2, kTensor), numbers(3)};
constexpr Known kValueInfoFields[] = {bytes(1), message(2, kType), bytes(3), message(4, kEntry)};
constexpr Known kTypeFields[] = {
    message(1, kTypedTensor), message(4, kSequence),    message(5, kMap),     bytes(6),
    message(7, kOpaque),      message(8, kTypedTensor), message(9, kSequence)};
constexpr Known kTypedTensorFields[] = {number(1), message(2, kShape)};
constexpr Known kSequenceFields[] = {message(1, kType)};
constexpr Known kMapFields[] = {number(1), message(2, kType)};
constexpr Known kOpaqueFields[] = {bytes(1), bytes(2)};
constexpr Known kShapeFields[] = {message(1, kDimension)};
constexpr Known kDimensionFields[] = {number(1), bytes(2), bytes(3)};
constexpr Known kEntryFields[] = {bytes(1), bytes(2)};
constexpr Known kOperatorSetFields[] = {bytes(1), number(2)};
constexpr Known kFunctionFields[] = {bytes(1),
                                     bytes(4),
                                     bytes(5),
                                     bytes(6),
                                     message(7, kNode),
                                     bytes(8),
                                     message(9, kOperatorSet),
                                     bytes(10),
                                     message(11, kAttribute),
                                     message(12, kValueInfo),
                                     bytes(13),
                                     message(14, kEntry)};
constexpr Known kTrainingFields[] = {message(1, kGraph), message(2, kGraph), message(3, kEntry),
                                     message(4, kEntry)};
constexpr Known kAnnotationFields[] = {bytes(1), message(2, kEntry)};
constexpr Known kDevicesFields[] = {bytes(1), number(2), bytes(3)};
constexpr Known kNodeDevicesFields[] = {bytes(1), message(2, kSharding), number(3)};
constexpr Known kShardingFields[] = {bytes(1), numbers(2), message(3, kGroups),
                                     message(4, kShardedDimension)};
constexpr Known kShardedDimensionFields[] = {number(1), message(2, kSimpleSharding)};
constexpr Known kSimpleShardingFields[] = {number(1), bytes(2), number(3)};
constexpr Known kGroupsFields[] = {number(1), numbers(2)};

constexpr std::span<const Known> kMessages[] = {
    kModelFields,          kGraphFields,       kNodeFields,         kAttributeFields,
    kTensorFields,         kSegmentFields,     kSparseTensorFields, kValueInfoFields,
    kTypeFields,           kTypedTensorFields, kSequenceFields,     kMapFields,
    kOpaqueFields,         kShapeFields,       kDimensionFields,    kEntryFields,
    kOperatorSetFields,    kFunctionFields,    kTrainingFields,     kAnnotationFields,
    kDevicesFields,        kNodeDevicesFields, kShardingFields,     kShardedDimensionFields,
    kSimpleShardingFields, kGroupsFields};

constexpr std::string_view kBroken = "a field is cut short or of no known form";

class Check {
 public:
  explicit Check(source::Source& source) : reader_(source), end_(source.size()) {}

  std::optional<WireProblem> run() {
    constexpr std::size_t kDeepest = 100;  // what the parsers follow by default
    std::vector<Level> levels{{kModel, end_}};
    while (!levels.empty() && problem_.empty()) {
      const auto field = reader_.next(levels.back().end);
      if (reader_.broken()) fail(kBroken);
      if (!field) {
        levels.pop_back();
        continue;
      }
      at_ = field->begin;
      const auto fields = kMessages[levels.back().of];
      const auto known = std::ranges::find(fields, field->number, &Known::number);
      if (known == fields.end() || !is_of(*known, *field)) {
        skip(*field);  // of another form it is another field to parsers
      } else if (known->form != Form::message) {
        check(*known, *field);
      } else if (levels.size() == kDeepest) {
        fail("messages are nested more than 100 deep");
      } else {
        levels.push_back({known->of, field->end});
      }
    }
    return problem_.empty() ? std::nullopt : std::optional(WireProblem{problem_, at_});
  }

 private:
  struct Level {
    Message of;
    std::uint64_t end;
  };
  using Type = ProtobufField::Type;

  void fail(std::string_view message) { problem_ = message; }

  void skip(const ProtobufField& field) {
    if (reader_.position() < field.end) reader_.skip(field);
  }

  static bool is_of(const Known& known, const ProtobufField& field) {
    if (field.is_bytes())
      return known.repeated || known.form == Form::bytes || known.form == Form::message;
    return (known.form == Form::number && field.is_varint()) ||
           (known.form == Form::real && field.type == Type::fixed32) ||
           (known.form == Form::wide_real && field.type == Type::fixed64);
  }

  void check(const Known& known, const ProtobufField& field) {
    if (!field.is_bytes() || known.form == Form::bytes) return skip(field);
    const std::uint64_t size = field.end - field.begin;
    if (known.form == Form::number) {
      if (!is_numbers(field)) fail("numbers in a row end inside one");
    } else {
      if (size % (known.form == Form::real ? 4 : 8) != 0) fail("numbers in a row end inside one");
    }
    skip(field);
  }

  bool is_numbers(const ProtobufField& field) {
    constexpr std::size_t kPiece = std::size_t{64} * 1024;
    constexpr int kLongest = 10;  // bytes
    int open = 0;
    while (reader_.position() < field.end)
      for (const char byte : reader_.some(field, kPiece)) {
        open = (byte & 0x80) != 0 ? open + 1 : 0;
        if (open == kLongest) return false;
      }
    return open == 0;
  }

  ProtobufReader reader_;
  std::uint64_t end_;
  std::uint64_t at_ = 0;
  std::string_view problem_;
};

}  // namespace

std::optional<WireProblem> check_onnx_wire(source::Source& source) {
  return Check(source).run();
}

}  // namespace gh::artifacts
