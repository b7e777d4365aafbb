// Answers of serde_json 1.x to the same texts, asked through the safetensors library.
#include "tensors/header_json.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace gh::tensors {
namespace {

bool accepts(std::string_view text) {
  HeaderJson json(text);
  return is_utf8(text) && json.skip_value() && json.at_end();
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(HeaderJson, AcceptsWhatSerdeAccepts) {
  const char* const texts[] = {"{}",
                               "[]",
                               " \n\t\r{ \"a\" : [ 1 , null , true , false ] } ",
                               R"("\"\\\/\b\f\n\r\t")",
                               R"("\u0000")",
                               R"("\ud83d\ude00")",
                               "\"\x7f\"",
                               "\"\xc3\xa9\"",
                               "0",
                               "-0",
                               "18446744073709551615",
                               "18446744073709551616",
                               "1E5",
                               "1.5e-3",
                               "1e308",
                               "1.7976931348623157e308",
                               "0e999",
                               "0.0e99999999999",
                               "1e-99999999999",
                               R"({"x":1,"x":2})"};
  for (const char* const text : texts) EXPECT_TRUE(accepts(text)) << text;
  EXPECT_TRUE(accepts(nested(HeaderJson::kDepth)));
}

TEST(HeaderJson, RefusesWhatSerdeRefuses) {
  const char* const texts[] = {"",
                               " ",
                               "{",
                               "[",
                               "[1",
                               "[1,]",
                               "[,1]",
                               "[1 2]",
                               "[1]]",
                               "{,}",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{\"a\":1,}",
                               "{a:1}",
                               "{1:1}",
                               "{'a':1}",
                               "{}x",
                               "{}{}",
                               "\"",
                               "\"\\\"",
                               "\"a\tb\"",
                               "\"a\nb\"",
                               R"("\x41")",
                               R"("\u00")",
                               R"("\u00g0")",
                               R"("\ud800")",
                               R"("\ud800\u0041")",
                               R"("\ud800x")",
                               R"("\udc00")",
                               "\"\xff\"",
                               "\"\xc0\xaf\"",
                               "\"\xed\xa0\x80\"",
                               "\xef\xbb\xbf{}",
                               "nul",
                               "True",
                               "NaN",
                               "Infinity",
                               "-Infinity",
                               "+1",
                               ".5",
                               "1.",
                               "1.e3",
                               "01",
                               "-01",
                               "-",
                               "1e",
                               "1e+",
                               "0x10",
                               "1e400",
                               "1.7976931348623159e308",
                               "1e99999999999",
                               "/**/1",
                               "1//"};
  for (const char* const text : texts) EXPECT_FALSE(accepts(text)) << text;
  EXPECT_FALSE(accepts(nested(HeaderJson::kDepth + 1)));
  EXPECT_FALSE(accepts(std::string_view("{}\0", 3)));
  EXPECT_FALSE(accepts(std::string_view("\0{}", 3)));
  EXPECT_FALSE(accepts("1" + std::string(400, '0')));
  EXPECT_FALSE(accepts("0." + std::string(400, '0') + "1e800"));
}

TEST(HeaderJson, KnowsUnsignedIntegers) {
  using Number = HeaderJson::Number;
  const struct {
    const char* text;
    Number kind;
  } cases[] = {{"0", Number::u64},
               {"7", Number::u64},
               {"18446744073709551615", Number::u64},
               {"18446744073709551616", Number::other},
               {"-1", Number::other},
               {"-0", Number::other},
               {"2.0", Number::other},
               {"2e0", Number::other},
               {"1e999", Number::out_of_range},
               {"02", Number::not_json},
               {"-", Number::not_json},
               {"\"2\"", Number::none},
               {"true", Number::none},
               {"", Number::none}};
  for (const auto& [text, kind] : cases) {
    std::uint64_t value = 0;
    EXPECT_EQ(HeaderJson(text).number(value), kind) << text;
  }
  std::uint64_t largest = 0;
  HeaderJson("18446744073709551615").number(largest);
  EXPECT_EQ(largest, UINT64_MAX);
}

TEST(HeaderJson, UnescapesStrings) {
  HeaderJson json(R"("a\u00e9\ud83d\ude00\n\"")");
  EXPECT_EQ(json.string(), "a\xc3\xa9\xf0\x9f\x98\x80\n\"");
  EXPECT_TRUE(json.at_end());
}

}  // namespace
}  // namespace gh::tensors
