#include "artifacts/token_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

OpenFile file_with(const TemporaryFolder& folder, const std::string& name,
                   const std::string& text) {
  folder.write(name, text);
  auto file = open_node(AT_FDCWD, folder.path(name));
  EXPECT_TRUE(file.has_value());
  return file ? std::move(*file) : OpenFile{};
}

std::string examined(std::span<const NamedFile> files, const Comparison* comparison = nullptr) {
  findings::Examination examination(0);
  examine_token_files(files, comparison, examination);
  std::string ids;
  for (const findings::Finding& finding : examination.findings())
    ids += (ids.empty() ? "" : " ") + std::string(finding.rule->id);
  return ids;
}

TEST(TokenFiles, AreKeptByName) {
  const TemporaryFolder folder;
  const OpenFile file = file_with(folder, "x", "{}");
  std::vector<NamedFile> kept;
  for (const char* name : {"generation_config.json", "tokenizer.json",
                           "additional_chat_templates/vocab.json", "vocab.txt", "merges"})
    keep_token_file(kept, name, file);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].name, "vocab.txt");
  EXPECT_TRUE(kept[1].file.descriptor.valid());
  EXPECT_NE(kept[1].file.descriptor.get(), file.descriptor.get());
}

TEST(TokenFiles, OfOneFolder) {
  const TemporaryFolder folder;
  std::vector<NamedFile> files;
  files.push_back({"vocab.json", file_with(folder, "vocab.json", R"({"a": 0})")});
  EXPECT_EQ(examined(files), "");
  files.push_back({"added_tokens.json", file_with(folder, "added_tokens.json", R"({"b": 0})")});
  EXPECT_EQ(examined(files), "TOK-204");
  files.back() = {"added_tokens.json", file_with(folder, "added_tokens.json", "{")};
  EXPECT_EQ(examined(files), "") << "its own examination says so";
  files.back().file = {};
  EXPECT_EQ(examined(files), "SYS-001");
}

TEST(TokenFiles, MergesOfOneFolder) {
  const TemporaryFolder folder;
  std::vector<NamedFile> files;
  files.push_back({"merges.txt", file_with(folder, "merges.txt", "a b\n\n")});
  EXPECT_EQ(examined(files), "") << "nobody reads it";
  files.push_back({"config.json", file_with(folder, "config.json", R"({"model_type": "gpt2"})")});
  EXPECT_EQ(examined(files), "TOK-105");
  files.back() = {"config.json", file_with(folder, "config.json", R"({"model_type": "ctrl"})")};
  EXPECT_EQ(examined(files), "");
}

TEST(TokenFiles, OfAnAdapterAndItsBase) {
  const TemporaryFolder folder;
  std::vector<NamedFile> files;
  files.push_back({"vocab.json", file_with(folder, "vocab.json", R"({"a": 0})")});
  Comparison comparison;
  EXPECT_EQ(examined(files, &comparison), "") << "no base was given";
  comparison.base_config = file_with(folder, "config.json", "{}");
  EXPECT_EQ(examined(files, &comparison), "TOK-209");
  comparison.base_tokens.push_back(
      {"vocab.json", file_with(folder, "base.json", R"({"a": 0, "b": 1})")});
  EXPECT_EQ(examined(files, &comparison), "");
  comparison.base_tokens[0].file = file_with(folder, "base.json", R"({"b": 0, "a": 1})");
  EXPECT_EQ(examined(files, &comparison), "TOK-207");
  EXPECT_EQ(examined({}, &comparison), "");
  comparison.base_tokens[0].file = file_with(folder, "base.json", "{");
  EXPECT_EQ(examined(files, &comparison), "LRA-033 TOK-209");
  EXPECT_EQ(examined({}, &comparison), "") << "nothing to compare with it";
}

}  // namespace
}  // namespace gh::artifacts
