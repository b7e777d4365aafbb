// What trainers and publishers leave in folders of models that are served as they are.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "examined.h"
#include "hub/folder.h"

namespace gh::hub {
namespace {

std::string compared(std::optional<std::uint64_t> rows, const DocumentFacts& tokens,
                     std::optional<std::uint64_t> size = std::nullopt) {
  FolderFacts facts;
  facts.embedding_rows = rows;
  facts.files.push_back({.path = "tokenizer.json", .bytes = 1, .document = tokens});
  DocumentFacts config;
  config.vocab_size = size;
  facts.files.push_back({.path = "config.json", .bytes = 1, .document = config});
  findings::Examination examination(0);
  examine_folder(facts, examination);
  std::string found;
  for (const auto& finding : examination.findings())
    found += std::string(finding.rule->id) + (finding.message.contains("ends before") ? "!" : " ");
  return found;
}

DocumentFacts tokens(std::uint64_t base, std::uint64_t highest) {
  DocumentFacts facts;
  facts.highest_base = base;
  facts.highest_id = highest;
  return facts;
}

TEST(Ordinary, AFewAddedTokensBeyondTheRowsAreANote) {
  EXPECT_EQ(compared(64, tokens(63, 63)), "");
  EXPECT_EQ(compared(64, tokens(63, 64)), "TOK-213!") << "Gemma 3: vLLM's table ends there";
  EXPECT_EQ(compared(60, tokens(59, 60)), "TOK-213 ") << "vLLM's table has 64 rows";
  EXPECT_EQ(compared(60, tokens(59, 63)), "TOK-213 ");
  EXPECT_EQ(compared(60, tokens(59, 64)), "TOK-213!");
  EXPECT_EQ(compared(64, tokens(63, 127)), "TOK-213!");
  EXPECT_EQ(compared(64, tokens(63, 128)), "TOK-201 ");
  EXPECT_EQ(compared(64, tokens(64, 64)), "TOK-201 ") << "the vocabulary itself";
  EXPECT_EQ(compared(64, tokens(70, 71)), "TOK-201 ");
  EXPECT_EQ(compared(72, tokens(63, 64), 64), "TOK-213 ") << "Llama's vision: eight rows more";
  EXPECT_EQ(compared({}, tokens(63, 64), 64), "TOK-213!");
  EXPECT_EQ(compared({}, tokens(64, 64), 64), "TOK-202 ");
  EXPECT_EQ(compared({}, tokens(63, 128), 64), "TOK-202 ");
}

TEST(Ordinary, WhichTokensWereAdded) {
  const auto of = [](std::string_view name, std::string_view text) {
    const auto facts = examined(name, text).facts;
    return std::pair(facts.highest_base, facts.highest_id);
  };
  using Ids = std::pair<std::optional<std::uint64_t>, std::optional<std::uint64_t>>;
  EXPECT_EQ(of("vocab.json", R"({"a": 0, "b": 7})"), Ids(7, 7));
  EXPECT_EQ(of("added_tokens.json", R"({"<a>": 7})"), Ids(std::nullopt, 7));
  EXPECT_EQ(of("tokenizer_config.json", R"({"added_tokens_decoder": {"7": {"content": "<a>"}}})"),
            Ids(std::nullopt, 7));
}

TEST(Ordinary, RecordsOfATraining) {
  const std::string trust = "trust_remote_code: true\n";
  for (const std::string_view name : {"training_args.yaml", "config.yaml", "axolotl_config.yml"})
    EXPECT_EQ(found(name, trust), "CFG-213") << name;
  EXPECT_EQ(found("args.json", R"({"trust_remote_code": true})"), "CFG-213");
  EXPECT_EQ(found("llama3-qlora.yml", trust + "learning_rate: 0.0002\n"), "CFG-213");
  EXPECT_EQ(found("x.yaml", "model:\n  trust_remote_code: true\ntraining: {lr: 1}\n"), "CFG-213");
  // What loaders read, and what may be anything.
  for (const std::string_view name : {"model_config.yaml", "hyperparams.yaml", "a.yaml"})
    EXPECT_EQ(found(name, trust), "CFG-103") << name;
  EXPECT_EQ(found("model_config.yaml", trust + "learning_rate: 1\n"), "CFG-103");
  for (const std::string_view name : {"config.json", "generation_config.json", "a.json"})
    EXPECT_EQ(found(name, R"({"trust_remote_code": true, "learning_rate": 1})"), "CFG-103") << name;
}

TEST(Ordinary, TokensAreNoPaths) {
  const std::string_view tekken =
      R"({"config": {"pattern": "a", "num_vocab_tokens": 1}, "vocab": [{"rank": 0,
          "token_bytes": "fi8=", "token_str": "~/"}], "special_tokens": []})";
  EXPECT_EQ(found("tekken.json", tekken), "");
  EXPECT_EQ(found("config.json", R"({"a": "~/models"})"), "CFG-204");
}

}  // namespace
}  // namespace gh::hub
