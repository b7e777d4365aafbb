#include "jinja/lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::jinja {
namespace {

// The texts of all tokens, delimiters included, joined by a bar.
std::string lexed(std::string_view text) {
  const auto tokens = lex(text);
  if (!tokens) return "refused: " + tokens.error().message;
  std::string out;
  for (const Token& token : *tokens) {
    if (token.kind == TokenKind::end) break;
    if (!out.empty()) out += '|';
    out += token.text;
  }
  return out;
}

TEST(Lexer, Tokens) {
  const struct {
    std::string_view text;
    std::string_view tokens;
  } cases[] = {
      {"", ""},
      {"plain { text } % #", "plain { text } % #"},
      {"a{{ b }}c", "a|{{|b|}}|c"},
      {"{{- b -}}", "{{|b|-}}"},
      {"{%- if a +%}", "{%|if|a|+%}"},
      {"{{ {} }}", "{{|{|}|}}"},
      {"{{ {'a': {}}}}", "{{|{|'a'|:|{|}|}|}}"},
      {"{{ a }}}", "{{|a|}}|}"},
      {"a{# {{ b }} #}c", "a|c"},
      {"{#- -#}c", "c"},
      {"{#", ""},
      {"{% raw %}{{ a }}{% endraw %}b", "{{ a }}|b"},
      {"{%- raw -%} {% x %} {%- endraw +%}", " {% x %} "},
      {"{% raw %}", ""},
      {"{% rawx %}", "{%|rawx|%}"},
      {"{{ 1 1_0 0x1F 0b1_0 0o7 00 }}", "{{|1|1_0|0x1F|0b1_0|0o7|00|}}"},
      {"{{ 1.5 1e5 1.5e-3 1_0.2 }}", "{{|1.5|1e5|1.5e-3|1_0.2|}}"},
      {"{{ a.1.5 }}", "{{|a|.|1|.|5|}}"},
      {"{{ 1.x 07 1__0 }}", "{{|1|.|x|0|7|1|__0|}}"},
      {"{{ 'a\\'b' \"c\" }}", "{{|'a\\'b'|\"c\"|}}"},
      {"{{ '}}' }}", "{{|'}}'|}}"},
      {"{{ a//b**c==d!=e>=f<=g }}", "{{|a|//|b|**|c|==|d|!=|e|>=|f|<=|g|}}"},
      {"{{\xc2\xa0"
       "a\xe3\x80\x80}}",
       "{{|a|}}"},
      {"{{ \xc3\xa9t\xc3\xa9 }}", "{{|\xc3\xa9t\xc3\xa9|}}"},
  };
  for (const auto& test : cases) EXPECT_EQ(lexed(test.text), test.tokens) << test.text;
}

TEST(Lexer, Refusals) {
  for (const std::string_view text :
       {"{{ a",        "{{ a }",    "{{",         "{% if",
        "{# a",        "{# a #",    "{% raw %}a", "{% raw %}{% endraw",
        "{{ 'a }}",    "{{ \"a }}", "{{ 'a\\'}}", "{{ a! }}",
        "{{ a ? b }}", "{{ @ }}",   "{{ a $ }}",  "{{ ) }}",
        "{{ (] }}",    "{{ [} }}",  "{{ (a }}",   "{{ & }}",
        "{{ ` }}",     "{% a }}",   "{{ a %}"})
    EXPECT_FALSE(lex(text)) << text;
}

TEST(Lexer, Positions) {
  const auto tokens = lex("a\nbc{{ d\n  ~ e }}");
  ASSERT_TRUE(tokens);
  const Token& tilde = tokens->at(3);
  EXPECT_EQ(tilde.text, "~");
  EXPECT_EQ(tilde.at.line, 3u);
  EXPECT_EQ(tilde.at.column, 3u);
}

TEST(Lexer, TooManyTokens) {
  std::string text = "{{ ";
  for (std::size_t i = 0; i < kMostTokens; ++i) text += "a ";
  const auto tokens = lex(text + "}}");
  ASSERT_FALSE(tokens);
  EXPECT_TRUE(tokens.error().limit);
}

TEST(Lexer, LineEnds) {
  EXPECT_EQ(normalized("a\r\nb\rc\n"), "a\nb\nc");
  EXPECT_EQ(normalized("a\n\n"), "a\n");
  EXPECT_EQ(normalized("\r"), "");
  EXPECT_EQ(normalized(""), "");
}

TEST(Lexer, Escapes) {
  const struct {
    std::string_view text;
    std::string_view value;
  } cases[] = {
      {R"('a')", "a"},
      {R"('\n\t\\\'\"')", "\n\t\\'\""},
      {R"('\x5f\x5f')", "__"},
      {R"('\u005f')", "_"},
      {R"('\U0000005f')", "_"},
      {R"('\137\1378')", "__8"},
      {R"('\q\d')", "\\q\\d"},
      {"'a\\\nb'", "ab"},
      {R"('\xe9')", "\xc3\xa9"},
      {R"('\u4f60')", "\xe4\xbd\xa0"},
      {R"('\N{LOW LINE}\N{low line}a')", "__a"},
      {R"('\N{Latin Small Letter i}\N{LATIN CAPITAL LETTER X}\N{DIGIT NINE}')", "iX9"},
      {R"('\N{ZERO WIDTH SPACE}')", "\xe2\x80\x8b"},
      {"'\\\xc3\xa9x'", "\\xe9x"},  // as Jinja has it
      {"'\\\xe4\xbd\xa0'", "\\u4f60"},
      {"'\\\xf0\x9f\x98\x80'", "\\U0001f600"},
  };
  for (const auto& test : cases) {
    const auto value = unescape(test.text);
    ASSERT_TRUE(value) << test.text;
    EXPECT_EQ(*value, test.value) << test.text;
  }
  for (const std::string_view text :
       {R"('\x5')", R"('\x')", R"('\u005')", R"('\U0000005')", R"('\U00110000')", R"('\N{DOT}')",
        R"('\N')", R"('\N{LOW LINE')", R"('\N{LOW_LINE}')", R"('\N{DIGIT ')", R"('\xg0')"})
    EXPECT_FALSE(unescape(text)) << text;
}

}  // namespace
}  // namespace gh::jinja
