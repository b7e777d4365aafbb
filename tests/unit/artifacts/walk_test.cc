#include "artifacts/walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using What = Found::What;

std::string letter(What what) {
  switch (what) {
    case What::file:
      return "file ";
    case What::link_inside:
      return "inside ";
    case What::link_outside:
      return "outside ";
    case What::special:
      return "special ";
    case What::unreadable:
      return "unreadable ";
    case What::too_much:
      return "too much ";
    case What::excluded:
      return "excluded ";
    case What::folder:
      return "folder ";
  }
  return "";
}

std::vector<std::string> walk(const std::string& root, std::vector<std::string> exclude = {}) {
  Walk walk(root, std::move(exclude));
  std::vector<std::string> found;
  while (const auto next = walk.next()) {
    found.push_back(letter(next->what) + next->path);
    EXPECT_EQ(next->file.descriptor.valid(), next->what == What::file);
  }
  return found;
}

class WalkTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(WalkTest, SortedAndEachFolderAfterWhatIsInIt) {
  for (const char* name : {"b", "a/2", "a/1", "c/d/x", "Z"}) folder_.write(name, "");
  EXPECT_THAT(walk(folder_.path()),
              ElementsAre("file Z", "file a/1", "file a/2", "folder a", "file b", "file c/d/x",
                          "folder c/d", "folder c", "folder ."));
}

TEST_F(WalkTest, OneFileThatWasNamed) {
  folder_.write("x.bin", "abc");
  Walk walk(folder_.path("x.bin"), {});
  const auto found = walk.next();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->path, "x.bin");
  EXPECT_TRUE(found->named);
  EXPECT_EQ(found->file.node.bytes, 3);
  EXPECT_FALSE(walk.next().has_value());
}

TEST_F(WalkTest, NothingThere) {
  EXPECT_THAT(walk(folder_.path("none")), ElementsAre("unreadable none"));
  EXPECT_THAT(walk(""), ElementsAre("unreadable "));
  EXPECT_THAT(walk(folder_.path()), ElementsAre("folder ."));
}

TEST_F(WalkTest, LinksAreNotFollowed) {
  folder_.write("d/file", "");
  folder_.link("file", "d/here");
  folder_.link("../d", "d/up_and_down");
  folder_.link("../..", "d/out");
  folder_.link(folder_.path("d/file"), "d/absolute");
  folder_.link("nothing", "d/dangling");
  EXPECT_THAT(walk(folder_.path("d")),
              ElementsAre("outside absolute", "outside dangling", "file file", "inside here",
                          "outside out", "outside up_and_down", "folder ."));
}

TEST_F(WalkTest, PipesAreNotOpened) {
  ASSERT_EQ(::mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  folder_.link("pipe", "link");
  EXPECT_THAT(walk(folder_.path()), ElementsAre("outside link", "special pipe", "folder ."));
  EXPECT_THAT(walk(folder_.path("pipe")), ElementsAre("special pipe"));
}

TEST_F(WalkTest, ExcludedByPathOrName) {
  for (const char* name : {"a/x.txt", "a/y.bin", "b/x.txt", "x.txt"}) folder_.write(name, "");
  EXPECT_THAT(walk(folder_.path(), {"*.txt"}),
              ElementsAre("excluded a/x.txt", "file a/y.bin", "folder a", "excluded b/x.txt",
                          "folder b", "excluded x.txt", "folder ."));
  EXPECT_THAT(walk(folder_.path(), {"a"}),
              ElementsAre("excluded a/", "file b/x.txt", "folder b", "file x.txt", "folder ."));
  EXPECT_THAT(walk(folder_.path(), {"a/*", "b"}),
              ElementsAre("excluded a/x.txt", "excluded a/y.bin", "folder a", "excluded b/",
                          "file x.txt", "folder ."));
}

TEST_F(WalkTest, CachesAreReadThroughTheirLinks) {
  folder_.write("models--a--b/blobs/1", "one");
  folder_.write("models--a--b/blobs/2", "two");
  folder_.link("../../blobs/1", "models--a--b/snapshots/r/x");
  folder_.link("../../../secret", "models--a--b/snapshots/r/y");
  folder_.write("secret", "");
  EXPECT_THAT(
      walk(folder_.path("models--a--b")),
      ElementsAre("file snapshots/r/x", "outside snapshots/r/y", "folder snapshots/r",
                  "folder snapshots", "file blobs/1", "file blobs/2", "folder blobs", "folder ."));
  EXPECT_THAT(walk(folder_.path("models--a--b/snapshots/r")),
              ElementsAre("file x", "outside y", "folder ."));
}

TEST_F(WalkTest, DepthEnds) {
  std::string path = "d";
  for (std::size_t i = 1; i < Walk::kMaxDepth; ++i) path += "/d";
  folder_.write(path + "/x", "");
  const auto found = walk(folder_.path());
  EXPECT_EQ(found.front().substr(0, 9), "too much ");
  EXPECT_EQ(found.size(), Walk::kMaxDepth + 1);
}

}  // namespace
}  // namespace gh::artifacts
