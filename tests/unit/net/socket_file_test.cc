// What is left of a Unix listener, and what of others is left alone.

#include "net/socket_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "harness.h"

namespace gh::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class UnixFile : public testing::Test {
 protected:
  bool is_there() const { return std::filesystem::exists(std::filesystem::symlink_status(path_)); }
  test::TempDir dir_;
  std::string path_ = dir_.path("s");
  std::string address_ = "unix:" + path_;
};

TEST_F(UnixFile, GoesWithItsOwner) {
  const auto fd = listen_on(address_);
  ASSERT_TRUE(fd);
  {
    SocketFile file = SocketFile::of(address_);
    const SocketFile moved = std::move(file);
    EXPECT_TRUE(is_there());
  }
  EXPECT_FALSE(is_there());
}

TEST_F(UnixFile, GoesWithOtherModeAndGroup) {
  const auto fd = listen_on(address_);
  ASSERT_TRUE(fd);
  {
    const SocketFile file = SocketFile::of(address_);
    ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  }
  EXPECT_FALSE(is_there());
}

// The next gateway took the place: its file may even look like ours.
TEST_F(UnixFile, ThatOfTheNextListenerStays) {
  for (int i = 0; i < 20; ++i) {
    auto first = listen_on(address_);
    ASSERT_TRUE(first);
    std::optional<SocketFile> ours(SocketFile::of(address_));
    first->reset();
    const auto next = listen_on(address_);
    ASSERT_TRUE(next) << next.error().message;
    ours.reset();
    EXPECT_TRUE(is_there());
    EXPECT_TRUE(begin_connect_unix(path_));
    std::filesystem::remove(path_);
  }
}

TEST_F(UnixFile, AnythingElseStays) {
  struct Row {
    const char* what;
    std::function<void()> put;
  };
  const std::string target = dir_.path("target");
  const auto live = listen_on("unix:" + target);
  ASSERT_TRUE(live);
  for (const Row& row : {
           Row{"file", [&] { std::ofstream(path_) << "precious"; }},
           Row{"folder", [&] { std::filesystem::create_directory(path_); }},
           Row{"link to a socket", [&] { std::filesystem::create_symlink(target, path_); }},
           Row{"fifo", [&] { ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0); }},
       }) {
    {
      const auto fd = listen_on(address_);
      ASSERT_TRUE(fd) << row.what;
      const SocketFile file = SocketFile::of(address_);
      std::filesystem::remove(path_);
      row.put();
    }
    EXPECT_TRUE(is_there()) << row.what;
    const auto refused = listen_on(address_);
    ASSERT_FALSE(refused) << row.what;
    EXPECT_THAT(refused.error().message, HasSubstr("is not a socket"));
    EXPECT_TRUE(is_there()) << row.what;
    std::filesystem::remove(path_);
  }
  EXPECT_TRUE(begin_connect_unix(target));
}

TEST_F(UnixFile, NothingForOtherAddresses) {
  const auto fd = listen_on(address_);
  ASSERT_TRUE(fd);
  // As a path, each would be the socket or its folder.
  for (const std::string& address :
       {std::string(), path_, "unix:" + path_ + "/", "unix:" + dir_.path("."),
        "unix:" + dir_.path("missing"), std::string("127.0.0.1:80")}) {
    {
      const SocketFile file = SocketFile::of(address);
    }
    EXPECT_TRUE(is_there()) << address;
    EXPECT_TRUE(begin_connect_unix(path_)) << address;
  }
}

TEST_F(UnixFile, SaysWhoListens) {
  const auto first = listen_on(address_);
  ASSERT_TRUE(first);
  const auto second = listen_on(address_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr(path_ + ": another process is listening"),
                    HasSubstr("(pid " + std::to_string(getpid()) + ")"), HasSubstr("stop it")));
}

// Not a stream: a connection can never be made, and that proves nothing.
TEST_F(UnixFile, ASocketOfAnotherTypeStays) {
  const Fd datagrams(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(datagrams.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto refused = listen_on(address_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("nobody can tell"));
  EXPECT_TRUE(is_there());
}

}  // namespace
}  // namespace gh::net
