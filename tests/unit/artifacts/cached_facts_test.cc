#include "artifacts/cached_facts.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::artifacts {
namespace {

NamedFileState file(std::uint64_t inode, const std::string& name, std::int64_t changed = 1) {
  return {.state = {.device = 1, .inode = inode, .size = 3, .modified = 1, .changed = changed},
          .name = name};
}

Facts with_shards(std::size_t count) {
  Facts facts;
  facts.document.shards.assign(count, std::string(1000, 's'));
  return facts;
}

std::size_t shards_of(const FolderPlace& place) {
  return place.folder->facts.files[place.index].document.shards.size();
}

TEST(CachedFacts, CountInEachFolder) {
  CachedFacts cached;
  Folders folders;
  const FolderPlace before = folders.add("a/x", {});
  const FolderPlace after = folders.add("b/x", {});
  const auto slot = std::make_shared<Slot>();
  EXPECT_FALSE(cached.take(file(1, "x"), before));
  cached.start(file(1, "x"), slot);
  EXPECT_TRUE(cached.take(file(1, "x"), before));
  ASSERT_EQ(slot->places.size(), 1);
  slot->examined = true;
  cached.end(file(1, "x"), with_shards(2));
  EXPECT_TRUE(cached.take(file(1, "x"), after));
  EXPECT_EQ(shards_of(after), 2);
}

TEST(CachedFacts, AreOfOneContentUnderOneName) {
  CachedFacts cached;
  Folders folders;
  const FolderPlace place = folders.add("a/x", {});
  cached.start(file(1, "x"), std::make_shared<Slot>());
  cached.end(file(1, "x"), {});
  for (const NamedFileState& other : {file(1, "y"), file(2, "x"), file(1, "x", 2)})
    EXPECT_FALSE(cached.take(other, place));
  EXPECT_TRUE(cached.is_named(file(1, "y").state));
  EXPECT_FALSE(cached.is_named(file(1, "x", 2).state));
}

TEST(CachedFacts, AreBounded) {
  CachedFacts cached;
  Folders folders;
  const auto slot = std::make_shared<Slot>();
  const std::size_t each = bytes_of(with_shards(1000));
  std::size_t kept = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    cached.start(file(i, name), slot);
    cached.end(file(i, name), with_shards(1000));
    EXPECT_TRUE(cached.is_named(file(i, name).state));
    if (cached.take(file(i, name), folders.add(name + "/x", {}))) kept += each;
  }
  EXPECT_GT(kept, 32 << 20);
  EXPECT_LE(kept, 64 << 20);
}

}  // namespace
}  // namespace gh::artifacts
