#include "hub/merges.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gh::hub {
namespace {

std::string said(const findings::Examination& examination) {
  std::string out;
  for (const findings::Finding& finding : examination.findings())
    out += (out.empty() ? "" : "\n") + std::string(finding.rule->id) + " " + finding.message;
  return out;
}

std::string alone(std::string_view text) {
  findings::Examination examination(0);
  DocumentFacts facts;
  examine_merges({"merges.txt", "merges.txt", text, examination, facts});
  return said(examination);
}

using Files = std::vector<std::pair<std::string, std::string>>;

std::string compared(const Files& files) {
  std::vector<TokenFile> read;
  for (const auto& [name, bytes] : files)
    if (auto file = read_token_file(name, bytes)) read.push_back(std::move(*file));
  findings::Examination examination(0);
  compare_merges(read, examination);
  return said(examination);
}

constexpr const char* kVocabulary = R"({"a": 0, "b": 1, "ab": 2})";
constexpr const char* kGpt = R"({"tokenizer_class": "GPT2Tokenizer"})";

TEST(Merges, Alone) {
  for (const char* text : {"", "#version: 0.2\n", "a b\r\nab c", "a b\n\n", "a b\n#version\n",
                           "# #", "a b 12\nab c 3\n", "#version: 0.2\na b 12\n"})
    EXPECT_EQ(alone(text), "") << text;
  for (const char* text :
       {"ab", " a", "a ", "a  b", "a b c", "a b c 1", " ", "#note", "a\tb", "a  1", "a b\nab c 3"})
    EXPECT_TRUE(alone(text).starts_with("TOK-105 line ")) << text;
  EXPECT_EQ(alone("a b\nab"), "TOK-105 line 2 is no pair of tokens");
}

TEST(Merges, BesideAVocabulary) {
  EXPECT_EQ(compared({{"vocab.json", kVocabulary}, {"merges.txt", "#version: 0.2\na b\n"}}), "");
  EXPECT_EQ(compared({{"vocab.json", kVocabulary}, {"merges.txt", "#version: 0.2\na z\n"}}),
            "TOK-105 merges.txt: \"a\" and \"z\" on line 2, of which vocab.json lacks one or what "
            "they become");
  EXPECT_NE(compared({{"vocab.json", kVocabulary}, {"merges.txt", "b a\n"}}), "");
  EXPECT_NE(compared({{"vocab.json", kVocabulary},
                      {"merges.txt", "b a\n"},
                      {"added_tokens.json", R"({"ba": 3})"}}),
            "")
      << "added tokens are laid over it later";
  EXPECT_EQ(compared({{"vocab.json", kVocabulary}, {"merges.txt", "ab\n"}}), "") << "said alone";
  EXPECT_EQ(compared({{"vocab.json", kVocabulary}}), "");
  EXPECT_EQ(compared({{"merges.txt", "a z\n\n"}}), "");
}

TEST(Merges, ByWhatReadsThem) {
  const std::string line = "TOK-105 merges.txt: line 2 is no pair of tokens";
  EXPECT_EQ(compared({{"tokenizer_config.json", kGpt}, {"merges.txt", "a b\n\n"}}), line);
  EXPECT_EQ(compared({{"config.json", R"({"model_type": "gpt2"})"}, {"merges.txt", "a b\n\n"}}),
            line);
  EXPECT_EQ(
      compared(
          {{"tokenizer_config.json", kGpt}, {"tokenizer.json", "{}"}, {"merges.txt", "a b\n\n"}}),
      "")
      << "the library reads the one file";
  EXPECT_NE(compared({{"tokenizer_config.json", kGpt}, {"merges.txt", "a b 3\n"}}), "");
  for (const char* settings :
       {R"({"tokenizer_class": "XLMTokenizer"})", R"({"tokenizer_class": "CTRLTokenizer"})"})
    EXPECT_EQ(compared({{"tokenizer_config.json", settings},
                        {"vocab.json", kVocabulary},
                        {"merges.txt", "b z 3\n"}}),
              "")
        << settings;
  EXPECT_EQ(compared({{"config.json", R"({"model_type": "flaubert"})"},
                      {"tokenizer_config.json", "{}"},
                      {"vocab.json", kVocabulary},
                      {"merges.txt", "b z\n"}}),
            "");
  EXPECT_NE(compared({{"config.json", R"({"model_type": "flaubert"})"},
                      {"tokenizer_config.json", kGpt},
                      {"vocab.json", kVocabulary},
                      {"merges.txt", "b z\n"}}),
            "")
      << "the tokenizer's own settings come first";
}

}  // namespace
}  // namespace gh::hub
