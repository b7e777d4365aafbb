#include "hub/tokenizer_shapes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

// A whole tokenizer.json with one more member.
std::string with(std::string_view rest) {
  return found("tokenizer.json", fmt::format(R"({{"version": "1.0", {}"model": {{"type": "BPE",
      "vocab": {{"a": 0}}, "merges": []}}}})",
                                             rest));
}

TEST(TokenizerShapes, EachKindIsThereOnce) {
  for (const std::string_view kind : {"Strip", "Sequence", "Replace", "ByteLevel"}) {
    EXPECT_NE(shape_of("normalizer", kind), nullptr) << kind;
    EXPECT_NE(shape_of(kind == "Strip" || kind == "Replace" ? "decoder" : "post-processor", kind),
              nullptr)
        << kind;
  }
  EXPECT_NE(shape_of("normalizer", "Strip"), shape_of("decoder", "Strip"));
  EXPECT_EQ(shape_of("decoder", "NFC"), nullptr);
  EXPECT_EQ(shape_of("decoder", ""), nullptr);
}

TEST(TokenizerShapes, WhatTheLibraryTakes) {
  for (const std::string_view part :
       {R"()", R"("truncation": null, "padding": null, "decoder": null, "added_tokens": [],)",
        R"("truncation": {"max_length": 9, "strategy": "OnlyFirst", "stride": 8},)",
        R"("padding": {"strategy": "BatchLongest", "direction": "Left", "pad_id": 0,
            "pad_type_id": 0, "pad_token": "a", "pad_to_multiple_of": 8},)",
        R"("pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true,
            "str_rep": "▁"},)",
        R"("pre_tokenizer": {"type": "FixedLength"},)", R"("normalizer": {"type": "NFC", "x": 1},)",
        R"("normalizer": {"type": "BertNormalizer", "clean_text": true, "lowercase": false,
            "handle_chinese_chars": true},)",
        R"("decoder": {"type": "Strip", "content": "▁", "start": 1, "stop": 0},)"})
    EXPECT_EQ(with(part), "") << part;
}

TEST(TokenizerShapes, WhatItRefuses) {
  for (
      const std::string_view part :
      {R"("vocab_size": 1,)",
       R"("truncation": true,)",
       R"("padding": [],)",
       R"("decoder": [],)",
       R"("added_tokens": null,)",
       R"("normalizer": "NFC",)",
       R"("truncation": {"max_length": 9, "strategy": "only_first", "stride": 0},)",
       R"("truncation": {"max_length": -9, "strategy": "OnlyFirst", "stride": 0},)",
       R"("truncation": {"max_length": 9.0, "strategy": "OnlyFirst", "stride": 0},)",
       R"("padding": {"strategy": {"Fixed": -1}, "direction": "Left", "pad_id": 0,
            "pad_type_id": 0, "pad_token": "a"},)",
       R"("added_tokens": [{"id": 1, "content": "<s>", "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": 0, "special": true}],)",
       R"("added_tokens": [{"id": 1, "content": "<s>", "special": true}],)",
       R"("normalizer": {"type": "Strip", "strip_left": true},)",
       R"("normalizer": {"type": "Replace", "pattern": {"String": "x", "Regex": "y"},
            "content": ""},)",
       R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend"}]},)",
       R"("pre_tokenizer": {"type": "Punctuation", "behavior": "isolated"},)",
       R"("pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "Always"},)",
       R"("decoder": {"type": "Strip", "content": "▁▁", "start": 1, "stop": 0},)",
       R"("decoder": {"type": "Sequence"},)",
       R"("post_processor": {"type": "TemplateProcessing", "single": ["$A"], "pair": [],
            "special_tokens": {}},)"})
    EXPECT_TRUE(with(part).ends_with("TOK-302")) << part << with(part);
}

TEST(TokenizerShapes, WhatItCrashesAt) {
  for (const std::string_view part :
       {R"("truncation": {"max_length": 9, "strategy": "OnlyFirst", "stride": 9},)",
        R"("padding": {"strategy": {"Fixed": 1048577}, "direction": "Left", "pad_id": 0,
            "pad_type_id": 0, "pad_token": "a"},)",
        R"("padding": {"strategy": "BatchLongest", "direction": "Left", "pad_id": 0,
            "pad_type_id": 0, "pad_token": "a", "pad_to_multiple_of": 9999999999999999999},)",
        R"("decoder": {"type": "Strip", "content": "▁", "start": 0, "stop": 1},)",
        R"("normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": " "},)",
        R"("pre_tokenizer": {"type": "FixedLength", "length": 0},)",
        R"("post_processor": {"type": "TemplateProcessing", "special_tokens": {},
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 0}}]},)"})
    EXPECT_EQ(with(part), "TOK-115") << part;
}

TEST(TokenizerShapes, Settings) {
  const auto settings = [](std::string_view text) {
    return found("tokenizer_config.json", fmt::format("{{{}}}", text));
  };
  for (const std::string_view good :
       {R"("bos_token": null, "tokenizer_class": null, "auto_map": null)",
        R"("added_tokens_decoder": {"3": {"content": "<s>", "special": true}})",
        R"("extra_special_tokens": {"image_token": "<i>"}, "additional_special_tokens": ["<a>"])"})
    EXPECT_EQ(settings(good), "") << good;
  for (const std::string_view bad :
       {R"("added_tokens_decoder": [])", R"("added_tokens_decoder": {"3": null})",
        R"("added_tokens_decoder": {"3": {"content": "<s>", "special": 1}})",
        R"("tokenizer_class": [])", R"("auto_map": true)", R"("bos_token": {})",
        R"("pad_token": 0)", R"("additional_special_tokens": [1])", R"("padding_side": "x")"})
    EXPECT_EQ(settings(bad), "TOK-302") << bad;
}

}  // namespace
}  // namespace gh::hub
