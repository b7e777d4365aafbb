#include "hub/plain_text.h"

#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

using std::string_view_literals::operator""sv;

TEST(PlainText, NoTextForItsControlCharacters) {
  const std::string words(1000, 'x');
  const Case cases[] = {
      {"frozen_graph",
       "\n \n\x01x\x12\x06PyFunc\"\x03"
       "abc*\x04test",
       "unknown"},
      {"m.mlmodel",
       "\x08\x04\x12\x05hello\x1a\x03"
       "abc",
       "unknown"},
      {"model.ckpt.meta", "\n\x05hello\x12\x06PyFunc", "unknown"},
      {"notes.txt", "\x01\x02\x03", "unknown"},
      {"notes.txt", "\x1c\x1d\x1e\x1f words", "unknown"},
      {"notes.txt", "two are \x01 an accident \x02", ""},
      {"train.log", "\x1b[32m 10%\b\b\b 20%\r 30%\x1b[0m\f\v\t\n", ""},
      {"train.log", "\x7f\x7f\x7f\x7f", ""},
      {"config.json", "{\"a\": \"\x01\x02\x03\"}", "CFG-301"},
      {"a.yaml", "a: \x01\x02\x03\n", "CFG-303"},
      {"run.py", "x = '\x01\x02\x03'\n", "COD-102"},
      {"run.sh", "echo '\x01\x02\x03'\n", "COD-104"},
      {"vocab.txt", "\x01\n\x02\n\x03\na\n", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.path;
  EXPECT_EQ(found("a.txt", words + words + words + "\x01\x02\x03"), "") << "3 in 3,003 bytes";
  EXPECT_EQ(found("a.txt", words + words + "\x01\x02\x03"), "unknown");
}

TEST(PlainText, TextInPieces) {
  // Characters of two, three and four bytes at every border.
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      TextMeter meter;
      meter.read(std::string_view(text).substr(0, first));
      meter.read(std::string_view(text).substr(first, second - first));
      meter.read(std::string_view(text).substr(second));
      EXPECT_TRUE(meter.is_text()) << first << " " << second;
    }
  }
  for (const std::string_view wrong :
       {"\xc3"sv, "a\xe2\x82"sv, "\xf0\x9f\x98"sv, "\xc3z"sv, "\x80"sv, "\xe2\x28\xa1"sv,
        "\xed\xa0\x80"sv, "\xf8\x88\x80\x80\x80"sv, "a\0b"sv, "\xff"sv}) {
    TextMeter whole;
    TextMeter single;
    whole.read(wrong);
    for (const char& byte : wrong) single.read({&byte, 1});
    EXPECT_FALSE(whole.is_text());
    EXPECT_FALSE(single.is_text());
  }
}

}  // namespace
}  // namespace gh::hub
