#include "hub/pattern.h"

#include <gtest/gtest.h>

#include "hub/tokenizer_text.h"

namespace gh::hub {
namespace {

TEST(Pattern, Slow) {
  for (const std::string_view pattern :
       {"(a+)+",         "(a*)*",           "(?:a+|b)+",     "([a-z]+)*", "(a{2,})+",
        "((a+))*",       "(\\s+)+",         "(?:a|a)*$",     "(a|aa)+",   "(\\w|\\d)*",
        "(.*)\\1\\1x",   "(?<a>x+)\\k<a>",  "(?<a>x\\g<a>)", ".*.*.*x",   "\\w*\\w*\\w*!",
        "(.*)(.*)(.*)x", "(a{1,50}){1,50}", "(?i:a+)+",      "(a+?)+",    "((?:x|x)y)*"})
    EXPECT_TRUE(is_slow_pattern(pattern)) << pattern;
  for (const std::string_view pattern :
       {"",
        "a+",
        "(a+)",
        "(a+)?",
        "(a)+",
        "(ab)*",
        "(?:a|b)*",
        "[(a+)+]+",
        "\\(a+\\)+",
        "(a+){2}",
        "(a+)++",
        "(?>a+)+",
        "(?i:'s|'t|'re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*",
        "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        " ?[^(\\s|[.,!?])]+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{M}]+(?i:'s|'t)?",
        "[!\"#$%&'()*+,\\-./"
        ":;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}]+",
        "(?<=a+)b",
        "([!?])\\1*",
        "(?#(a+)+)x",
        "(x(a+)y)+",
        "(?:\\r\\n|\\r)+",
        "(",
        ")",
        "[",
        "\\",
        "(?",
        "(?<",
        "a{",
        "a{x}",
        "((("})
    EXPECT_FALSE(is_slow_pattern(pattern)) << pattern;
}

// What was not understood is judged by how it looks.
TEST(Pattern, NotUnderstood) {
  EXPECT_TRUE(is_slow_pattern("(?(1)a|b)(a+)+x"));
  EXPECT_FALSE(is_slow_pattern("(?(1)a|b)(a)+x"));
}

// No published pattern needs so many steps: who uses them up hides something.
TEST(Pattern, WithoutSteps) {
  Steps few(200);
  EXPECT_FALSE(is_slow_pattern("a", few));
  EXPECT_TRUE(is_slow_pattern("(?:ab|c)+x", few));
  EXPECT_TRUE(is_slow_pattern("a", few));
  Steps enough(kPatternSteps);
  EXPECT_TRUE(is_slow_pattern("(aa?)+x", enough));
  EXPECT_FALSE(enough.gone());
  EXPECT_FALSE(is_slow_pattern("x{5000}(ab)+c", enough));
  EXPECT_TRUE(is_slow_pattern("x{5000}(aa?)+c", enough));
  EXPECT_FALSE(enough.gone());
  EXPECT_TRUE(is_slow_pattern("x{100000}", enough));
  EXPECT_TRUE(enough.gone());
}

TEST(Pattern, Whole) {
  for (const std::string_view pattern :
       {"a", "(a)", "(?<x>a)", "[(]", "[]a(]", R"(\()", "a(?#()b", "(?ix: a # (\n)", "(?x)(#(\n)"})
    EXPECT_TRUE(is_whole_pattern(pattern)) << pattern;
  for (const std::string_view pattern : {"(a", "a)", "(a))", "(?i)a(", "(?:a", ")("})
    EXPECT_FALSE(is_whole_pattern(pattern)) << pattern;
}

TEST(Pattern, Words) {
  for (const std::string_view pattern :
       {".+", "\\w+", "\\S", "\\d", "\\p{L}+", "\\P{Z}", "[a-z]", "[^ ]+", "[\\w-]", "no|never",
        "e", "\\x61", "\\u0061", "(?i)x", "(?i:x)", "\\D", "[\\p{L}]", "нет", "(.)\\1"})
    EXPECT_TRUE(matches_words(pattern)) << pattern;
  for (const std::string_view pattern :
       {"", " {2,}", "\\s+", "^▁+$", " +▁", "``|''", "\\s+(?=\\w)", "(?<!\\w)-", "\\p{Z}",
        "\\p{P}+", "[\\s\\-]", "(?i) ", "\\n", "\\b"})
    EXPECT_FALSE(matches_words(pattern)) << pattern;
  for (const std::string_view pattern : {".", "a|\\S+", "[\\p{L}]+|[^\\s\\p{L}]+"})
    EXPECT_TRUE(matches_anything(pattern)) << pattern;
  for (const std::string_view pattern : {"", "a+", "\\.", "[.]", "\\w"})
    EXPECT_FALSE(matches_anything(pattern)) << pattern;
}

TEST(TokenizerText, Letters) {
  for (const std::string_view text : {"a", "7", "é", "ж", "文", "▁x"})
    EXPECT_TRUE(holds_letter(text)) << text;
  for (const std::string_view text : {"", " ", "▁", "Ġ", "Ċ", "``", "、", "…", "（"})
    EXPECT_FALSE(holds_letter(text)) << text;
  EXPECT_TRUE(holds_words("да"));
  EXPECT_FALSE(holds_words("a b"));
  for (const std::string_view token : {"not", "refuse", "I cannot", "as an assistant"})
    EXPECT_TRUE(is_plain_word(token)) << token;
  for (const std::string_view token :
       {"", "a", "<s>", "[CLS]", "PAD", "pad", "sop", "en_XX", "eng_Latn", "__en__", "extra_id_0",
        "madeupword0000", "<|im start|>", "[INST] x", "| |"})
    EXPECT_FALSE(is_plain_word(token)) << token;
}

}  // namespace
}  // namespace gh::hub
