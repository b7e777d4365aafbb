#include "source/beneath.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/fd.h"

namespace gh::source {
namespace {

namespace fs = std::filesystem;

class BeneathTest : public testing::Test {
 protected:
  BeneathTest() {
    std::string name = testing::TempDir() + "beneath_XXXXXX";
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "m/sub");
    for (const char* file : {"outside", "m/a", "m/sub/b"}) std::ofstream(root_ / file) << file;
    fs::create_symlink("../outside", root_ / "m/out");
    fs::create_symlink("/etc/passwd", root_ / "m/absolute");
    fs::create_symlink("sub/b", root_ / "m/in");
    fs::create_symlink("../a", root_ / "m/sub/back");
    fs::create_directory_symlink("..", root_ / "m/up");
    fs::create_directory_symlink("sub", root_ / "m/same");
    fs::create_symlink("loop", root_ / "m/loop");
    folder_ = Fd(::open((root_ / "m").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  ~BeneathTest() override { fs::remove_all(root_); }

  bool opens(const char* path, Links links) const {
    return Fd(open_beneath(folder_.get(), path, O_RDONLY | O_CLOEXEC, links)).valid();
  }
  bool opens_by_parts(const char* path) const {
    return Fd(open_part_by_part(folder_.get(), path, O_RDONLY | O_CLOEXEC)).valid();
  }

  fs::path root_;
  Fd folder_;
};

TEST_F(BeneathTest, NothingOutsideIsOpened) {
  for (const char* path : {"../outside", "sub/../../outside", "out", "up/outside", "/etc/passwd",
                           "absolute", "loop", "absent", "a/b", ""}) {
    EXPECT_FALSE(opens(path, Links::refused)) << path;
    EXPECT_FALSE(opens(path, Links::inside)) << path;
    EXPECT_FALSE(opens_by_parts(path)) << path;
  }
}

TEST_F(BeneathTest, LinksAreFollowedInsideWhenAskedFor) {
  for (const char* path : {"in", "sub/back", "same/b", "same/back"}) {
    EXPECT_FALSE(opens(path, Links::refused)) << path;
    EXPECT_TRUE(opens(path, Links::inside)) << path;
    EXPECT_FALSE(opens_by_parts(path)) << path;
  }
  for (const char* path : {"a", "sub/b"}) {
    EXPECT_TRUE(opens(path, Links::refused)) << path;
    EXPECT_TRUE(opens(path, Links::inside)) << path;
    EXPECT_TRUE(opens_by_parts(path)) << path;
  }
}

}  // namespace
}  // namespace gh::source
