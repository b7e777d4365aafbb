#include "base/large_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace gh {
namespace {

constexpr std::size_t kLarge = 2U << 20;

// Bytes of [begin, begin + size) that the kernel was asked to back with large pages (`hg`).
std::size_t asked_for(const void* begin, std::size_t size) {
  const auto from = reinterpret_cast<std::uintptr_t>(begin);
  std::size_t asked = 0;
  std::uintptr_t first = 0;
  std::uintptr_t last = 0;
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    char dash = 0;
    if (line.find("-") != std::string::npos && line.find(':') > line.find('-')) {
      words >> std::hex >> first >> dash >> last;
    }
    if (!line.starts_with("VmFlags:") || line.find(" hg") == std::string::npos) continue;
    if (first >= from && last <= from + size) asked += last - first;
  }
  return asked;
}

class LargePages : public testing::Test {
 protected:
  LargePages() {
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) return;
    room_ = static_cast<char*>(
        mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  }
  ~LargePages() override {
    if (room_ != nullptr) munmap(room_, kSize);
  }
  void SetUp() override {
    if (room_ == nullptr) GTEST_SKIP() << "this kernel has no large pages";
    ASSERT_NE(room_, MAP_FAILED);
    const auto at = reinterpret_cast<std::uintptr_t>(room_);
    aligned_ = room_ + (kLarge - at % kLarge) % kLarge;
  }

  static constexpr std::size_t kSize = 5 * kLarge;
  char* room_ = nullptr;
  char* aligned_ = nullptr;  // the first large page, with room for three more behind it
};

TEST_F(LargePages, AskedForWhereWhole) {
  prefer_large_pages(aligned_, 3 * kLarge);
  EXPECT_EQ(asked_for(room_, kSize), 3 * kLarge);
}

TEST_F(LargePages, NotAskedForAtTheEnds) {
  prefer_large_pages(aligned_ + 1, 3 * kLarge);  // parts of two and two whole ones
  EXPECT_EQ(asked_for(room_, kSize), 2 * kLarge);
}

TEST_F(LargePages, NotAskedForWhereNoneIsWhole) {
  prefer_large_pages(aligned_, 0);
  prefer_large_pages(aligned_, kLarge - 1);
  prefer_large_pages(aligned_ + 1, 2 * kLarge - 2);
  EXPECT_EQ(asked_for(room_, kSize), 0U);
}

}  // namespace
}  // namespace gh
