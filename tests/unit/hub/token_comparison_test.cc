#include "hub/token_comparison.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gh::hub {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

std::vector<TokenFile> token_files(const Files& files) {
  std::vector<TokenFile> out;
  for (const auto& [name, bytes] : files)
    if (auto file = read_token_file(name, bytes)) out.push_back(std::move(*file));
  return out;
}

// "TOK-204 message" of each finding, joined by a line's end.
std::string said(const findings::Examination& examination) {
  std::string out;
  for (const findings::Finding& finding : examination.findings())
    out += (out.empty() ? "" : "\n") + std::string(finding.rule->id) + " " + finding.message;
  return out;
}

std::string compared(const Files& files) {
  findings::Examination examination(0);
  compare_token_files(token_files(files), examination);
  return said(examination);
}

std::string against_base(const Files& files, const Files& base) {
  findings::Examination examination(0);
  compare_with_base(token_files(files), token_files(base), examination);
  return said(examination);
}

constexpr const char* kTokenizer = R"({"model": {"vocab": {"a": 0, "b": 1, "<unk>": 2}},
  "added_tokens": [{"id": 2, "content": "<unk>", "special": true},
                   {"id": 3, "content": "x", "special": false}]})";

std::string decoder(const std::string& tokens) {
  return R"({"added_tokens_decoder": {)" + tokens + "}}";
}

TEST(TokenFiles, ThatSayTheSame) {
  EXPECT_EQ(compared({}), "");
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer}}), "");
  EXPECT_EQ(
      compared({{"added_tokens.json", R"({"x": 3})"},
                {"special_tokens_map.json", R"({"unk_token": "<unk>"})"},
                {"tokenizer.json", kTokenizer},
                {"tokenizer_config.json", decoder(R"("2": {"content": "<unk>", "special": true},
                                  "3": {"content": "x", "special": false, "rstrip": true})")},
                {"vocab.json", R"({"a": 0, "b": 1, "<unk>": 2})"},
                {"vocab.txt", "a\nb\n<unk>\n"}}),
      "");
}

TEST(TokenFiles, WhatOneFileLacksContradictsNothing) {
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer}, {"added_tokens.json", R"({"<pad>": 4})"}}),
            "");
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer}, {"vocab.json", R"({"a": 0})"}}), "");
  EXPECT_EQ(compared({{"tokenizer_config.json", decoder(R"("9": {"content": "y"})")},
                      {"added_tokens.json", R"({"z": 8})"}}),
            "");
}

TEST(TokenFiles, NamedAsSpecialAndOrdinary) {
  // "x" is ordinary in kTokenizer.
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer},
                      {"tokenizer_config.json", R"({"eos_token": "x"})"}}),
            "TOK-210 eos_token of tokenizer_config.json is \"x\"");
  for (const std::string key : {"sep_token", "cls_token", "mask_token"})
    EXPECT_EQ(
        compared({{"special_tokens_map.json", R"({")" + key + R"(": {"content": "x"}})"},
                  {"tokenizer.json", kTokenizer}}),
        "TOK-205 \"x\" is " + key + " of special_tokens_map.json and ordinary in tokenizer.json");
  for (const std::string key : {"additional_special_tokens", "extra_special_tokens"})
    EXPECT_EQ(
        compared({{"special_tokens_map.json", R"({")" + key + R"(": ["x", "<unk>", "x"]})"},
                  {"tokenizer.json", kTokenizer},
                  {"tokenizer_config.json", R"({")" + key + R"(": [{"content": "x"}]})"}}),
        "TOK-205 \"x\" is " + key + " of special_tokens_map.json and ordinary in tokenizer.json")
        << "once";
  EXPECT_EQ(
      compared(
          {{"tokenizer.json", kTokenizer},
           {"tokenizer_config.json",
            R"({"sep_token": "x", "added_tokens_decoder": {"3": {"content": "x", "special": true}}})"}}),
      "TOK-205 \"x\" is special in tokenizer_config.json and ordinary in tokenizer.json")
      << "once";
  for (const std::string settings :
       {R"({"unk_token": "<unk>"})", R"({"sep_token": "a"})", R"({"sep_token": "none"})",
        R"({"image_token": "x"})", R"({"extra_special_tokens": {"image_token": "x"}})",
        R"({"sep_token": null, "mask_token": 3, "additional_special_tokens": [null, 1]})"})
    EXPECT_EQ(compared({{"tokenizer.json", kTokenizer}, {"tokenizer_config.json", settings}}), "")
        << settings;
}

TEST(TokenFiles, AMarkNamedAsSpecialAndOrdinary) {
  const std::string flipped = R"({"model": {"vocab": {"a": 0}},
    "added_tokens": [{"id": 1, "content": "<|im_end|>", "special": false}]})";
  EXPECT_EQ(compared({{"tokenizer.json", flipped},
                      {"tokenizer_config.json", R"({"eos_token": "<|im_end|>"})"}}),
            "TOK-205 \"<|im_end|>\" is eos_token of tokenizer_config.json and ordinary in "
            "tokenizer.json");
}

TEST(TokenFiles, OneTokenWithTwoIds) {
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer},
                      {"tokenizer_config.json", decoder(R"("9": {"content": "a"})")}}),
            "TOK-204 \"a\" is 0 in tokenizer.json and 9 in tokenizer_config.json");
  EXPECT_EQ(compared({{"added_tokens.json", R"({"x": 7})"}, {"tokenizer.json", kTokenizer}}),
            "TOK-204 \"x\" is 7 in added_tokens.json and 3 in tokenizer.json");
  EXPECT_EQ(compared({{"added_tokens.json", R"({"a": 1})"}, {"vocab.txt", "a\n"}}),
            "TOK-204 \"a\" is 1 in added_tokens.json and 0 in vocab.txt");
}

TEST(TokenFiles, OneIdWithTwoTokens) {
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer},
                      {"tokenizer_config.json", decoder(R"("1": {"content": "<s>"})")}}),
            "TOK-204 1 is \"b\" in tokenizer.json and \"<s>\" in tokenizer_config.json");
  EXPECT_EQ(compared({{"added_tokens.json", R"({"y": 3})"}, {"tokenizer.json", kTokenizer}}),
            "TOK-204 3 is \"y\" in added_tokens.json and \"x\" in tokenizer.json");
}

TEST(TokenFiles, ThatAreTurnedAsAWhole) {
  const std::string all =
      compared({{"tokenizer.json", kTokenizer}, {"vocab.json", R"({"b": 0, "a": 1, "<unk>": 2})"}});
  EXPECT_EQ(all,
            "TOK-204 \"b\" is 1 in tokenizer.json and 0 in vocab.json\n"
            "TOK-204 \"a\" is 0 in tokenizer.json and 1 in vocab.json");
}

TEST(TokenFiles, WhatOneFileContradictsInItselfIsSaidThere) {
  EXPECT_EQ(compared({{"added_tokens.json", R"({"a": 1, "b": 1})"}}), "");
  EXPECT_EQ(compared({{"vocab.txt", "a\na\n"}}), "");
}

TEST(TokenFiles, SpecialInOneOnly) {
  EXPECT_EQ(
      compared({{"tokenizer.json", kTokenizer},
                {"tokenizer_config.json", decoder(R"("3": {"content": "x", "special": true})")}}),
      "TOK-205 \"x\" is special in tokenizer_config.json and ordinary in tokenizer.json");
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer},
                      {"tokenizer_config.json",
                       decoder(R"("2": {"content": "<unk>", "special": false})")}}),
            "TOK-205 \"<unk>\" is special in tokenizer.json and ordinary in tokenizer_config.json");
  EXPECT_EQ(compared({{"tokenizer.json", kTokenizer},
                      {"tokenizer_config.json", decoder(R"("3": {"content": "x"})")}}),
            "");
}

TEST(TokenFiles, NamesThatNoFileHas) {
  const auto named = [](const std::string& names, const Files& more) {
    Files files = more;
    files.emplace_back("special_tokens_map.json", names);
    return compared(files);
  };
  EXPECT_EQ(
      named(R"({"pad_token": "[PAD]", "unk_token": "<unk>"})", {{"tokenizer.json", kTokenizer}}),
      "TOK-206 pad_token of special_tokens_map.json is \"[PAD]\"");
  EXPECT_EQ(named(R"({"pad_token": {"content": "[PAD]"}})",
                  {{"tokenizer.json", kTokenizer}, {"added_tokens.json", R"({"[PAD]": 4})"}}),
            "");
  EXPECT_EQ(named(R"({"mask_token": "[MASK]"})", {{"tokenizer.json", kTokenizer}}), "");
  // The vocabulary may be in Python code, or behind an offset.
  EXPECT_EQ(named(R"({"pad_token": "[PAD]"})", {{"vocab.json", R"({"a": 0})"}}), "");
  EXPECT_EQ(named(R"({"pad_token": "[PAD]"})", {{"tokenizer.json", R"({"model": {}})"}}), "");
}

TEST(TokenFiles, OrdinaryTokensThatEndTexts) {
  const auto named = [](const std::string& names, const std::string& more = "{}") {
    return compared({{"added_tokens.json", more},
                     {"special_tokens_map.json", names},
                     {"tokenizer.json", R"({"model": {"vocab": {"a": 0, "!": 1, "</s>": 2}},
                        "added_tokens": [{"id": 3, "content": "end", "special": true},
                                         {"id": 4, "content": "ord", "special": false}]})"}});
  };
  EXPECT_EQ(named(R"({"eos_token": "a"})"),
            "TOK-210 eos_token of special_tokens_map.json is \"a\"");
  EXPECT_EQ(named(R"({"bos_token": {"content": "a"}})"),
            "TOK-210 bos_token of special_tokens_map.json is \"a\"");
  EXPECT_EQ(named(R"({"pad_token": "ord"})"),
            "TOK-210 pad_token of special_tokens_map.json is \"ord\"");
  for (const std::string_view text : {"!", "</s>", "end"})
    EXPECT_EQ(named(R"({"eos_token": ")" + std::string(text) + R"("})"), "") << text;
  EXPECT_EQ(named(R"({"unk_token": "a", "sep_token": "a"})"), "");
}

TEST(TokenFiles, OtherNamesInAnotherFile) {
  const auto both = [](const std::string& config, const std::string& map) {
    return compared({{"tokenizer_config.json", config}, {"special_tokens_map.json", map}});
  };
  EXPECT_EQ(both(R"({"eos_token": "</s>"})", R"({"eos_token": "<|end|>"})"),
            "TOK-211 eos_token is \"</s>\" in tokenizer_config.json and \"<|end|>\" in "
            "special_tokens_map.json");
  EXPECT_EQ(both(R"({"eos_token": "</s>"})", R"({"eos_token": {"content": "</s>"}})"), "");
  EXPECT_EQ(both(R"({"eos_token": "</s>"})", R"({"pad_token": "<p>"})"), "");
  EXPECT_EQ(both(R"({"eos_token": "</s>"})", R"({"eos_token": null})"), "");
  EXPECT_EQ(both(R"({"sep_token": "a"})", R"({"sep_token": "b"})"), "");
}

constexpr const char* kPieceAb = "\x0a\x03\x0a\x01\x61\x0a\x03\x0a\x01\x62";
constexpr const char* kPieceBa = "\x0a\x03\x0a\x01\x62\x0a\x03\x0a\x01\x61";

TEST(TokenFiles, PositionsCompareWithPositionsOnly) {
  const std::string ids = R"({"a": 5, "b": 6, "<pad>": 0})";
  EXPECT_EQ(compared({{"vocab.json", ids}, {"tokenizer.model", kPieceAb}}), "");
  EXPECT_EQ(against_base({{"tokenizer.model", kPieceAb}}, {{"tokenizer.model", kPieceAb}}), "");
  EXPECT_EQ(against_base({{"tokenizer.model", kPieceBa}}, {{"tokenizer.model", kPieceAb}}),
            "TOK-207 \"b\" is 0 in tokenizer.model and 1 in the base's tokenizer.model\n"
            "TOK-207 \"a\" is 1 in tokenizer.model and 0 in the base's tokenizer.model");
  EXPECT_EQ(against_base({{"vocab.json", ids}}, {{"tokenizer.model", kPieceAb}}),
            "TOK-209 vocab.json: the base has none of its form that can be read");
}

TEST(TokensOfABase, AreSpecialThereOrHere) {
  const std::string shown = R"({"model": {"vocab": {"a": 0, "b": 1, "<unk>": 2}},
    "added_tokens": [{"id": 2, "content": "<unk>", "special": false},
                     {"id": 3, "content": "x", "special": false}]})";
  const Files base = {{"tokenizer.json", kTokenizer}};
  const std::string expected =
      "TOK-205 \"<unk>\" is special in the base's tokenizer.json and ordinary in tokenizer.json";
  EXPECT_EQ(against_base({{"tokenizer.json", shown}}, base), expected);
  EXPECT_EQ(against_base({{"tokenizer.json", shown},
                          {"tokenizer_config.json",
                           decoder(R"("2": {"content": "<unk>", "special": false})")}},
                         base),
            expected)
      << "once";
  EXPECT_EQ(
      against_base(
          {{"tokenizer_config.json", decoder(R"("3": {"content": "x", "special": true})")}}, base),
      "TOK-205 \"x\" is special in tokenizer_config.json and ordinary in the base's "
      "tokenizer.json");
  EXPECT_EQ(against_base({{"added_tokens.json", R"({"x": 3})"}}, base), "");
  EXPECT_EQ(against_base({{"tokenizer_config.json", decoder(R"("3": {"content": "x"})")}}, base),
            "");
}

TEST(TokensOfABase, AreTheSameOrNot) {
  const Files base = {{"tokenizer.json", kTokenizer}, {"added_tokens.json", R"({"y": 9})"}};
  EXPECT_EQ(against_base({}, base), "");
  EXPECT_EQ(against_base({{"special_tokens_map.json", R"({"pad_token": "q"})"}}, base), "");
  EXPECT_EQ(against_base(base, base), "");
  EXPECT_EQ(against_base({{"vocab.json", R"({"a": 0})"}}, base), "");
  EXPECT_EQ(against_base({{"added_tokens.json", R"({"y": 10})"}}, base),
            "TOK-207 \"y\" is 10 in added_tokens.json and 9 in the base's added_tokens.json");
  EXPECT_EQ(against_base({{"tokenizer_config.json", decoder(R"("3": {"content": "<s>"})")}}, base),
            "TOK-207 3 is \"<s>\" in tokenizer_config.json and \"x\" in the base's tokenizer.json");
  EXPECT_EQ(against_base({{"added_tokens.json", R"({"<p>": 20, "<q>": 21})"},
                          {"tokenizer_config.json", decoder(R"("20": {"content": "<p>"})")}},
                         base),
            "TOK-208 2 tokens, the first of them \"<p>\"");
  EXPECT_EQ(against_base({{"vocab.json", R"({"a": 0})"}}, {}),
            "TOK-209 vocab.json: the base has none of its form that can be read");
}

TEST(TokensOfABase, AreQuotedSafely) {
  EXPECT_EQ(against_base({{"vocab.json", R"({"\u001b[31m": 0})"}}, {{"vocab.json", R"({"a": 0})"}}),
            "TOK-207 0 is \"\\x1b[31m\" in vocab.json and \"a\" in the base's vocab.json");
}

}  // namespace
}  // namespace gh::hub
