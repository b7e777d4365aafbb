#include "adapter/pattern.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::adapter {
namespace {

TEST(AdapterPatterns, OrdinaryOnes) {
  for (const char* const plain : {"q_proj", "model.layers.0.self_attn.q_proj", "all-linear"}) {
    EXPECT_EQ(judge_pattern(plain), Pattern::plain) << plain;
  }
  for (
      const char* const bounded :
      {R"(.*\.(q_proj|k_proj)$)", R"(^model\.layers\.(?:[0-9]|1[0-5])\.mlp\.up_proj$)",
       R"(.*q_proj)",
       // Unsloth
       R"((?:.*?(?:language|text).*?(?:self_attn|mlp).*?(?:q_proj|k_proj).*?)|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:q_proj)))",
       // LLaMA-Factory
       R"(^(?!.*patch_embed).*(?:gate_proj|k_proj|fc2|o_proj|fc1|proj|down_proj|qkv|q_proj).*)",
       R"(^(?!.*(?:visual|merger)).*(?:q_proj|v_proj)$)",
       // ms-swift
       R"(^(model)(?!.*(lm_head|output|emb|wte|shared)).*)",
       R"(^(language_model|model)(?=\.)(?!.*merger).*\.(q_proj|k_proj|v_proj)$)",
       R"(^(model\.language_model(?=\.).*\.(q_proj|up_proj)|model\.visual(?=\.)(?!(x|y)).*\.(qkv))$)",
       R"(a?b+c*)", R"((a|b)?c)", R"([^.]+)", R"((?i)Q_PROJ)", R"((?P<layer>\d+)\.q)",
       R"((?:model\.)*q)", R"((\w+\.)*q_proj)", R"((?:\.[a-z]+)+)", R"((?:a|b)+)", R"((ab){3})",
       R"((?i:(?:ka|kb)+)\.q_proj)", R"((?i)(?:Q|K|V)_PROJ)", "(?:\u00e9a|b)+", R"((?:ka|va)+x)",
       R"((?<!vision)\.q_proj)", R"(x{2,4})", "(a?)*", "(?:)*", "(a|ab)*c", "(?i:(ab|aBc)+)x",
       "(?i:([^\u00e9]|\u00c9)+)x", "(?!.*.*.*.*.*)b", ".*.*.*(?=.*.*)b", "(.|.)(.|.)(.|.)(.|.)",
       ".?.?.?.?.?.?.?.?.?", "(.?){9}", R"((?:\w{1,9}\.){3}q_proj)", R"(layers\.\d{1,3}\.\w{1,9})",
       R"([\w.]{1,9}[\w.]{1,9}x)", R"([]x-]+\.[\w.]*)", R"((?:q|qk|qkv)_proj)"}) {
    EXPECT_EQ(judge_pattern(bounded), Pattern::bounded) << bounded;
  }
}

// As they are made of the names of all modules.
TEST(AdapterPatterns, ListsOfNames) {
  std::string names;
  for (int layer = 0; names.size() < 4000; ++layer)
    names += fmt::format("{}model.layers.{}.self_attn.q_proj", names.empty() ? "" : "|", layer);
  EXPECT_EQ(judge_pattern(".*(?:" + names + ")\\.base"), Pattern::bounded);
  EXPECT_EQ(judge_pattern("^(" + names + ")$"), Pattern::bounded);
}

TEST(AdapterPatterns, ThatTakeVeryLong) {
  for (const char* const risky : {"(a+)+$",
                                  "(a*)*",
                                  "(a|a)*",
                                  "(.*a){9}",
                                  "(.*)*q",
                                  ".*.*.*.*.*",
                                  R"((\w+_)*x)",
                                  R"(([\w.]+\.)*x)",
                                  "(?=(a+)+$)b",
                                  "(a+|b)*",
                                  "(?i:A+a)+",
                                  "([^.]+x)*",
                                  "(a{1,9})*",
                                  R"((?i:(ka|KA)+)x\.q_proj)",
                                  "(?i)(ka|kA)+x",
                                  "(?i:(\u017fa|sa)+)x",
                                  "(?i:(sa|\u017fa)+)x",
                                  "(?i:(a\u212a|ak)+)x",
                                  "(?i:(\u00e9a|\u00c9a)+)x",
                                  "(?i:(\u0131b|ib)+)x",
                                  "((a|b)+)+",
                                  "(.?){9}(.?){9}(.?){9}"}) {
    EXPECT_EQ(judge_pattern(risky), Pattern::risky) << risky;
  }
  const auto times = [](int count, const std::string& part) {
    std::string all;
    for (int i = 0; i < count; ++i) all += part;
    return all + "!";
  };
  for (const char* const part :
       {"(.|.)", ".?", R"([\w.]{1,9})", "(aa|aa|ab)", "(?:ab?)?", "(?:ab){0,2}"})
    EXPECT_EQ(judge_pattern(times(24, part)), Pattern::risky) << part;
}

TEST(AdapterPatterns, ThatAreNotUnderstood) {
  for (const char* const odd : {"(?P<n>a)(?P=n)",
                                R"((a)\1)",
                                "a**",
                                "*a",
                                "(a",
                                "a)",
                                "[a",
                                "a\\",
                                "[[:alpha:]]+",
                                "a{1,2",
                                "a{x}",
                                "a{,2}",
                                "a{99999999}",
                                "(?x) a",
                                "(?(1)a|b)",
                                "(?R)",
                                "[\\",
                                "[a-\\d]",
                                "a\x01",
                                "(?P<n",
                                "(?<n>a)",
                                "a???",
                                "\\p{L}+"}) {
    EXPECT_EQ(judge_pattern(odd), Pattern::risky) << odd;
  }
  EXPECT_EQ(judge_pattern(std::string(5000, 'a')), Pattern::risky);
  EXPECT_EQ(judge_pattern(std::string(4000, '(')), Pattern::risky);
  EXPECT_EQ(judge_pattern(std::string(30, '(') + "a" + std::string(30, ')')), Pattern::bounded);
}

}  // namespace
}  // namespace gh::adapter
