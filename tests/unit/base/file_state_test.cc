#include "base/file_state.h"

#include <gtest/gtest.h>

#include <functional>

namespace gh {
namespace {

TEST(FileState, IsAnotherWithAnyOfItsParts) {
  struct stat facts{};
  facts.st_dev = 1;
  facts.st_ino = 2;
  facts.st_size = 3;
  facts.st_mtim = {.tv_sec = 4, .tv_nsec = 5};
  facts.st_ctim = {.tv_sec = 6, .tv_nsec = 7};
  const FileState state = file_state(facts);
  EXPECT_EQ(state, (FileState{.device = 1,
                              .inode = 2,
                              .size = 3,
                              .modified = 4'000'000'005,
                              .changed = 6'000'000'007}));
  const std::function<void(struct stat&)> changes[] = {
      [](struct stat& s) { s.st_size = 4; },
      [](struct stat& s) { s.st_mtim.tv_nsec = 6; },
      [](struct stat& s) { s.st_ctim.tv_nsec = 8; },
  };
  for (const auto& change : changes) {
    struct stat other = facts;
    change(other);
    EXPECT_NE(file_state(other), state);
    EXPECT_TRUE(file_state(other).same_file(state));
  }
  struct stat other = facts;
  other.st_ino = 3;
  EXPECT_FALSE(file_state(other).same_file(state));
  other.st_ino = 2;
  other.st_dev = 3;
  EXPECT_FALSE(file_state(other).same_file(state));
}

}  // namespace
}  // namespace gh
