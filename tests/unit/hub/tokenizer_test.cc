#include "hub/tokenizer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "examined.h"
#include "hub/tokenizer_text.h"

namespace gh::hub {
namespace {

// A whole tokenizer.json around these parts.
std::string tokenizer(std::string_view vocab, std::string_view merges = "[]",
                      std::string_view added = "[]", std::string_view rest = "") {
  return fmt::format(
      R"({{"version": "1.0", "added_tokens": {}, {}"model": {{"type": "BPE", "vocab": {}, "merges": {}}}}})",
      added, rest, vocab, merges);
}

std::string of(const std::string& text) {
  return found("tokenizer.json", text);
}

constexpr std::string_view kVocab = R"({"a": 0, "b": 1, "ab": 2})";

TEST(Tokenizer, Vocabulary) {
  EXPECT_EQ(of(tokenizer(kVocab, R"(["a b"])")), "");
  EXPECT_EQ(of(tokenizer(kVocab, R"([["a", "b"]])")), "");
  EXPECT_EQ(of(tokenizer(R"({"a": 0, "b": 0})")), "TOK-101");
  EXPECT_EQ(of(tokenizer(R"({"a": -1})")), "TOK-102");
  EXPECT_EQ(of(tokenizer(R"({"a": 1.5})")), "TOK-102");
  EXPECT_EQ(of(tokenizer(R"({"a": "1"})")), "TOK-102");
  EXPECT_EQ(of(tokenizer(R"({"a": 99999999999})")), "TOK-102");
  EXPECT_EQ(of(tokenizer(R"({"a": 0, "a": 1})")), "CFG-201 CFG-301");
  EXPECT_EQ(of(tokenizer(kVocab, R"(["a c"])")), "TOK-105");
  EXPECT_EQ(of(tokenizer(R"({"a": 0, "b": 1})", R"(["a b"])")), "TOK-105");
  EXPECT_EQ(of(tokenizer(kVocab, R"(["ab"])")), "TOK-302");
  EXPECT_EQ(of(tokenizer(kVocab, R"([["a"]])")), "TOK-302");
  EXPECT_EQ(of(tokenizer("7")), "TOK-302");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 3, "content": "<s>"}])")), "");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 0, "content": "a"}])")), "");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 0, "content": "x"}])")), "TOK-103");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 3, "content": "a"}])")), "TOK-104");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 3}])")), "TOK-302");
  EXPECT_EQ(of(R"({"model": 1})"), "TOK-302");
  EXPECT_EQ(of(R"({"model": {"type": "Unigram", "vocab": [["a", -1.5], ["b", 0.0]]}})"), "");
  EXPECT_EQ(of(R"({"model": {"type": "Unigram", "vocab": [["a", -1.5], ["a", 0.0]]}})"), "TOK-111");
  EXPECT_EQ(of(R"({"model": {"type": "Unigram", "vocab": ["a"]}})"), "TOK-302");
  EXPECT_EQ(of(R"({"model": {"type": "Neural", "vocab": {"a": 0}}})"), "TOK-301");
}

TEST(Tokenizer, Steps) {
  const struct {
    std::string_view rest;
    std::string_view ids;
  } cases[] = {
      {R"("normalizer": null, "pre_tokenizer": null,)", ""},
      {R"("normalizer": {"type": "NFC"},)", ""},
      {R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},)",
       ""},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "``"}, "content": "\""},)", ""},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},)", ""},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": "\\s+\\p{L}"}, "content": " "},)",
       ""},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "deny"}, "content": "allow"},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": "no|never"}, "content": ""},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "."}, "content": "please"},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Prepend", "prepend": "obey"},)", "TOK-106"},
      {R"("decoder": {"type": "Replace", "pattern": {"String": "no"}, "content": "yes"},)",
       "TOK-106"},
      {R"("decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip"}]},)",
       ""},
      {R"("normalizer": {"type": "Precompiled", "precompiled_charsmap": "AA=="},)", "TOK-108"},
      {R"("normalizer": {"type": "Python"},)", "TOK-301"},
      {R"("normalizer": {},)", "TOK-301"},
      {R"("decoder": {"type": "NFC"},)", "TOK-301"},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\s+(?!\\S)|\\s+"}},)", ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}},)", "TOK-107"},
      {R"("post_processor": {"type": "TemplateProcessing", "special_tokens":
          {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}},)",
       ""},
      {R"("post_processor": {"type": "TemplateProcessing", "special_tokens":
          {"<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]}}},)",
       "TOK-110"},
      {R"("post_processor": {"type": "TemplateProcessing", "special_tokens":
          {"a": {"id": "a", "ids": [0], "tokens": ["a"]}}},)",
       "TOK-109"},
  };
  for (const auto& test : cases)
    EXPECT_EQ(of(tokenizer(kVocab, "[]", R"([{"id": 3, "content": "<s>"}])", test.rest)), test.ids)
        << test.rest;
}

TEST(Tokenizer, OtherFiles) {
  const Case cases[] = {
      {"vocab.json", R"({"a": 0, "b": 1})", ""},
      {"vocab.json", R"({"a": 0, "b": 0})", "TOK-101"},
      {"vocab.json", R"({"a": null})", "TOK-102"},
      {"added_tokens.json", R"({"<x>": 32000})", ""},
      {"vocab.txt", "[PAD]\n[UNK]\nthe\n", ""},
      {"vocab.txt", "the\nthe\n", "TOK-111"},
      {"merges.txt", "#version: 0.2\na b\nab c\n", ""},
      {"merges.txt", "a b c\n", "TOK-105"},
      {"merges.txt", "ab\n", "TOK-105"},
      {"tokenizer.model", "IQ== 0\nIg== 1\n", ""},
      {"tokenizer.model", "IQ== 0\nIg== 0\n", "TOK-101"},
      {"tokenizer.model", "IQ== 0\nIg== 1\nIw== 2\nJA== 3\nJQ== 4\nJg== 5\nJw== 6\nKA== 7\nKQ\n",
       "TOK-302"},
      {"tokenizer.model", "IQ== 9999999999\n", "TOK-102"},
      {"tokenizer_config.json", R"({"added_tokens_decoder": {"0": {"content": "<s>"}}})", ""},
      {"tokenizer_config.json",
       R"({"added_tokens_decoder": {"0": {"content": "a"}, "1": {"content": "a"}}})",
       "TOK-104 TOK-111"},
      {"tokenizer_config.json", R"({"added_tokens_decoder": {"x": {"content": "a"}}})", "TOK-102"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

// Pieces of a SentencePiece model, each a field 1 of the model.
std::string piece(std::string_view text, char type = 1) {
  std::string inner = "\x0a" + std::string(1, static_cast<char>(text.size())) + std::string(text);
  inner += std::string("\x15\0\0\0\0\x18", 6) + type;
  return "\x0a" + std::string(1, static_cast<char>(inner.size())) + inner;
}

TEST(Tokenizer, SentencePiece) {
  const std::string model = piece("<unk>", 2) + piece("<s>", 3) + piece("a");
  EXPECT_EQ(found("tokenizer.model", model), "");
  EXPECT_EQ(found("any", model), "");
  const auto out = examined("tokenizer.model", model);
  EXPECT_EQ(out.facts.highest_id, 2u);
  EXPECT_EQ(out.facts.base_tokens, 3u);
  EXPECT_EQ(out.facts.kind, DocumentKind::sentencepiece);
  EXPECT_EQ(found("tokenizer.model", model + piece("a")), "TOK-111");
  EXPECT_EQ(found("tokenizer.model", model + piece("<0x41>", 6)), "");
  EXPECT_EQ(found("tokenizer.model", model + piece("x", 6)), "TOK-102");
  EXPECT_EQ(found("tokenizer.model", model + std::string("\x1a\x03\x12\x01x")), "TOK-108");
  EXPECT_EQ(found("tokenizer.model", model + std::string("\x1a\x03\x32\x01x")), "TOK-106");
  EXPECT_EQ(found("tokenizer.model", model.substr(0, model.size() - 1)), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", std::string("\x00\x01\x02", 3)), "TOK-302");
  EXPECT_EQ(found("any", model.substr(0, model.size() - 1)), "unknown");
}

TEST(Tokenizer, Facts) {
  const auto out =
      examined("tokenizer.json", tokenizer(kVocab, "[]", R"([{"id": 9, "content": "<s>"}])"));
  EXPECT_EQ(out.facts.highest_id, 9u);
  EXPECT_EQ(out.facts.base_tokens, 3u);
  EXPECT_EQ(out.facts.kind, DocumentKind::tokenizer);
  EXPECT_EQ(out.kind, "tokenizer");
}

TEST(Tokenizer, LargeOnesAreReadWhole) {
  std::string vocab = "{";
  std::string merges = "[";
  for (int i = 0; i < 150'000; ++i) {
    vocab += fmt::format("{}\"t{}\": {}", i == 0 ? "" : ",", i, i);
    if (i % 2 == 1) merges += fmt::format("{}\"t t{}\"", merges.size() == 1 ? "" : ",", i);
  }
  vocab += ", \"t\": 150000}";
  merges += "]";
  // Every merge makes "tt…", which is no token: counted, not kept.
  const auto out = examined("tokenizer.json", tokenizer(vocab, merges));
  EXPECT_EQ(out.ids, "TOK-105");
  EXPECT_EQ(out.facts.highest_id, 150'000u);
}

TEST(TokenizerText, Repetitions) {
  for (const std::string_view pattern :
       {"(a+)+", "(a*)*", "(?:a+|b)+", "([a-z]+)*", "(x(a+)y)+", "(a{2,})+", "((a+))*", "(\\s+)+"})
    EXPECT_TRUE(repeats_repetition(pattern)) << pattern;
  for (const std::string_view pattern :
       {"",
        "a+",
        "(a+)",
        "(a+)?",
        "(a)+",
        "(ab)*",
        "[(a+)+]+",
        "\\(a+\\)+",
        "(a+){2}",
        "(a+)++",
        "(?i:'s|'t|'re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*",
        "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        " ?[^(\\s|[.,!?])]+",
        "(",
        ")",
        "[",
        "\\",
        "(?",
        "a{",
        "((("})
    EXPECT_FALSE(repeats_repetition(pattern)) << pattern;
}

}  // namespace
}  // namespace gh::hub
