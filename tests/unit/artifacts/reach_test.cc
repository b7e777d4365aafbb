#include "artifacts/reach.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

TEST(Reach, ByTheWayThatAScanGoes) {
  const TemporaryFolder folder;
  folder.write("model/a/b.json", "");
  folder.write("model/c.bin", "");
  folder.write("other/d.bin", "");
  folder.write("models/e.bin", "");
  folder.link("../model/c.bin", "other/to_c");
  folder.link("model", "to_model");
  const auto reaches = [&](const std::string& root, const std::string& file,
                           const std::vector<std::string>& exclude = {}) {
    return is_reached(folder.path(root), exclude, folder.path(file));
  };
  EXPECT_TRUE(reaches("model/c.bin", "model/c.bin"));
  EXPECT_TRUE(reaches("model", "model/c.bin"));
  EXPECT_TRUE(reaches("model/", "model/a/../a/b.json"));
  EXPECT_TRUE(reaches("", "model/a/b.json"));
  EXPECT_TRUE(reaches("model", "other/to_c"));
  EXPECT_TRUE(reaches("to_model", "model/c.bin"));
  EXPECT_TRUE(reaches("model", "to_model/c.bin"));
  EXPECT_FALSE(reaches("model", "other/d.bin"));
  EXPECT_FALSE(reaches("model", "models/e.bin"));
  EXPECT_FALSE(reaches("model/a", "model/c.bin"));
  EXPECT_FALSE(reaches("model/c.bin", "other/d.bin"));
  EXPECT_FALSE(reaches("model", "model/none"));
  EXPECT_FALSE(reaches("none", "model/c.bin"));
  EXPECT_FALSE(reaches("", "model/a"));  // no file
  EXPECT_FALSE(is_reached("/dev", {}, "/dev/null"));

  EXPECT_FALSE(reaches("model", "model/a/b.json", {"b.json"}));
  EXPECT_FALSE(reaches("model", "model/a/b.json", {"a"}));
  EXPECT_FALSE(reaches("", "model/a/b.json", {"model/a"}));
  EXPECT_FALSE(reaches("model/c.bin", "model/c.bin", {"*.bin"}));
  EXPECT_TRUE(reaches("model", "model/a/b.json", {"c.bin", "*.bin"}));
}

}  // namespace
}  // namespace gh::artifacts
