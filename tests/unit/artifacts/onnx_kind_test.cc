#include "artifacts/onnx_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

using namespace std::string_literals;

bool is_onnx(const std::string& bytes) {
  source::MemorySource source(bytes);
  return looks_like_onnx(bytes, source);
}

std::uint32_t of_another(const std::string& bytes) {
  source::MemorySource source(bytes);
  const auto field = field_of_another(source);
  return field ? field->number : 0;
}

// ir_version, producer_name, and an empty graph or operator set.
const std::string kVersion = "\x08\x0a"s;
const std::string kProducer = "\x12\x02me"s;
const std::string kGraph = "\x3a\0"s;
const std::string kOpset = "\x42\0"s;

TEST(OnnxKind, IsToldByItsFirstFields) {
  EXPECT_TRUE(is_onnx("\x08\x0a\x12\x05tests\x3a\x02\x12\0"s));
  EXPECT_TRUE(is_onnx("\x08\x07\x42\x02\x10\x0d\x3a\0"s)) << "operator sets first";
  for (const std::string& other : {
           ""s, "\x08"s, "\x08\x0a"s,
           "\x08\x0a\x12\x05tests"s,                // no graph
           "\x08\0\x3a\x02\x12\0"s,                 // IR version 0
           "\x08\x7f\x3a\x02\x12\0"s,               // IR version 127
           "\x12\x05tests\x08\x0a\x3a\x02\x12\0"s,  // another first field
           "\x08\x0a\x10\x05\x3a\x02\x12\0"s,       // the producer is a number
           "\x08\x0a\x4a\x01x\x3a\x02\x12\0"s,      // a field that a model has not
       })
    EXPECT_FALSE(is_onnx(other));
}

TEST(OnnxKind, NeedsAGraph) {
  EXPECT_TRUE(is_onnx(kVersion + kProducer + kGraph));
  EXPECT_TRUE(is_onnx(kVersion + kProducer + kOpset + kGraph));
  EXPECT_FALSE(is_onnx(kVersion + kProducer + kOpset));
  EXPECT_FALSE(is_onnx(kVersion + kProducer));
  EXPECT_FALSE(is_onnx(kProducer + kVersion + kGraph));
  // Of one that is cut nobody knows.
  EXPECT_TRUE(is_onnx(kVersion + kOpset + "\x3a\x7f"));
}

TEST(OnnxKind, HasNoFieldsOfAnother) {
  EXPECT_EQ(of_another(kVersion + kProducer + kGraph + kOpset), 0u);
  EXPECT_EQ(of_another(kVersion +
                       "\x32\x03"
                       "a\nb"s +
                       "\x72\0\xa2\x01\0\xca\x01\0\xd2\x01\0"s),
            0u);
  EXPECT_EQ(of_another(kVersion + kGraph + "\x0a\x01x"), 1u);          // a node of a GraphDef
  EXPECT_EQ(of_another(kVersion + "\x12\x02\x12\0"s + kGraph), 2u);    // a SavedModel's graph
  EXPECT_EQ(of_another(kVersion + kGraph + "\x12\x02\x12\0"s), 2u);    // of which the last counts
  EXPECT_EQ(of_another(kVersion + "\x12\x03\x92\0\0"s + kGraph), 2u);  // its number made long
  EXPECT_EQ(of_another(kVersion + "\x3a\0\xa2\x06\0"s), 100u);
  EXPECT_EQ(of_another(kVersion + "\x38\x01"s), 7u);
}

}  // namespace
}  // namespace gh::artifacts
