#include "adapter/match.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::adapter {
namespace {

std::optional<bool> matches(std::string_view pattern, std::string_view name) {
  std::uint64_t steps = 1'000'000;
  return Expression(pattern).matches(name, steps);
}

TEST(AdapterMatch, WholeNames) {
  for (const auto& [pattern, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"q_proj", "q_proj"},
           {"", ""},
           {".*", "a.b"},
           {".*q_proj$", "model.q_proj"},
           {"^model\\..*", "model.x"},
           {R"(.*\.(q|k|v)_proj)", "a.k_proj"},
           {R"(model\.layers\.[0-3]\.(?:self_attn|mlp)\.\w+)", "model.layers.3.mlp.up_proj"},
           {R"((?P<a>x|y)+)", "xyxy"},
           {R"(a{2,3})", "aaa"},
           {R"(a{2})", "aa"},
           {R"((?i)Q_PROJ)", "q_proj"},
           {R"((?i:Q)_proj)", "q_proj"},
           {R"([^a-c]*)", "xyz"},
           {R"([a\-z]+)", "-"},
           {R"([]a]+)", "]a"},
           {R"(.*\bq_proj)", "x.q_proj"},
           {R"(\Amodel.*\Z)", "model.x"},
           {R"((?!vision).*q_proj)", "model.q_proj"},
           {R"(.*(?<=\.)q_proj)", "x.q_proj"},
           {R"(.*(?<!x)q_proj)", "y.q_proj"},
           {R"(x(?=\.q).*)", "x.q_proj"},
           {R"(\d+\.\D+)", "12.ab"},
           {R"(a*?b)", "aab"},
           {R"(ab?c)", "ac"},
           {R"(.*?(?:language|text).*?(?:attn|mlp).*?(?:q_proj|k_proj).*?)", "text.attn.q_proj"}}) {
    EXPECT_EQ(matches(pattern, name), std::optional(true)) << pattern << " " << name;
  }
}

TEST(AdapterMatch, WhatIsNot) {
  for (const auto& [pattern, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"q_proj", "x.q_proj"},
           {"q_proj", "q_proj2"},
           {"", "a"},
           {"Q_PROJ", "q_proj"},
           {R"((?i:x)Q)", "xq"},
           {"a{2,3}", "aaaa"},
           {"a{2}", "a"},
           {"a+", ""},
           {R"(a\.b)", "axb"},
           {R"([^a]b)", "ab"},
           {R"((?!vision).*)", "vision.q"},
           {R"(.*(?<!\.)q_proj)", "x.q_proj"},
           {R"(.*\bproj)", "q_proj"},
           {R"(.*\Bq_proj)", "x.q_proj"},
           {"a^b", "ab"},
           {"a$b", "ab"},
           {".", "\n"}}) {
    EXPECT_EQ(matches(pattern, name), std::optional(false)) << pattern << " " << name;
  }
}

TEST(AdapterMatch, WhatIsNotUnderstoodSaysNothing) {
  for (const char* const pattern :
       {"(a", "a)", "[a", "(a+)+b", R"((a)\1)", "(?P=x)", "*a", "a**", R"(\q)", "(?#x)", "a++b",
        "(?x)a", "\xc3\xa9", "a{5", "a{1001}"}) {
    EXPECT_EQ(matches(pattern, "aaaa"), std::nullopt) << pattern;
  }
  EXPECT_EQ(matches("a", "\xc3\xa9"), std::nullopt);
  EXPECT_EQ(matches(".*", std::string(5000, 'a')), std::nullopt);
}

TEST(AdapterMatch, StepsRunOut) {
  std::uint64_t steps = 100;
  const Expression expression(".*a.*b.*c");
  EXPECT_EQ(expression.matches(std::string(90, 'a'), steps), std::nullopt);
  steps = 1'000'000;
  EXPECT_EQ(expression.matches(std::string(90, 'a'), steps), std::optional(false));
  EXPECT_LT(steps, 1'000'000U);
}

}  // namespace
}  // namespace gh::adapter
