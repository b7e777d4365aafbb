#include "signing/tree.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "signing/hash_files.h"

namespace gh::signing {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class TreeTest : public testing::Test {
 protected:
  TreeTest() : root_(fs::temp_directory_path() / ("gh_tree_" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_ / "m/sub");
    put("m/a", "one");
    put("m/sub/b", "two");
    put("outside", "secret");
  }
  ~TreeTest() override { fs::remove_all(root_); }

  void put(const std::string& name, std::string_view content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
  }
  Tree tree() { return *Tree::open((root_ / "m").string()); }

  fs::path root_;
};

std::vector<std::string> paths(const Listing& listing) {
  std::vector<std::string> all;
  for (const Entry& entry : listing.entries) all.push_back(entry.path);
  return all;
}

std::vector<HashedFile> hashed(const Tree& tree, const Listing& listing,
                               const HashPlan& plan = {}) {
  return hash_files(tree, listing.entries, plan);
}

TEST_F(TreeTest, ListsFilesByTheirParts) {
  put("m/sub.txt", "");
  EXPECT_THAT(paths(*tree().list({})), ElementsAre("a", "sub/b", "sub.txt"));
}

TEST_F(TreeTest, KindsAreToldApart) {
  fs::create_symlink("a", root_ / "m/link");
  fs::create_symlink("nowhere", root_ / "m/dangling");
  fs::create_symlink("..", root_ / "m/up");
  ::mkfifo((root_ / "m/pipe").c_str(), 0600);
  const auto kind = [](const Listing& listing, std::string_view path) {
    for (const Entry& entry : listing.entries)
      if (entry.path == path) return entry.kind;
    return Entry::Kind::unreadable;
  };
  const Listing plain = *tree().list({});
  for (const char* path : {"link", "dangling", "up"}) {
    EXPECT_EQ(kind(plain, path), Entry::Kind::link) << path;
  }
  EXPECT_EQ(kind(plain, "pipe"), Entry::Kind::other);
  const Listing followed = *tree().list({.allow_symlinks = true, .ignored = {}, .signature = {}});
  EXPECT_EQ(kind(followed, "link"), Entry::Kind::file);
  EXPECT_EQ(kind(followed, "up"), Entry::Kind::link);
  EXPECT_EQ(kind(followed, "dangling"), Entry::Kind::unreadable);
}

TEST_F(TreeTest, IgnoredPathsAndTheSignature) {
  put("m/subway", "");
  const Listing listing =
      *tree().list({.allow_symlinks = false, .ignored = {"sub", "absent", "a/b"}, .signature = {}});
  EXPECT_THAT(paths(listing), ElementsAre("a", "subway"));
  EXPECT_THAT(listing.ignored, ElementsAre("sub"));
  const Place a = place_of((root_ / "m/a").string());
  EXPECT_THAT(paths(*tree().list({.allow_symlinks = false, .ignored = {}, .signature = a})),
              ElementsAre("sub/b", "subway"));
}

TEST_F(TreeTest, OtherNamesOfTheSignatureAreFiles) {
  put("m/sig", "");
  put("m/sub/sig", "");
  fs::create_hard_link(root_ / "m/sig", root_ / "m/template");
  fs::create_symlink("sig", root_ / "m/way");
  const Place sig = place_of((root_ / "m/sig").string());
  for (const bool allow_symlinks : {false, true}) {
    EXPECT_THAT(
        paths(*tree().list({.allow_symlinks = allow_symlinks, .ignored = {}, .signature = sig})),
        ElementsAre("a", "sub/b", "sub/sig", "template", "way"));
  }
}

TEST_F(TreeTest, APlaceIsANameInAFolder) {
  const Place here = place_of((root_ / "m/absent.sig").string());
  EXPECT_EQ(here.name, "absent.sig");
  EXPECT_NE(here.inode, 0u);
  EXPECT_EQ(place_of((root_ / "m/sub/../x").string()).inode, here.inode);
  EXPECT_EQ(place_of((root_ / "absent/x").string()).inode, 0u);
  EXPECT_EQ(place_of("x").inode, place_of("./x").inode);
}

TEST_F(TreeTest, TooDeep) {
  std::string deep = "m";
  for (int i = 0; i < 66; ++i) deep += "/d";
  fs::create_directories(root_ / deep);
  EXPECT_FALSE(tree().list({}));
}

TEST_F(TreeTest, WhatIsNoModel) {
  EXPECT_FALSE(Tree::open((root_ / "absent").string()));
  EXPECT_FALSE(Tree::open("/dev/null"));
}

TEST_F(TreeTest, AFileReplacedAfterTheListingIsNoticed) {
  const Tree open = tree();
  const Listing before = *open.list({});
  put("m/new", "one");
  fs::rename(root_ / "m/new", root_ / "m/a");  // the same bytes, another file
  const auto results = hashed(open, before);
  EXPECT_EQ(results[0].trouble, HashedFile::Trouble::changed);
  EXPECT_EQ(results[1].trouble, HashedFile::Trouble::none);
  EXPECT_FALSE(*open.list({}) == before);
}

TEST_F(TreeTest, AFileWrittenToAfterTheListingIsNoticed) {
  const Tree open = tree();
  const Listing before = *open.list({});
  put("m/a", "one and more");
  EXPECT_EQ(hashed(open, before)[0].trouble, HashedFile::Trouble::changed);
}

TEST_F(TreeTest, ALinkPutInPlaceOfAFileOrFolderIsNotFollowed) {
  const Tree open = tree();
  const Listing before = *open.list({});
  fs::remove(root_ / "m/a");
  fs::create_symlink(root_ / "outside", root_ / "m/a");
  fs::rename(root_ / "m/sub", root_ / "moved");
  fs::create_directory_symlink(root_ / "moved", root_ / "m/sub");
  for (const HashedFile& result : hashed(open, before)) {
    EXPECT_EQ(result.trouble, HashedFile::Trouble::changed);
  }
}

TEST_F(TreeTest, AMovedFolderIsStillTheOneThatWasOpened) {
  const Tree open = tree();
  fs::rename(root_ / "m", root_ / "n");
  fs::create_directories(root_ / "m");
  put("m/evil", "");
  EXPECT_THAT(paths(*open.list({})), ElementsAre("a", "sub/b"));
}

TEST_F(TreeTest, ShardsAreDigestsOfParts) {
  put("m/a", "0123456789");
  put("m/empty", "");
  const Tree open = tree();
  HashPlan plan;
  plan.method = Method::shards;
  plan.shard_size = 4;
  for (const unsigned threads : {1U, 3U, 64U}) {
    plan.threads = threads;
    const auto results = hashed(open, *open.list({}), plan);
    ASSERT_EQ(results.size(), 3U);
    crypto::RunningDigest digest(crypto::HashAlgorithm::sha256);
    std::vector<std::string> expected;
    for (const char* part : {"0123", "4567", "89"}) {
      digest.update(part);
      expected.push_back(digest.finish());
    }
    EXPECT_EQ(results[0].digests, expected);
    EXPECT_THAT(results[1].digests, IsEmpty());
    EXPECT_EQ(results[2].digests.size(), 1U);
  }
}

TEST_F(TreeTest, ManyFilesOnManyThreads) {
  for (int i = 0; i < 500; ++i)
    put("m/sub/" + std::to_string(i), std::string(static_cast<std::size_t>(i * 37), 'x'));
  const Tree open = tree();
  const Listing listing = *open.list({});
  std::uint64_t last = 0;
  HashPlan plan;
  plan.threads = 8;
  plan.progress = [&last](std::uint64_t done, std::uint64_t all) {
    EXPECT_LE(last, done);
    EXPECT_LE(done, all);
    last = done;
  };
  const auto results = hashed(open, listing, plan);
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::ifstream in(root_ / "m" / listing.entries[i].path, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    crypto::RunningDigest digest(crypto::HashAlgorithm::sha256);
    digest.update(content);
    EXPECT_EQ(results[i].digests, std::vector{digest.finish()}) << listing.entries[i].path;
  }
  EXPECT_GT(last, 0U);
  last = 0;
  EXPECT_THAT(hash_files(open, {}, plan), IsEmpty());
}

}  // namespace
}  // namespace gh::signing
