#include "artifacts/walk.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.h"

namespace gh::artifacts {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using What = Found::What;

std::string letter(What what) {
  switch (what) {
    case What::file:
      return "file ";
    case What::link_inside:
      return "inside ";
    case What::link_loop:
      return "loop ";
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
    EXPECT_EQ(next->linked, next->what == What::file && !next->target.empty() &&
                                !(next->cached && next->target.contains("/blobs/")));
  }
  return found;
}

class WalkTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(WalkTest, OneFileMayBeUnseen) {
  folder_.write("a/report", "");
  folder_.write("a/x", "");
  folder_.link("a/report", "link");
  const Node report = look(AT_FDCWD, folder_.path("a/report"));
  Walk walk(folder_.path(), {"report"}, report.state);
  std::vector<std::string> found;
  while (const auto next = walk.next()) found.push_back(letter(next->what) + next->path);
  EXPECT_THAT(found, ElementsAre("file a/x", "folder a", "file link", "folder ."));
}

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

TEST_F(WalkTest, LinksAreFollowedInside) {
  folder_.write("d/file", "");
  folder_.link("file", "d/here");
  folder_.link("../d", "d/up_and_down");
  folder_.link("../..", "d/out");
  folder_.link(folder_.path("d/file"), "d/absolute");
  folder_.link("nothing", "d/dangling");
  EXPECT_THAT(walk(folder_.path("d")),
              ElementsAre("outside absolute", "outside dangling", "file file", "file here",
                          "outside out", "outside up_and_down", "folder ."));
}

TEST_F(WalkTest, LinksToFoldersAreFollowedInside) {
  folder_.write("v1/x", "");
  folder_.link("../y", "v1/y");
  folder_.write("y", "");
  folder_.link("v1", "now");
  folder_.link("now", "then");
  EXPECT_THAT(walk(folder_.path()),
              ElementsAre("inside now", "file now/x", "file now/y", "folder now", "inside then",
                          "file then/x", "file then/y", "folder then", "file v1/x", "file v1/y",
                          "folder v1", "file y", "folder ."));
  EXPECT_THAT(
      walk(folder_.path(), {"now"}),
      ElementsAre("excluded now", "inside then", "file then/x", "file then/y", "folder then",
                  "file v1/x", "file v1/y", "folder v1", "file y", "folder ."));
}

TEST_F(WalkTest, LinksThatLeadBackEnd) {
  folder_.write("a/x", "");
  folder_.write("b/x", "");
  folder_.link(".", "a/self");
  folder_.link("..", "a/up");
  folder_.link("../b", "a/z");
  folder_.link("../a", "b/z");
  EXPECT_THAT(
      walk(folder_.path()),
      ElementsAre("loop a/self", "loop a/up", "file a/x", "inside a/z", "file a/z/x", "loop a/z/z",
                  "folder a/z", "folder a", "file b/x", "inside b/z", "loop b/z/self",
                  "loop b/z/up", "file b/z/x", "loop b/z/z", "folder b/z", "folder b", "folder ."));
}

TEST_F(WalkTest, LinksThatDoubleWithEachStepEnd) {
  for (int i = 0; i < 30; ++i) {
    const std::string folder = std::to_string(i);
    folder_.write(folder + "/x", "");
    if (i == 29) continue;
    for (const char* name : {"/l", "/r"})
      folder_.link("../" + std::to_string(i + 1), folder + name);
  }
  Walk walk(folder_.path(), {});
  std::uint64_t count = 0;
  bool refused = false;
  for (; const auto next = walk.next(); ++count) refused |= next->what == What::too_much;
  EXPECT_TRUE(refused);
  EXPECT_LT(count, 4 * Walk::kMaxLinked);
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
  const std::string one(40, '1');
  const std::string two(64, '2');
  folder_.write("models--a--b/blobs/" + one, "one");
  folder_.write("models--a--b/blobs/" + two, "two");
  folder_.link("../../blobs/" + one, "models--a--b/snapshots/r/x");
  folder_.link("../../../secret", "models--a--b/snapshots/r/y");
  folder_.write("secret", "");
  EXPECT_THAT(walk(folder_.path("models--a--b")),
              ElementsAre("file snapshots/r/x", "outside snapshots/r/y", "folder snapshots/r",
                          "folder snapshots", "file blobs/" + one, "file blobs/" + two,
                          "folder blobs", "folder ."));
  EXPECT_THAT(walk(folder_.path("models--a--b/snapshots/r")),
              ElementsAre("file x", "outside y", "folder ."));
}

// Anybody can make folders of these names.
TEST_F(WalkTest, OfACacheNothingIsTrustedButWhatTheHubWrites) {
  const std::string digest(40, 'a');
  for (const std::string& name :
       {"blobs/" + digest, "blobs/" + digest + ".incomplete", "blobs/" + std::string(40, 'A'),
        "blobs/" + std::string(64, 'b'), "blobs/install.sh"s, "blobs/x/" + digest,
        "snapshots/r/real"s, "x/blobs/" + digest, "notes"s})
    folder_.write(name, "words");
  for (const std::string folder : {"snapshots/r/", "x/blobs/", "snapshots/r/sub/x/../"})
    folder_.link((folder.size() > 12 ? "../../../blobs/" : "../../blobs/") + digest,
                 folder + "link");
  folder_.link("real", "snapshots/r/other");
  folder_.link(digest, "blobs/chat_template.jinja");
  std::vector<std::string> blobs;
  std::vector<std::string> cached;
  std::vector<std::string> linked;
  Walk walk(folder_.path(), {});
  while (const auto next = walk.next()) {
    if (next->blob) blobs.push_back(next->path);
    if (next->cached) cached.push_back(next->path);
    if (next->linked) linked.push_back(next->path);
  }
  EXPECT_THAT(blobs, ElementsAre("blobs/" + digest, "blobs/" + std::string(64, 'b')));
  EXPECT_THAT(cached, ElementsAre("snapshots/r/link", "snapshots/r/other", "snapshots/r/real",
                                  "snapshots/r/sub/link"));
  EXPECT_THAT(linked,
              ElementsAre("snapshots/r/other", "x/blobs/link", "blobs/chat_template.jinja"));
}

TEST_F(WalkTest, ACacheMayHaveNothingButMarksOfAbsentFiles) {
  for (const std::string folder : {"marks", "whole"})
    folder_.write(folder + "/.no_exist/r/config.json", "");
  folder_.write("whole/refs/main", "r");
  const auto is_mark = [&](const std::string& folder) {
    Walk walk(folder_.path(folder), {});
    return walk.next()->absent;
  };
  EXPECT_FALSE(is_mark("marks"));
  EXPECT_TRUE(is_mark("whole"));
}

TEST_F(WalkTest, ACacheMayLinkToAnotherOneInside) {
  folder_.write("a/blobs/1", "one");
  folder_.write("a/snapshots/r/x", "");
  folder_.write("b/blobs/2", "two");
  folder_.link("../../../a/blobs/1", "b/snapshots/r/y");
  folder_.link("../../a/snapshots/r", "b/snapshots/s");
  EXPECT_THAT(walk(folder_.path()),
              ElementsAre("file a/snapshots/r/x", "folder a/snapshots/r", "folder a/snapshots",
                          "file a/blobs/1", "folder a/blobs", "folder a", "file b/snapshots/r/y",
                          "folder b/snapshots/r", "inside b/snapshots/s", "file b/snapshots/s/x",
                          "folder b/snapshots/s", "folder b/snapshots", "file b/blobs/2",
                          "folder b/blobs", "folder b", "folder ."));
  EXPECT_THAT(walk(folder_.path("b")), testing::Contains("outside snapshots/r/y"));
}

TEST_F(WalkTest, ReferencesOfCaches) {
  const auto references = [](const std::string& root) {
    Walk walk(root, {});
    std::vector<std::string> paths;
    while (const auto next = walk.next())
      if (next->reference) paths.push_back(next->path);
    return paths;
  };
  folder_.write("models--a--b/refs/pr/1", "r");  // the name alone says it
  folder_.write("models--a--b/refs/main", "r");
  folder_.link("main", "models--a--b/refs/same");
  folder_.write("x/blobs/1", "one");
  folder_.write("x/refs/main", "r");
  folder_.link("../blobs/1", "x/refs/blob");
  folder_.link("../../refs/main", "x/snapshots/r/main");
  folder_.write("y/refs/main", "r");
  folder_.write("y/.git/refs/heads/main", "r");
  EXPECT_THAT(references(folder_.path()),
              ElementsAre("models--a--b/refs/main", "models--a--b/refs/pr/1",
                          "models--a--b/refs/same", "x/refs/blob", "x/refs/main"));
  EXPECT_THAT(references(folder_.path("models--a--b/")),
              ElementsAre("refs/main", "refs/pr/1", "refs/same"));
  EXPECT_THAT(references(folder_.path("models--a--b/./refs")), ElementsAre("main", "pr/1", "same"));
  EXPECT_THAT(references(folder_.path("models--a--b/refs/main")), ElementsAre("main"));
  EXPECT_THAT(references(folder_.path("y")), ElementsAre());
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
