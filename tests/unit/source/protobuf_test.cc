#include "source/protobuf.h"

#include <gtest/gtest.h>

#include <string_view>

namespace gh::source {
namespace {

using std::string_view_literals::operator""sv;

TEST(FieldHead, OfEveryType) {
  const auto varint = field_head("\x08\x96\x01rest"sv);
  ASSERT_TRUE(varint);
  EXPECT_EQ(varint->number, 1U);
  EXPECT_EQ(varint->type, WireType::varint);
  EXPECT_EQ(varint->value, 150U);
  EXPECT_EQ(varint->size, 0U);
  EXPECT_EQ(varint->head, 3U);
  const auto bytes = field_head("\x12\x07"sv);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->number, 2U);
  EXPECT_EQ(bytes->size, 7U);
  EXPECT_EQ(bytes->head, 2U);
  EXPECT_EQ(field_head("\x1d"sv)->size, 4U);
  EXPECT_EQ(field_head("\x21"sv)->size, 8U);
  const auto largest = field_head("\xfa\xff\xff\xff\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  ASSERT_TRUE(largest);
  EXPECT_EQ(largest->number, (1U << 29) - 1);
  EXPECT_EQ(largest->size, UINT64_MAX);
}

TEST(FieldHead, None) {
  for (const std::string_view bytes :
       {""sv, "\x08"sv, "\x08\x80"sv, "\x12"sv, "\x12\xff"sv, "\x00\x00"sv, "\x0b"sv, "\x0c"sv,
        "\x0e"sv, "\x0f"sv, "\x80"sv, "\x80\x80\x80\x80\x80\x01\x00"sv,
        "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
        "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv})
    EXPECT_FALSE(field_head(bytes)) << testing::PrintToString(bytes);
}

}  // namespace
}  // namespace gh::source
