#include "artifacts/onnx_wire.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 0x7f; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string number(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}

std::string bytes(unsigned field, const std::string& value) {
  return varint(field << 3 | 2) + varint(value.size()) + value;
}

bool is_fine(const std::string& model) {
  source::MemorySource source(model);
  return !check_onnx_wire(source);
}

constexpr unsigned kGraph = 7;
constexpr unsigned kNode = 1;

TEST(OnnxWire, PassesModels) {
  const std::string shape = bytes(2, bytes(1, number(1, 3)) + bytes(1, bytes(2, "batch")));
  const std::string value = bytes(1, "x") + bytes(2, bytes(1, number(1, 1) + shape));
  const std::string attribute = bytes(1, "ints") + bytes(8, varint(1) + varint(300)) +
                                number(8, 5) + bytes(7, std::string(8, 'x')) + "\x3d" + "1234" +
                                number(20, 7) + bytes(4, "\xff\xfe");
  const std::string tensor = number(1, 3) + bytes(1, varint(3) + varint(4)) + number(2, 1) +
                             bytes(9, "\xff\xff") + bytes(8, "w") + bytes(10, std::string(16, 'x'));
  const std::string node = bytes(1, "x") + bytes(4, "Add") + bytes(5, attribute);
  const std::string graph = bytes(kNode, node) + bytes(5, tensor) + bytes(11, value);
  EXPECT_TRUE(is_fine(number(1, 9) + bytes(2, "h\xc3\xa9") + bytes(kGraph, graph) +
                      bytes(8, number(2, 17))));
  EXPECT_TRUE(is_fine(""));
  // What a later version may have.
  EXPECT_TRUE(
      is_fine(number(1, 9) + bytes(99, "\xff") + number(98, 1) + bytes(kGraph, bytes(77, "\xff"))));
  // What is of another form is another field to parsers.
  EXPECT_TRUE(is_fine(bytes(1, "x") + bytes(kGraph, number(kNode, 1))));
  EXPECT_TRUE(is_fine(bytes(kGraph, bytes(5, bytes(2, "x") + number(4, 1)))));
  // Parsers take texts as they are.
  EXPECT_TRUE(is_fine(bytes(6, std::string(70'000, 'x') + "\xe2\x82")));
}

TEST(OnnxWire, FindsWhatParsersRefuse) {
  const auto graph = [](const std::string& inside) { return bytes(kGraph, inside); };
  const auto tensor = [&](const std::string& inside) { return graph(bytes(5, inside)); };
  const auto value = [&](const std::string& inside) { return graph(bytes(12, inside)); };
  for (const std::string& broken : {
           number(1, 9) + "\x3a\x05" + "ab",       // cut
           graph("\x0a\x05" + std::string("ab")),  // longer than its message
           value(bytes(2, bytes(1, "\x0a\x05"))),  // deeper
           graph("\x07"),                          // of no type
           graph(std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
           tensor(bytes(1, "\x80")),  // half a number
           tensor(bytes(1, std::string(11, '\x80') + "\x01")),
           tensor(bytes(4, "12345")),  // a float and a quarter
           tensor(bytes(10, "1234")),  // half a double
       })
    EXPECT_FALSE(is_fine(broken)) << testing::PrintToString(broken);
}

TEST(OnnxWire, FollowsAHundredMessages) {
  // Types of types: two messages each.
  const auto nested = [](int levels) {
    std::string type;
    for (int i = 0; i < levels; ++i) type = bytes(4, bytes(1, type));
    return bytes(kGraph, bytes(12, bytes(2, type)));
  };
  EXPECT_TRUE(is_fine(nested(40)));
  EXPECT_FALSE(is_fine(nested(60)));
}

}  // namespace
}  // namespace gh::artifacts
