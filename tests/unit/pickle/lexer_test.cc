#include "pickle/lexer.h"

#include <gtest/gtest.h>

#include <vector>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

struct Read {
  std::vector<Token> tokens;
  std::vector<std::string> texts;
  Lexer::Problem problem = Lexer::Problem::none;
  std::uint64_t position = 0;
};

Read read(std::string_view bytes) {
  source::MemorySource source(bytes);
  source::Reader reader(source);
  Lexer lexer(reader);
  Read all;
  while (lexer.next()) {
    all.tokens.push_back(lexer.token());
    all.texts.emplace_back(lexer.token().text);
  }
  all.problem = lexer.problem();
  all.position = lexer.position();
  return all;
}

TEST(Lexer, ReadsFixedArguments) {
  const Read all = read("K\xffM\x34\x12J\xff\xff\xff\xffG\x3f\xe0\0\0\0\0\0\0r\x01\x02\x03\x04."s);
  ASSERT_EQ(all.tokens.size(), 6U);
  EXPECT_EQ(all.tokens[0].number, 255U);
  EXPECT_EQ(all.tokens[1].number, 0x1234U);
  EXPECT_EQ(all.tokens[2].number, 0xffffffffU);
  EXPECT_EQ(all.tokens[4].number, 0x04030201U);
  EXPECT_EQ(all.tokens[5].opcode, Opcode::stop);
  EXPECT_EQ(all.tokens[5].at, 24U);
  EXPECT_EQ(all.problem, Lexer::Problem::end);
}

TEST(Lexer, ReadsTexts) {
  const Read all = read(text("abc") + short_text("é") + "U\x02\xff\xfe" + "\x8d" +
                        little_endian(1, 8) + "x" + "C\x01y");
  ASSERT_EQ(all.tokens.size(), 5U);
  EXPECT_EQ(all.texts, (std::vector<std::string>{"abc", "é", "\xff\xfe", "x", "y"}));
  EXPECT_FALSE(all.tokens[1].not_utf8);
  EXPECT_TRUE(all.tokens[2].not_utf8);
}

TEST(Lexer, KeepsNoLongTexts) {
  const Read all = read(text(std::string(256, 'a')) + text(std::string(255, 'b')) +
                        text(std::string(600'000, 'c')));
  ASSERT_EQ(all.tokens.size(), 3U);
  EXPECT_FALSE(all.tokens[0].kept);
  EXPECT_TRUE(all.tokens[1].kept);
  EXPECT_FALSE(all.tokens[2].kept);
  EXPECT_EQ(all.tokens[2].length, 600'000U);
}

TEST(Lexer, ReadsLines) {
  const Read all = read(
      "I01\nI17\nL5L\nL5\nF1.5\nS'a\\x62\\'\\101'\nV\\u00e9\\\\\n"
      "cmodule\nname\nPid\ng12\n");
  ASSERT_EQ(all.tokens.size(), 10U);
  EXPECT_TRUE(all.tokens[0].boolean);
  EXPECT_EQ(all.tokens[1].integer, 17);
  EXPECT_EQ(all.tokens[2].integer, 5);
  EXPECT_EQ(all.tokens[3].integer, 5);
  EXPECT_EQ(all.texts[5], "ab'A");
  EXPECT_EQ(all.texts[6], "é\\\\");
  EXPECT_EQ(all.texts[7], "module");
  EXPECT_EQ(all.texts[8], "id");
  EXPECT_EQ(all.tokens[9].number, 12U);
}

TEST(Lexer, ReadsLongs) {
  const Read all = read("\x8a\x01\xff\x8a\x00\x8a\x09\0\0\0\0\0\0\0\x80\0\x8b\x02\0\0\0\x10\x27"s);
  ASSERT_EQ(all.tokens.size(), 4U);
  EXPECT_EQ(all.tokens[0].integer, -1);
  EXPECT_EQ(all.tokens[1].integer, 0);
  EXPECT_EQ(all.tokens[2].integer, std::nullopt);
  EXPECT_EQ(all.tokens[3].integer, 10'000);
}

TEST(Lexer, CrossesWindows) {
  std::string bytes;
  for (int i = 0; i < 400'000; ++i) bytes += "J\x01\0\0\0N"s;
  bytes += text(std::string(300'000, 'x')) + "B" + little_endian(300'000, 4) +
           std::string(300'000, '\xff') + "K\x07.";
  const Read all = read(bytes);
  ASSERT_EQ(all.tokens.size(), 800'004U);
  EXPECT_EQ(all.tokens[800'002].number, 7U);
  EXPECT_EQ(all.tokens.back().at, bytes.size() - 1);
}

TEST(Lexer, FindsTheEndOfALineLongerThanTheWindow) {
  const Read all = read("c" + std::string(700'000, 'm') + "\nname\n.");
  ASSERT_EQ(all.tokens.size(), 2U);
  EXPECT_FALSE(all.tokens[0].kept);
  EXPECT_EQ(all.tokens[1].at, 700'001U + 1 + 5);
}

struct Bad {
  std::string bytes;
  Lexer::Problem problem;
};

TEST(Lexer, StopsWhereALoaderStops) {
  using enum Lexer::Problem;
  const std::vector<Bad> cases = {
      {"", end},
      {"\xff", unknown_opcode},
      {"\0"s, unknown_opcode},
      {"K", truncated},
      {"M\x01", truncated},
      {"J\x01\x02\x03", truncated},
      {"G1234567", truncated},
      {"\x95"
       "1234567",
       truncated},
      {"X\x01\0\0"s, truncated},
      {"X\x01\0\0\0"s, truncated},
      {"U\x05"
       "abcd",
       truncated},
      {"B\xff\xff\xff\xff"
       "abc",
       truncated},
      {"\x8e" + little_endian(1U << 30, 8) + "abc", truncated},
      {"\x8e" + little_endian(UINT64_MAX, 8), bad_argument},
      {"\x8d" + little_endian(std::uint64_t{1} << 63, 8), bad_argument},
      {"\x8b\xff\xff\xff\xff", bad_argument},
      {text("\xff"), bad_argument},
      {text("\xc0\x80"), bad_argument},
      {text(std::string(300, 'a') + "\xed"), bad_argument},
      {text(std::string(300'000, 'a') + "\xff" + std::string(300'000, 'a')), bad_argument},
      {"I", truncated},
      {"I1", truncated},
      {"I\n", bad_argument},
      {"Iabcx\n", bad_argument},
      {"I \n", bad_argument},
      {"L\n", bad_argument},
      {"LL\n", bad_argument},
      {"F\n", bad_argument},
      {"Fone\n", bad_argument},
      {"S\n", bad_argument},
      {"Sabc\n", bad_argument},
      {"S'\n", bad_argument},
      {"S'a\"\n", bad_argument},
      {"S'\\x1'\n", bad_argument},
      {"S'\\'\n", bad_argument},
      {"V\\u12\n", bad_argument},
      {"V\\U00110000\n", bad_argument},
      {"P\xff\n", bad_argument},
      {"c\xff\nname\n", bad_argument},
      {"cmodule\n\xff\n", bad_argument},
      {"cmodule\nname", truncated},
      {"cmodule", truncated},
      {"i\xc3\xa9\nname\n", bad_argument},
      {"g-1\n", bad_argument},
      {"gx\n", bad_argument},
      {"p99999999999999999999\n", bad_argument},
  };
  for (const Bad& bad : cases) {
    const Read all = read(bad.bytes);
    EXPECT_EQ(all.problem, bad.problem) << testing::PrintToString(bad.bytes.substr(0, 30));
    EXPECT_TRUE(all.tokens.empty()) << testing::PrintToString(bad.bytes.substr(0, 30));
  }
}

TEST(Lexer, EveryOpcodeHasAName) {
  std::size_t known = 0;
  std::size_t weights = 0;
  for (const OpcodeFacts& row : kOpcodes) {
    EXPECT_EQ(row.name.empty(), row.argument == Argument::unknown);
    known += row.name.empty() ? 0U : 1U;
    weights += row.in_weights_only ? 1U : 0U;
  }
  EXPECT_EQ(known, 68U);
  EXPECT_EQ(weights, 34U);
}

}  // namespace
}  // namespace gh::pickle
