#include "hub/folder.h"

#include <gtest/gtest.h>

#include <set>

#include "examined.h"

namespace gh::hub {
namespace {

std::string compared(const FolderFacts& folder) {
  findings::Examination examination(0);
  examine_folder(folder, examination);
  std::set<std::string_view> ids;
  for (const findings::Finding& finding : examination.findings()) ids.insert(finding.rule->id);
  std::string out;
  for (const std::string_view id : ids) out += (out.empty() ? "" : " ") + std::string(id);
  return out;
}

FolderFacts folder(std::initializer_list<std::pair<std::string, std::string>> files) {
  FolderFacts out;
  for (const auto& [path, text] : files)
    out.files.push_back({.path = path, .document = examined(path, text).facts});
  return out;
}

constexpr const char* kTemplate = R"({"chat_template": "{{ messages }}"})";

// Digests are told whole, so that one can be compared with that of the publisher's template:
// printf '%s' '{{ messages }}' | sha256sum
TEST(Folder, DigestsOfTemplatesAreWhole) {
  const auto message = [](const FolderFacts& folder) {
    findings::Examination examination(0);
    examine_folder(folder, examination);
    return examination.findings().at(0).message;
  };
  EXPECT_EQ(
      message(folder(
          {{"tokenizer_config.json", kTemplate}, {"chat_template.jinja", "{{ other }}\r\n"}})),
      "the template \"default\": "
      "683185039918573833db8687e6f447b0e0c6b23c71182d67234dd9101e2146d8 in chat_template.jinja; "
      "f24189f08c85a1eb19a737306c3a13e85462ee33d964f28108d64a2485fa2171 in tokenizer_config.json");
  FolderFacts many;
  for (int i = 0; i < 20; ++i)
    many.weight_templates.push_back(
        weight_template(std::to_string(i) + ".gguf", "tokenizer.chat_template", std::to_string(i)));
  EXPECT_TRUE(message(many).ends_with(".gguf; and 12 more"));
}

TEST(Folder, Templates) {
  EXPECT_EQ(compared({}), "");
  EXPECT_EQ(compared(folder({{"tokenizer_config.json", kTemplate}})), "");
  EXPECT_EQ(compared(folder({{"tokenizer_config.json", kTemplate},
                             {"chat_template.jinja", "{{ messages }}\n"}})),
            "");
  EXPECT_EQ(compared(folder(
                {{"tokenizer_config.json", kTemplate}, {"chat_template.jinja", "{{ other }}"}})),
            "TPL-501");
  EXPECT_EQ(compared(folder({{"tokenizer_config.json", kTemplate},
                             {"chat_template.json", R"({"chat_template": "{{ other }}"})"}})),
            "TPL-501");
  EXPECT_EQ(
      compared(folder({{"tokenizer_config.json",
                        R"({"chat_template": [{"name": "default", "template": "{{ messages }}"},
                            {"name": "tool_use", "template": "{{ tools }}"}]})"},
                       {"additional_chat_templates/tool_use.jinja", "{{ x }}"}})),
      "TPL-501");
  EXPECT_EQ(
      compared(folder({{"tokenizer_config.json",
                        R"({"chat_template": [{"name": "default", "template": "{{ messages }}"},
                            {"name": "rag", "template": "{{ documents }}"}]})"},
                       {"chat_template.jinja", "{{ messages }}"}})),
      "TPL-502");
  FolderFacts weights = folder({{"tokenizer_config.json", kTemplate}});
  weights.weight_templates.push_back(
      weight_template("model.gguf", "tokenizer.chat_template", "{{ messages }}"));
  EXPECT_EQ(compared(weights), "");
  weights.weight_templates[0] =
      weight_template("model.gguf", "tokenizer.chat_template", "{{ messages[0] }}");
  EXPECT_EQ(compared(weights), "TPL-501");
  EXPECT_EQ(weight_template("m", "tokenizer.chat_template.rag", "").name, "rag");
  EXPECT_EQ(weight_template("m", "tokenizer.chat_template", "").name, "default");
}

TEST(Folder, TemplatesAreExaminedInTheirCarrier) {
  EXPECT_EQ(found("tokenizer_config.json", R"({"chat_template": "{{ ''.__class__ }}"})"),
            "TPL-101");
  EXPECT_EQ(found("tokenizer_config.json",
                  R"({"chat_template": [{"name": "x", "template": "{{ ''.__class__ }}"}]})"),
            "TPL-101");
  EXPECT_EQ(found("tokenizer_config.json", R"({"chat_template": [{"name": "x"}]})"), "CFG-301");
  EXPECT_EQ(found("processor_config.json", R"({"chat_template": "{{"})"), "TPL-301");
  EXPECT_EQ(found("a.jinja", "{{ ''.__class__ }}"), "TPL-101");
  EXPECT_EQ(found("a.jinja", "\xff"), "TPL-302");
  EXPECT_TRUE(examined("other.jinja", "{{ a }}").facts.templates.empty());
}

TEST(Folder, Ids) {
  const char* config = R"({"vocab_size": 10})";
  FolderFacts facts = folder({{"config.json", config}, {"vocab.json", R"({"a": 9})"}});
  EXPECT_EQ(compared(facts), "");
  facts.embedding_rows = 10;
  EXPECT_EQ(compared(facts), "");
  facts.embedding_rows = 12;  // padded
  EXPECT_EQ(compared(facts), "");
  facts.embedding_rows = 9;
  EXPECT_EQ(compared(facts), "TOK-201 TOK-203");
  facts = folder({{"config.json", config}, {"vocab.json", R"({"a": 10})"}});
  EXPECT_EQ(compared(facts), "TOK-202");
  facts.embedding_rows = 12;
  EXPECT_EQ(compared(facts), "TOK-202");
  facts.embedding_rows = 10;
  EXPECT_EQ(compared(facts), "TOK-201");
}

constexpr const char* kNoText = "\xff";

TEST(Folder, EndsOfAnswers) {
  const char* config = R"({"vocab_size": 10, "eos_token_id": [2, 9]})";
  EXPECT_EQ(compared(folder({{"config.json", config}})), "");
  EXPECT_EQ(compared(folder({{"generation_config.json", R"({"eos_token_id": 99})"}})), "");
  FolderFacts facts =
      folder({{"config.json", config}, {"generation_config.json", R"({"eos_token_id": [1, 10]})"}});
  EXPECT_EQ(compared(facts), "TOK-212");
  facts.embedding_rows = 11;
  EXPECT_EQ(compared(facts), "");
  EXPECT_EQ(compared(folder({{"config.json", R"({"vocab_size": 3, "eos_token_id": 3})"}})),
            "TOK-212");
  EXPECT_EQ(compared(folder(
                {{"config.json", R"({"vocab_size": 3, "eos_token_id": -1, "pad_token_id": 3})"}})),
            "");
  EXPECT_EQ(compared(folder({{"config.json", R"({"vocab_size": 3, "eos_token_id": null})"}})), "");
}

TEST(Folder, References) {
  const char* index = R"({"weight_map": {"a": "x.safetensors"}})";
  EXPECT_EQ(compared(folder({{"model.safetensors.index.json", index}})), "CFG-207");
  EXPECT_EQ(compared(folder({{"model.safetensors.index.json", index}, {"x.safetensors", kNoText}})),
            "");
  const char* code = R"({"auto_map": {"AutoModel": "modeling_x.X"}})";
  EXPECT_EQ(compared(folder({{"config.json", code}})), "CFG-208");
  EXPECT_EQ(compared(folder({{"config.json", code}, {"modeling_x.py", "import os\n"}})), "");
}

TEST(Folder, EmbeddingRows) {
  tensors::TensorTable table;
  const auto add = [&](std::string name, std::vector<std::uint64_t> shape) {
    table.tensors.push_back(
        {.name = std::move(name), .dtype = "F16", .shape = std::move(shape), .begin = 0, .end = 0});
  };
  EXPECT_EQ(embedding_rows(table), std::nullopt);
  add("model.layers.0.weight", {7, 8});
  add("not_embed_tokens.weight", {9, 8});
  EXPECT_EQ(embedding_rows(table), std::nullopt);
  add("model.embed_tokens.weight", {32000, 8});
  EXPECT_EQ(embedding_rows(table), 32000u);
  add("token_embd.weight", {8, 128256});
  EXPECT_EQ(embedding_rows(table), 128256u);
}

TEST(Folder, RulesAreListedOnce) {
  std::set<std::string_view> ids;
  for (const findings::Rule* rule : rules()) EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
  EXPECT_EQ(ids.size(), 85u);
}

}  // namespace
}  // namespace gh::hub
