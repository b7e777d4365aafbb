#include "pickle/number.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pickle/escapes.h"
#include "pickle/utf8.h"

namespace gh::pickle {
namespace {

using namespace std::string_literals;

struct Integer {
  std::string line;
  Writing writing;
  std::optional<std::int64_t> value;
};

TEST(TextInteger, IsPlainInOneForm) {
  const std::vector<Integer> cases = {
      {"0", Writing::plain, 0},
      {"7", Writing::plain, 7},
      {"-12", Writing::plain, -12},
      {"9223372036854775807", Writing::plain, INT64_MAX},
      {"9223372036854775808", Writing::plain, std::nullopt},
      {"0x10", Writing::odd, 16},
      {"-0x10", Writing::odd, -16},
      {"0o17", Writing::odd, 15},
      {"0b11", Writing::odd, 3},
      {"010", Writing::odd, 8},
      {"+5", Writing::odd, 5},
      {" 5", Writing::odd, 5},
      {"5 ", Writing::odd, 5},
      {"1_000", Writing::odd, std::nullopt},
      {"5\0x"s, Writing::odd, 5},
      {"0x", Writing::odd, std::nullopt},
      {"--5", Writing::odd, std::nullopt},
      {std::string(5000, '1'), Writing::odd, std::nullopt},
      {"", Writing::bad, std::nullopt},
      {" ", Writing::bad, std::nullopt},
      {"-", Writing::bad, std::nullopt},
      {"x", Writing::bad, std::nullopt},
      {"seven", Writing::bad, std::nullopt},
      {"1.5", Writing::bad, std::nullopt},
      {"1,000", Writing::bad, std::nullopt},
      {"\0"s, Writing::bad, std::nullopt},
  };
  for (const Integer& one : cases) {
    const TextInteger read = text_integer(one.line);
    EXPECT_EQ(read.writing, one.writing) << one.line;
    EXPECT_EQ(read.value, one.value) << one.line;
  }
}

TEST(TextIndex, HasBaseTen) {
  EXPECT_EQ(text_index("7").value, 7);
  EXPECT_EQ(text_index("7").writing, Writing::plain);
  for (const auto& [line, value] : std::initializer_list<std::pair<std::string_view, std::int64_t>>{
           {"010", 10}, {" 5 ", 5}, {"+5", 5}, {"5_0", 50}, {"0_1_2", 12}}) {
    EXPECT_EQ(text_index(line).value, value) << line;
    EXPECT_EQ(text_index(line).writing, Writing::odd) << line;
  }
  for (const std::string_view line : {"0x10", "0o7", "0b1", "1e3", "abc", "", "--1"})
    EXPECT_FALSE(text_index(line).value) << line;
}

TEST(TextReal, IsPlainInOneForm) {
  for (const char* line : {"1.5", "-2e10", "inf", "nan", "0"})
    EXPECT_EQ(text_real(line), Writing::plain) << line;
  for (const char* line : {" 1.5", "1_0.5", "+1.5", "infinity "})
    EXPECT_EQ(text_real(line), Writing::odd) << line;
  for (const char* line : {"", "one", "1,5", "0x1p3"})
    EXPECT_EQ(text_real(line), Writing::bad) << line;
}

TEST(LongBytes, AreTwosComplement) {
  EXPECT_EQ(long_bytes(""), 0);
  EXPECT_EQ(long_bytes("\xff"), -1);
  EXPECT_EQ(long_bytes("\xff\0"s), 255);
  EXPECT_EQ(long_bytes("\0\0\0\0\0\0\0\x80"s), INT64_MIN);
  EXPECT_EQ(long_bytes("\0\0\0\0\0\0\0\x80\xff"s), INT64_MIN);
  EXPECT_EQ(long_bytes("\0\0\0\0\0\0\0\x80\0"s), std::nullopt);
  EXPECT_EQ(long_bytes("\x01\0\0\0\0\0\0\0\0\0\0"s), 1);
}

TEST(Escapes, AreUndoneAsPythonDoes) {
  std::string out;
  EXPECT_TRUE(undo_string_escapes("a\\n\\t\\\\\\'\\x41\\101\\0", out));
  EXPECT_EQ(out, "a\n\t\\'AA\0"s);
  EXPECT_TRUE(undo_string_escapes("\\q\\8", out));
  EXPECT_EQ(out, "\\q\\8");
  EXPECT_FALSE(undo_string_escapes("\\", out));
  EXPECT_FALSE(undo_string_escapes("\\x", out));
  EXPECT_FALSE(undo_string_escapes("\\x4", out));
  EXPECT_FALSE(undo_string_escapes("\\xgg", out));

  EXPECT_TRUE(undo_unicode_escapes("\\u0041\\U0001F600\xe9", out));
  EXPECT_EQ(out, "A😀é");
  EXPECT_TRUE(undo_unicode_escapes("\\\\u0041\\n", out));
  EXPECT_EQ(out, "\\\\u0041\\n");
  EXPECT_TRUE(undo_unicode_escapes("\\", out));
  EXPECT_FALSE(undo_unicode_escapes("\\u", out));
  EXPECT_FALSE(undo_unicode_escapes("\\u004", out));
  EXPECT_FALSE(undo_unicode_escapes("\\u+041", out));
  EXPECT_FALSE(undo_unicode_escapes("\\U00110000", out));
}

TEST(Utf8, IsCheckedInPieces) {
  const std::string good = "aé€😀 plain text that is longer than eight bytes";
  for (std::size_t cut = 0; cut <= good.size(); ++cut) {
    Utf8 check(false);
    EXPECT_TRUE(check.feed(good.substr(0, cut)));
    EXPECT_TRUE(check.feed(good.substr(cut)));
    EXPECT_TRUE(check.complete());
  }
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "abcdefgh\xe2\x82", "\xc3z"})
    EXPECT_FALSE(is_utf8(bad, false)) << bad;
  EXPECT_TRUE(is_utf8("\xed\xa0\x80", true));
  EXPECT_FALSE(is_utf8("\xed\xa0", true));
}

}  // namespace
}  // namespace gh::pickle
