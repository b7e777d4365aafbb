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

TEST(Folders, KeepTheTensorsThatVllmTakes) {
  const TemporaryFolder files;
  const std::string safetensors = "adapter_model.safetensors";
  const std::string bin = "adapter_model.bin";
  const std::string pt = "adapter_model.pt";
  files.write(safetensors, "1");
  files.write(bin, "22");
  files.write(pt, "333");
  files.write("pytorch_model.bin", "4444");
  // The name and the size of what is kept of an adapter, and what is not examined before it.
  const auto kept = [&](const std::vector<std::string>& names, const std::string& unseen = "") {
    Folders folders;
    if (!unseen.empty()) folders.add_unseen("m/" + unseen);
    for (const std::string& name : names) {
      const auto file = open_node(AT_FDCWD, files.path(name));
      EXPECT_TRUE(file.has_value());
      folders.add("m/" + name, *file).settle({});
    }
    const auto folder = folders.leave("m");
    if (folder == nullptr) return std::string("no folder");
    const AdapterFiles& adapter = folder->adapter;
    const std::string size =
        adapter.weights.descriptor.valid() ? std::to_string(adapter.weights.node.bytes) : "none";
    return size + " " + std::string(name_of_weights(adapter)) +
           (adapter.not_seen < adapter.taken ? " in doubt" : "");
  };
  EXPECT_EQ(kept({safetensors, bin, pt}), "1 " + safetensors);
  EXPECT_EQ(kept({pt, bin, safetensors}), "1 " + safetensors);
  EXPECT_EQ(kept({bin, pt}), "2 " + bin);
  EXPECT_EQ(kept({pt, bin}), "2 " + bin);
  EXPECT_EQ(kept({pt}), "3 " + pt);
  EXPECT_EQ(kept({"pytorch_model.bin"}), "none " + safetensors);
  EXPECT_EQ(kept({bin}, safetensors), "2 " + bin + " in doubt");
  EXPECT_EQ(kept({bin}, pt), "2 " + bin);
  EXPECT_EQ(kept({bin}, "model.safetensors"), "2 " + bin);
  EXPECT_EQ(kept({}, safetensors), "none " + safetensors + " in doubt");
  EXPECT_EQ(kept({}, "README.md"), "no folder");
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

TEST(Folders, HoldABoundedNumberOfFactsInAll) {
  Folders folders;
  std::vector<std::shared_ptr<FolderState>> waiting;
  std::size_t whole = 0;
  const auto fill = [&](const std::string& name) {
    const FolderPlace place = folders.add(name + "/x", {});
    place.settle(with_shards(20'000));
    waiting.push_back(folders.leave(name));
    return !waiting.back()->too_much;
  };
  for (int i = 0; i < 20; ++i) whole += std::size_t{fill(std::to_string(i))};
  EXPECT_GT(whole, 5);
  EXPECT_LT(whole, 15);
  EXPECT_EQ(waiting.back()->facts.files.size(), 1);
  EXPECT_FALSE(fill("more"));
  waiting.front()->let_go();
  EXPECT_TRUE(fill("and more"));
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
