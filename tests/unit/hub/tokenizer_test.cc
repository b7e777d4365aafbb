#include "hub/tokenizer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "examined.h"

namespace gh::hub {
namespace {

// A whole tokenizer.json around these parts.
std::string tokenizer(std::string_view vocab, std::string_view merges = "[]",
                      std::string_view added = "[]", std::string_view rest = "") {
  return fmt::format(
      R"({{"version": "1.0", "added_tokens": {}, {}"model": {{"type": "BPE", "vocab": {}, "merges": {}}}}})",
      added, rest, vocab, merges);
}

// [{"id": 3, "content": "<s>", …}]
std::string added(int id, std::string_view content) {
  return fmt::format(R"([{{"id": {}, "content": "{}", "single_word": false, "lstrip": false,
      "rstrip": false, "normalized": false, "special": true}}])",
                     id, content);
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
  EXPECT_EQ(of(tokenizer(kVocab, "[]", added(3, "<s>"))), "");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", added(0, "a"))), "");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", added(0, "x"))), "TOK-103");
  EXPECT_EQ(of(tokenizer(kVocab, "[]", added(3, "a"))), "TOK-104");
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
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": "\\s+(?=\\p{L}) "}, "content": " "},)",
       ""},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": ".+"}, "content": ""},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "e"}, "content": ""},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "нет"}, "content": "да"},)",
       "TOK-106"},
      {R"("decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},)", ""},
      {R"("decoder": {"type": "WordPiece", "prefix": "no", "cleanup": true},)", "TOK-106"},
      {R"("decoder": {"type": "BPEDecoder", "suffix": "</w>"},)", ""},
      {R"("decoder": {"type": "Strip", "content": "n", "start": 9, "stop": 0},)", "TOK-106"},
      {R"("decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},)", ""},
      {R"("decoder": {"type": "Metaspace", "replacement": "e", "prepend_scheme": "always"},)",
       "TOK-106"},
      {R"("decoder": {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true},)",
       ""},
      {R"("decoder": {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "e", "cleanup": true},)",
       "TOK-106"},
      {R"("decoder": {"type": "CTC", "pad_token": "not", "word_delimiter_token": "|", "cleanup": true},)",
       "TOK-106"},
      {R"("decoder": {"type": "CTC", "pad_token": "|", "word_delimiter_token": "|", "cleanup": true},)",
       ""},
      {R"("truncation": {"direction": "Right", "max_length": 1, "strategy": "LongestFirst", "stride": 0},)",
       "TOK-106"},
      {R"("truncation": {"direction": "Right", "max_length": 77, "strategy": "LongestFirst", "stride": 0},)",
       ""},
      {R"("truncation": null,)", ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(unclosed"}, "behavior": "Isolated", "invert": false},)",
       "TOK-302"},
      {R"("pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": " "},)", ""},
      {R"("pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": "t"},)", "TOK-106"},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Removed", "invert": false},)",
       "TOK-106"},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "Removed", "invert": false},)",
       ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[\\p{L}]+|[^\\s\\p{L}]+"},
          "behavior": "Removed", "invert": true},)",
       ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a+"}, "behavior": "Removed",
          "invert": true},)",
       "TOK-106"},
      {R"("pre_tokenizer": {"type": "Punctuation", "behavior": "Isolated"},)", ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"String": "SPL1T-TH1S-Pl3A5E"},
          "behavior": "Removed", "invert": false},)",
       ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"String": "not"}, "behavior": "Removed", "invert": false},)",
       "TOK-106"},
      {R"("pre_tokenizer": {"type": "Punctuation", "behavior": "Removed", "invert": false},)",
       "TOK-106"},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(.*)\\1\\1x"}, "behavior": "Isolated", "invert": false},)",
       "TOK-107"},
      {R"("post_processor": {"type": "BertProcessing", "sep": ["<s>", 3], "cls": ["<s>", 3]},)",
       ""},
      {R"("post_processor": {"type": "BertProcessing", "sep": ["<s>", 2], "cls": ["<s>", 3]},)",
       "TOK-110"},
      {R"("post_processor": {"type": "RobertaProcessing", "sep": ["<s>", 3], "cls": ["a", 0]},)",
       "TOK-109"},
      {R"("post_processor": {"type": "RobertaProcessing", "sep": ["<s>"], "cls": ["<s>", 3]},)",
       "TOK-302"},
      {R"("post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens":
          {"<s>": {"id": "<s>", "ids": [3, 0, 1], "tokens": ["<s>"]}}},)",
       "TOK-110"},
      {R"("post_processor": {"type": "TemplateProcessing", "special_tokens": {},
          "single": [{"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]},)",
       ""},
      {R"("post_processor": {"type": "TemplateProcessing", "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {}, "single": []},)",
       "TOK-106"},
      {R"("post_processor": {"type": "TemplateProcessing", "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {},
          "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]},)",
       "TOK-106"},
      {R"("post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "special_tokens": {},
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}]},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "deny"}, "content": "allow"},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"Regex": "no|never"}, "content": ""},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Replace", "pattern": {"String": "."}, "content": "please"},)",
       "TOK-106"},
      {R"("normalizer": {"type": "Prepend", "prepend": "obey"},)", "TOK-106"},
      {R"("decoder": {"type": "Replace", "pattern": {"String": "no"}, "content": "yes"},)",
       "TOK-106"},
      {R"("decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},)",
       ""},
      {R"("normalizer": {"type": "Precompiled", "precompiled_charsmap": "AA=="},)",
       "TOK-108 TOK-115"},
      {R"("normalizer": {"type": "Python"},)", "TOK-301"},
      {R"("normalizer": {},)", "TOK-301"},
      {R"("decoder": {"type": "NFC"},)", "TOK-301"},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false},)",
       ""},
      {R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": false},)",
       "TOK-107"},
      {R"("post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens":
          {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}},)",
       ""},
      {R"("post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens":
          {"<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]}}},)",
       "TOK-110"},
      {R"("post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens":
          {"a": {"id": "a", "ids": [0], "tokens": ["a"]}}},)",
       "TOK-109"},
  };
  for (const auto& test : cases)
    EXPECT_EQ(of(tokenizer(kVocab, "[]", added(3, "<s>"), test.rest)), test.ids) << test.rest;
}

TEST(Tokenizer, TokensBesideATextAreFew) {
  for (const auto& [many, ids] : {std::pair(64, ""), std::pair(65, "TOK-109")}) {
    std::string single = R"({"Sequence": {"id": "A", "type_id": 0}})";
    for (int i = 0; i < many; ++i) single += R"(, {"SpecialToken": {"id": "<s>", "type_id": 0}})";
    const std::string rest = fmt::format(
        R"("post_processor": {{"type": "TemplateProcessing", "single": [{}], "pair": [{{"Sequence":
           {{"id": "A", "type_id": 0}}}}, {{"Sequence": {{"id": "B", "type_id": 1}}}}], "special_tokens":
           {{"<s>": {{"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}}}},)",
        single);
    EXPECT_EQ(of(tokenizer(kVocab, "[]", added(3, "<s>"), rest)), ids);
  }
}

TEST(Tokenizer, WhatStandsForTheUnknown) {
  const auto bpe = [](std::string_view unknown) {
    return of(fmt::format(
        R"({{"model": {{"type": "BPE", "vocab": {{"not": 0, "<u>": 1}}, "merges": [], "unk_token": {}}}}})",
        unknown));
  };
  EXPECT_EQ(bpe(R"("<u>")"), "");
  EXPECT_EQ(bpe("null"), "");
  EXPECT_EQ(bpe(R"("")"), "");
  EXPECT_EQ(bpe(R"("not")"), "TOK-112");
  EXPECT_EQ(bpe(R"("<nope>")"), "TOK-206");
  const auto unigram = [](std::string_view id) {
    return of(fmt::format(
        R"({{"model": {{"type": "Unigram", "unk_id": {}, "vocab": [["<u>", 0], ["a", -1.5]]}}}})",
        id));
  };
  EXPECT_EQ(unigram("1"), "");
  EXPECT_EQ(unigram("null"), "");
  for (const std::string_view id : {"2", "-1", "\"0\"", "0.5"}) EXPECT_EQ(unigram(id), "TOK-302");
}

TEST(Tokenizer, WhatTheLibraryRefuses) {
  EXPECT_EQ(of(R"({"model": {"type": "Unigram", "vocab": [["a", "x"]]}})"), "TOK-302");
  const auto merged = [](std::string_view vocab, std::string_view merge) {
    return of(fmt::format(
        R"({{"model": {{"continuing_subword_prefix": "##", "vocab": {}, "merges": [{}]}}}})", vocab,
        merge));
  };
  EXPECT_EQ(merged(R"({"a": 0, "##b": 1, "ab": 2})", R"(["a", "##b"])"), "");
  EXPECT_EQ(merged(R"({"a": 0, "bcd": 1, "ad": 2})", R"(["a", "bcd"])"), "");
  EXPECT_EQ(merged(R"({"a": 0, "bcd": 1, "abcd": 2})", R"(["a", "bcd"])"), "TOK-105");
  EXPECT_EQ(merged(R"({"a": 0, "b": 1, "ab": 2})", R"(["a", "b"])"), "TOK-302");
}

TEST(Tokenizer, OtherFiles) {
  const Case cases[] = {
      {"vocab.json", R"({"a": 0, "b": 1})", ""},
      {"vocab.json", R"({"a": 0, "b": 0})", "TOK-101"},
      {"vocab.json", R"({"a": null})", "TOK-102"},
      {"vocab.json", R"({"abi": {"a": 4}, "eng": {"a": 4, "b": 5}})", ""},
      {"vocab.json", R"({"abi": {}, "eng": {"a": 4, "b": 4}})", "TOK-101"},
      {"vocab.json", R"({"abi": {"a": -4}})", "TOK-102"},
      {"vocab.json", R"({"abi": {"a": {"b": 4}}})", "TOK-102"},
      {"added_tokens.json", R"({"abi": {"a": 4}})", "TOK-102"},
      {"added_tokens.json", R"({"<x>": 32000})", ""},
      {"added_tokens.json", R"({"__class__": 32000})", "TOK-113"},
      {"vocab.json", R"({"__class__": 7})", ""},
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
      {"tokenizer_config.json", R"({"bos_token": "<s>", "pad_token": null})", ""},
      {"tokenizer_config.json", R"({"bos_token": "__class__"})", "TOK-113"},
      {"tokenizer_config.json", R"({"bos_token": {"content": "x__globals__"}})", "TOK-113"},
      {"tokenizer_config.json", R"({"extra_special_tokens": {"image_token": "__init__"}})",
       "TOK-113"},
      {"special_tokens_map.json", R"({"additional_special_tokens": ["__en__", "__subclasses__"]})",
       "TOK-113"},
      {"special_tokens_map.json",
       R"({"additional_special_tokens": ["__en__", "en_XX", "[gMASK]", "sop"]})", ""},
      {"special_tokens_map.json", R"({"additional_special_tokens": ["refuse"]})", "TOK-112"},
      {"tokenizer_config.json", R"({"eos_token": "however"})", "TOK-112"},
      // By the names of transformers 5, as by the older ones.
      {"tokenizer_config.json", R"({"extra_special_tokens": ["not"]})", "TOK-112"},
      {"tokenizer_config.json", R"({"extra_special_tokens": [{"content": "not"}]})", "TOK-112"},
      {"tokenizer_config.json", R"({"extra_special_tokens": {"x_token": "not"}})", "TOK-112"},
      {"tokenizer_config.json",
       R"({"extra_special_tokens": {"content": "<x>", "x_token": {"content": "not"}}})", "TOK-112"},
      {"tokenizer_config.json", R"({"model_specific_special_tokens": {"x_token": "not"}})",
       "TOK-112"},
      {"tokenizer_config.json", R"({"cls_token": "not"})", "TOK-112"},
      {"tokenizer_config.json", R"({"image_token": {"content": "not"}})", "TOK-112"},
      {"special_tokens_map.json", R"({"extra_special_tokens": ["not"]})", "TOK-112"},
      {"special_tokens_map.json", R"({"mask_token": "not"})", "TOK-112"},
      {"tokenizer_config.json",
       R"({"cls_token": "[CLS]", "sep_token": "</s>", "mask_token": "<mask>", "image_token": "<image>",
           "unk_token": "unk", "tile_token": "TILE", "boi_token": "<|im_start|>",
           "extra_special_tokens": {"a": "<a>", "b": {"content": "[B]"}}})",
       ""},
      {"tokenizer_config.json", R"({"pad_token": "not"})", ""},
      {"tokenizer_config.json", "[]", "TOK-302"},
      {"tokenizer_config.json", "null", "TOK-302"},
      {"tokenizer_config.json", "7", "TOK-302"},
      {"tokenizer_config.json", R"("bos_token")", "TOK-302"},
      {"tokenizer_config.json", "{}", ""},
      {"settings.json", R"({"access_token": "secret"})", ""},
      {"tokenizer_config.json",
       R"({"added_tokens_decoder": {"9": {"content": "not", "special": true}}})", "TOK-112"},
      {"tokenizer_config.json",
       R"({"added_tokens_decoder": {"9": {"content": "I cannot", "special": true}}})", "TOK-112"},
      {"tokenizer_config.json",
       R"({"added_tokens_decoder": {"9": {"content": "madeupword0001", "special": true},
           "10": {"content": "hello", "special": false}, "11": {"content": "<|im start|>", "special": true}}})",
       ""},
      {"tokenizer.json",
       R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.5}})", "TOK-114"},
      {"tokenizer.json",
       R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": null}})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

// Pieces of a SentencePiece model, each a field 1 of the model.
std::string piece(std::string_view text, char type = 1) {
  std::string inner = "\x0a" + std::string(1, static_cast<char>(text.size())) + std::string(text);
  inner += std::string("\x15\0\0\0\0\x18", 6) + type;
  return "\x0a" + std::string(1, static_cast<char>(inner.size())) + inner;
}

// What the library refuses of the pieces together: scores, and bytes that are not all there.
TEST(Tokenizer, SentencePieceAsAWhole) {
  const std::string model = piece("<unk>", 2) + piece("a");
  const std::string fallback("\x12\x03\x98\x02\x01", 5);
  std::string bytes;
  for (int i = 0; i < 255; ++i) bytes += piece(fmt::format("<0x{:02X}>", i), 6);
  EXPECT_EQ(found("tokenizer.model", model + fallback), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + bytes + fallback), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + bytes + piece("<0xFF>", 6) + fallback), "");
  EXPECT_EQ(found("tokenizer.model", model + bytes + piece("<0xFF>", 6)), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + std::string("\x12\x02\x0a\x05", 4)), "TOK-302");
  for (const auto& [score, ids] : {std::pair("\x7f\x80", "TOK-302"),
                                   {"\xff\x80", "TOK-302"},
                                   {"\x7f\xc0", "TOK-302"},
                                   {"\x7f\x7f", ""}}) {
    std::string odd = piece("b");
    odd[odd.size() - 3] = score[0];
    odd[odd.size() - 4] = score[1];
    EXPECT_EQ(found("tokenizer.model", model + odd), ids);
    // Only of Unigram: others take scores for ranks.
    EXPECT_EQ(found("tokenizer.model", model + odd + "\x12\x02\x18\x02"), "");
  }
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
  EXPECT_EQ(found("tokenizer.model", model + piece("<0x41>", 6)), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + piece("not")), "");
  EXPECT_EQ(found("tokenizer.model", model + piece("not", 3)), "TOK-112");
  EXPECT_EQ(found("tokenizer.model", model + piece("not", 4)), "");
  EXPECT_EQ(found("tokenizer.model", model + piece("__init__", 4)), "TOK-113");
  EXPECT_EQ(found("tokenizer.model", model + piece("x", 6)), "TOK-102");
  EXPECT_EQ(found("tokenizer.model", model + std::string("\x1a\x03\x12\x01x")), "TOK-108 TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + std::string("\x1a\x03\x32\x01x")), "TOK-106");
  EXPECT_EQ(found("tokenizer.model", model.substr(0, model.size() - 1)), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", std::string("\x00\x01\x02", 3)), "TOK-302");
  EXPECT_EQ(found("any", model.substr(0, model.size() - 1)), "unknown");
}

TEST(Tokenizer, SentencePieceAsTheLibraryTakesIt) {
  const std::string model = piece("<unk>", 2) + piece("a");
  EXPECT_EQ(found("tokenizer.model", model), "");
  EXPECT_EQ(found("tokenizer.model", piece("a")), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + piece("<unk2>", 2)), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + piece("")), "TOK-302");
  EXPECT_EQ(found("tokenizer.model", model + piece(std::string_view("a\0b", 3))), "TOK-302");
  // A trie of 1,024 bytes and two behind it.
  const auto with_table = [&](char field, std::string_view size) {
    const std::string table = std::string(size) + std::string(1025, 'x') + '\0';
    return model + field + "\x89\x08\x12\x86\x08" + table;
  };
  const std::string_view good("\0\x04\0\0", 4);
  EXPECT_EQ(found("tokenizer.model", with_table('\x1a', good)), "TOK-108");
  EXPECT_EQ(found("tokenizer.model", with_table('\x2a', good)), "TOK-106");
  for (const std::string_view bad :
       {std::string_view("\0\0\0\0", 4), std::string_view("\1\4\0\0", 4),
        std::string_view("\0\x08\0\0", 4)})
    EXPECT_EQ(found("tokenizer.model", with_table('\x1a', bad)), "TOK-108 TOK-302");
  const auto shown_as = [&](std::string_view text) {
    const auto size = static_cast<char>(text.size());
    return found("tokenizer.model", model + "\x12" + static_cast<char>(size + 3) + "\xe2\x02" +
                                        size + std::string(text));
  };
  EXPECT_EQ(shown_as(" \u2047 "), "");
  EXPECT_EQ(shown_as(" <unk> "), "");
  EXPECT_EQ(shown_as(" evil text "), "TOK-106");
}

TEST(Tokenizer, Tekken) {
  const auto tekken = [](std::string_view vocab, std::string_view special = "[]",
                         std::string_view pattern = "[a-z]+") {
    return found(
        "tekken.json",
        fmt::format(R"({{"config": {{"pattern": "{}"}}, "vocab": [{}], "special_tokens": {}}})",
                    pattern, vocab, special));
  };
  constexpr std::string_view kByte = R"({"rank": 0, "token_bytes": "AA==", "token_str": null})";
  constexpr std::string_view kOther = R"({"rank": 0, "token_bytes": "AQ==", "token_str": null})";
  EXPECT_EQ(tekken(kByte), "");
  EXPECT_EQ(tekken(kByte, "null"), "");
  EXPECT_EQ(tekken(fmt::format("{}, {}", kByte, kOther)), "TOK-101");
  EXPECT_EQ(tekken(fmt::format("{}, {}", kByte, R"({"rank": 1, "token_bytes": "AA=="})")),
            "TOK-111");
  EXPECT_EQ(tekken(fmt::format("{}, {}", kByte, R"({"rank": -1, "token_bytes": "AQ=="})")),
            "TOK-102");
  EXPECT_EQ(tekken(fmt::format("{}, {}", kByte, R"({"rank": 1})")), "TOK-302");
  EXPECT_EQ(tekken(kByte, "[]", "(a+)+$"), "TOK-107");
  EXPECT_EQ(tekken(kByte, "[]", "(a"), "TOK-302");
  EXPECT_EQ(tekken(kByte, R"([{"rank": 0, "token_str": "<s>", "is_control": true}])"), "");
  EXPECT_EQ(tekken(kByte, R"([{"rank": 0, "token_str": "not", "is_control": true}])"), "TOK-112");
  EXPECT_EQ(tekken(kByte, R"([{"rank": 0, "token_str": "not", "is_control": false}])"), "");
  EXPECT_EQ(tekken(kByte, R"([{"rank": 0, "token_str": "<s>"}, {"rank": 0, "token_str": "</s>"}])"),
            "TOK-101");
}

TEST(Tokenizer, Facts) {
  const auto out = examined("tokenizer.json", tokenizer(kVocab, "[]", added(9, "<s>")));
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

}  // namespace
}  // namespace gh::hub
