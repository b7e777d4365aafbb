#include "hub/token_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::hub {
namespace {

// "a 0, b 1 special, c 2 ordinary"; "unreadable"
std::string read(std::string_view name, std::string_view bytes) {
  const auto file = read_token_file(name, bytes);
  if (!file) return "unreadable";
  std::string out;
  for (const Token& token : file->tokens)
    out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", token.text, token.id,
                       !token.special   ? ""
                       : *token.special ? " special"
                                        : " ordinary");
  for (const auto& [role, text] : file->named) out += fmt::format("; {} {}", role, text);
  return out;
}

TEST(TokenFile, Names) {
  for (const char* name :
       {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "vocab.txt", "merges.txt", "config.json", "tokenizer.model"})
    EXPECT_TRUE(is_token_file(name)) << name;
  for (const char* name : {"", "a/config.json", "a/tokenizer.json", "Tokenizer.json", "merges",
                           "tokenizer.json.bak", "generation_config.json"})
    EXPECT_FALSE(is_token_file(name)) << name;
}

TEST(TokenFile, Tokenizer) {
  EXPECT_EQ(read("tokenizer.json", R"({"model": {"vocab": {"a": 0, "b": 1}}, "added_tokens": [
                {"id": 2, "content": "<s>", "special": true},
                {"id": 3, "content": "x", "special": false}, {"id": 1, "content": "b"}]})"),
            "a 0, b 1, <s> 2 special, x 3 ordinary, b 1");
  EXPECT_EQ(read("tokenizer.json", R"({"model": {"vocab": [["<unk>", 0.0], ["a", -1.5]]}})"),
            "<unk> 0, a 1");
}

TEST(TokenFile, WhoReadsTheOthers) {
  const auto reader = [](std::string_view name, std::string_view bytes) {
    return read_token_file(name, bytes)->reader;
  };
  EXPECT_EQ(reader("config.json", R"({"model_type": "gpt2"})"), "gpt2");
  EXPECT_EQ(reader("config.json", R"({"model_type": "gpt2", "tokenizer_class": "A"})"), "A");
  EXPECT_EQ(reader("tokenizer_config.json", R"({"tokenizer_class": "B"})"), "B");
  EXPECT_EQ(reader("tokenizer_config.json", R"({"tokenizer_class": null})"), "");
  EXPECT_EQ(reader("vocab.json", R"({"tokenizer_class": "B"})"), "");
  EXPECT_EQ(read_token_file("merges.txt", "a b\n")->text, "a b\n");
}

TEST(TokenFile, OtherFiles) {
  EXPECT_EQ(read("vocab.json", R"({"a": 0, "b": 7})"), "a 0, b 7");
  EXPECT_EQ(read("added_tokens.json", R"({"<pad>": 32000})"), "<pad> 32000");
  EXPECT_EQ(read("vocab.txt", "[PAD]\r\nthe\n##s"), "[PAD] 0, the 1, ##s 2");
  EXPECT_EQ(read("tokenizer_config.json", R"({"added_tokens_decoder": {
                "0": {"content": "<unk>", "special": true}, "5": {"content": "x"}},
                "bos_token": "<s>", "pad_token": null, "cls_token": "[CLS]",
                "eos_token": {"__type": "AddedToken", "content": "</s>"}})"),
            "<unk> 0 special, x 5; bos_token <s>; eos_token </s>");
  EXPECT_EQ(read("special_tokens_map.json", R"({"unk_token": {"content": "<unk>"}})"),
            "; unk_token <unk>");
}

TEST(TokenFile, SentencePieceHasPositions) {
  const auto file = read_token_file("spiece.model", "\x0a\x03\x0a\x01\x61\x0a\x03\x0a\x01\x62");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->positions);
  ASSERT_EQ(file->tokens.size(), 2u);
  EXPECT_EQ(file->tokens[1].text, "b");
  EXPECT_EQ(file->tokens[1].id, 1u);
}

TEST(TokenFile, LeavesOutWhatIsNoToken) {
  EXPECT_EQ(read("vocab.json", R"({"a": -1, "b": 1.5, "c": "1", "d": {"e": 1}, "f": 99999999999,
                                   "": 3, "g": 4})"),
            "g 4");
  EXPECT_EQ(read("added_tokens.json", R"(["a"])"), "");
  EXPECT_EQ(read("tokenizer.json", R"({"model": {"vocab": [["a"], 5, [1, 2], ["b", 0]]},
                                       "added_tokens": ["x", {"id": 1}, {"content": "y"}]})"),
            "b 3");
  EXPECT_EQ(read("tokenizer.json", R"({"model": null})"), "");
  EXPECT_EQ(read("tokenizer_config.json", R"({"added_tokens_decoder": {"-1": {"content": "a"},
                "1x": {"content": "b"}, "": {"content": "c"}, "2": "d", "3": {"content": 4},
                "4": {"content": "e", "special": "yes"}}, "bos_token": "", "eos_token": 5,
                "unk_token": {"content": ""}})"),
            "e 4");
  EXPECT_EQ(read("tokenizer_config.json", R"({"added_tokens_decoder": []})"), "");
  EXPECT_EQ(read("vocab.txt", "a\n\nb\n"), "a 0, b 2");
}

TEST(TokenFile, TakesNoCountsForTokens) {
  EXPECT_EQ(read("vocab.txt", "the 12345\nof 777\n, 5\n"), "");
  EXPECT_EQ(read("vocab.txt", "the 12345\nof\n"), "the 12345 0, of 1");
}

TEST(TokenFile, SaysWhatCannotBeRead) {
  EXPECT_EQ(read("tokenizer.json", ""), "unreadable");
  EXPECT_EQ(read("tokenizer.json", "{"), "unreadable");
  EXPECT_EQ(read("vocab.json", R"({"a": 0, "a": 1})"), "unreadable");
  EXPECT_EQ(read("special_tokens_map.json", "\xff"), "unreadable");
  EXPECT_EQ(read("tokenizer.model", "no model"), "unreadable");
  EXPECT_EQ(read("tokenizer.model", "IQ== 0\nIg== 1\n"), "") << "of tiktoken: another alphabet";
}

}  // namespace
}  // namespace gh::hub
