#include "artifacts/protobuf.h"

#include <gtest/gtest.h>

#include <string_view>

namespace gh::artifacts {
namespace {

using std::string_view_literals::operator""sv;
using Type = ProtobufField::Type;

TEST(Protobuf, reads_every_wire_type) {
  source::MemorySource source(
      "\x08\x96\x01"
      "\x12\x03"
      "abc"
      "\x1d\x01\x02\x03\x04"
      "\x21\x01\x02\x03\x04\x05\x06\x07\x08"
      "\xf8\xff\xff\xff\x0f\x00"sv);
  ProtobufReader reader(source);
  const auto varint = reader.next(source.size());
  ASSERT_TRUE(varint && varint->is_varint());
  EXPECT_EQ(varint->number, 1u);
  EXPECT_EQ(varint->value, 150u);
  const auto text = reader.next(source.size());
  ASSERT_TRUE(text && text->is_bytes());
  EXPECT_EQ(reader.text(*text, 2), "ab");
  const auto narrow = reader.next(source.size());
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->type, Type::fixed32);
  const auto wide = reader.next(source.size());
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->type, Type::fixed64);
  const auto last = reader.next(source.size());
  ASSERT_TRUE(last);
  EXPECT_EQ(last->number, (1u << 29) - 1);
  EXPECT_FALSE(reader.next(source.size()));
  EXPECT_FALSE(reader.broken());
}

TEST(Protobuf, refuses_what_is_no_field) {
  for (const std::string_view bytes : {
           "\x08"sv,                                              // no value
           "\x08\x80"sv,                                          // a value that is cut
           "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,      // beyond 64 bits
           "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv,  // eleven bytes
           "\x00\x00"sv,                                          // field 0
           "\x0b"sv,                                              // a group
           "\x0c"sv,                                              // its end
           "\x0e"sv,                                              // no wire type
           "\x0f"sv,
           "\x12\x03"
           "ab"sv,                            // longer than the message
           "\x1d\x01\x02"sv,                  // half of four bytes
           "\x80\x80\x80\x80\x80\x01\x00"sv,  // a number beyond 2^29
       }) {
    source::MemorySource source(bytes);
    ProtobufReader reader(source);
    EXPECT_FALSE(reader.next(source.size()));
    EXPECT_TRUE(reader.broken());
  }
}

TEST(Protobuf, keeps_a_message_within_its_end) {
  source::MemorySource source("\x0a\x02\x12\x05hello"sv);
  ProtobufReader reader(source);
  const auto outer = reader.next(source.size());
  ASSERT_TRUE(outer);
  EXPECT_FALSE(reader.next(outer->end)) << "five bytes do not fit into two";
  EXPECT_TRUE(reader.broken());
}

TEST(Protobuf, is_what_the_whole_file_is) {
  for (const std::string_view bytes : {""sv, "\x08\x96\x01"sv,
                                       "\x12\x03"
                                       "abc"sv,
                                       "\x0b\x08\x01\x0c"sv, "\xfb\xff\xff\xff\x0f"sv}) {
    source::MemorySource source(bytes);
    EXPECT_TRUE(is_protobuf(source)) << testing::PrintToString(bytes);
  }
  for (const std::string_view bytes :
       {"\0\0"sv,
        "\x12\x04"
        "abc"sv,
        "\x08\x96\x01\x0e"sv, "\x08"sv, "\xfb\xff\xff\xff\xff\x01"sv, "\x0d\0\0\0"sv, "\xfb"sv}) {
    source::MemorySource source(bytes);
    EXPECT_FALSE(is_protobuf(source)) << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace gh::artifacts
