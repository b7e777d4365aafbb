#include "artifacts/folders.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

TEST(NameInFolder, IsTheLastPartButForMoreTemplates) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"config.json", ".", "config.json"},
      {"a/config.json", "a", "config.json"},
      {"a/b/c", "a/b", "c"},
      {"additional_chat_templates/rag.jinja", ".", "additional_chat_templates/rag.jinja"},
      {"a/additional_chat_templates/x", "a", "additional_chat_templates/x"},
      {"additional_chat_templates", ".", "additional_chat_templates"},
      {"a/my_additional_chat_templates/x", "a/my_additional_chat_templates", "x"},
  };
  for (const auto& [path, folder, name] : cases) {
    EXPECT_EQ(name_in_folder(path).folder, folder) << path;
    EXPECT_EQ(name_in_folder(path).name, name) << path;
  }
}

Facts with_shards(std::size_t count) {
  Facts facts;
  facts.document.kind = hub::DocumentKind::index;
  facts.document.shards.assign(count, std::string(1000, 's'));
  return facts;
}

TEST(Folders, KnowWhichNamesAreLinks) {
  Folders folders;
  folders.add_link("m/sub");
  folders.add("m/a.json", {}).settle({});
  folders.add_link("m/additional_chat_templates/x");
  const auto folder = folders.leave("m");
  ASSERT_NE(folder, nullptr);
  EXPECT_EQ(folder->links, (std::vector<std::string>{"sub", "additional_chat_templates/x"}));
  EXPECT_FALSE(worth_comparing(*folder));
}

TEST(Folders, LetGoOfWhatIsNotNeededAnyMore) {
  Folders folders;
  folders.add("m/a.onnx", {})
      .settle({.document = {},
               .weight_templates = {},
               .embedding_rows = {},
               .tensor_files = {{.name = "w", .end = 1}}});
  const auto folder = folders.leave("m");
  EXPECT_TRUE(worth_comparing(*folder));
  folder->let_go();
  EXPECT_FALSE(worth_comparing(*folder));
  EXPECT_TRUE(folder->facts.files.empty());
}

TEST(Folders, KnowWhenAllFilesAreKnown) {
  Folders folders;
  const FolderPlace first = folders.add("m/a.json", {});
  const FolderPlace second = folders.add("m/b.json", {});
  const auto folder = folders.leave("m");
  ASSERT_NE(folder, nullptr);
  EXPECT_EQ(folders.leave("m"), nullptr);
  EXPECT_EQ(folder->pending, 2);
  EXPECT_FALSE(worth_comparing(*folder));
  second.settle(with_shards(1));
  first.settle({});
  EXPECT_EQ(folder->pending, 0);
  EXPECT_TRUE(worth_comparing(*folder));
  EXPECT_TRUE(folder->facts.files[0].document.shards.empty());
  EXPECT_EQ(folder->facts.files[1].document.shards.size(), 1);
  EXPECT_FALSE(folder->too_much);
}

TEST(Folders, TensorsOfAnAdapterNeedAConfiguration) {
  const auto lacks = [](const std::vector<std::string>& names) {
    Folders folders;
    for (const std::string& name : names) folders.add("m/" + name, {}).settle({});
    const auto folder = folders.leave("m");
    EXPECT_TRUE(!lacks_configuration(*folder) || worth_comparing(*folder));
    return lacks_configuration(*folder);
  };
  EXPECT_TRUE(lacks({"adapter_model.safetensors"}));
  EXPECT_TRUE(lacks({"adapter_model.bin"}));
  EXPECT_TRUE(lacks({"README.md", "adapter_model.pt", "config.json"}));
  EXPECT_FALSE(lacks({"model.safetensors", "config.json"}));
  EXPECT_FALSE(lacks({"adapter_model.safetensors.bak", "my_adapter_model.bin"}));
}

TEST(Folders, HoldABoundedNumberOfFacts) {
  Folders folders;
  std::vector<FolderPlace> places;
  for (int i = 0; i < 50; ++i) places.push_back(folders.add("m/" + std::to_string(i), {}));
  const auto folder = folders.leave("m");
  for (const FolderPlace& place : places) place.settle(with_shards(1000));
  EXPECT_TRUE(folder->too_much);
  EXPECT_EQ(folder->pending, 0);
  EXPECT_TRUE(folder->facts.files[49].document.shards.empty());
}

TEST(Folders, KeepTheFilesOfAnAdapter) {
  const TemporaryFolder files;
  files.write("adapter_config.json", "{}");
  files.write("config.json", "{}");
  Folders folders;
  for (const std::string name : {"adapter_config.json", "config.json"}) {
    const auto file = open_node(AT_FDCWD, files.path(name));
    ASSERT_TRUE(file.has_value());
    folders.add(name, *file).settle({});
  }
  const auto folder = folders.leave(".");
  EXPECT_TRUE(folder->adapter.config.descriptor.valid());
  EXPECT_EQ(folder->adapter.config.node.bytes, 2);
  EXPECT_FALSE(folder->adapter.weights.descriptor.valid());
  EXPECT_TRUE(worth_comparing(*folder));
}

}  // namespace
}  // namespace gh::artifacts
