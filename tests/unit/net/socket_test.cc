// Listening and connecting, TCP and Unix.

#include "net/socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness.h"

namespace gh::net {
namespace {

using testing::HasSubstr;

class UnixSocket : public testing::Test {
 protected:
  test::TempDir dir_;
  std::string path_ = dir_.path("s");
  std::string address_ = "unix:" + path_;
};

TEST(Fd, MovesAndCloses) {
  Fd first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  Fd third;
  third = std::move(second);
  EXPECT_EQ(third.get(), number);
  third = Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(fcntl(number, F_GETFD), -1);  // the old one was closed
  const int kept = third.release();
  EXPECT_FALSE(third.valid());
  EXPECT_NE(fcntl(kept, F_GETFD), -1);
  close(kept);
}

TEST(ListenOn, RefusedAddresses) {
  for (const auto* address :
       {"", ":", ":8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:80x", "127.0.0.1:-1",
        "127.0.0.1:+1", "127.0.0.1: 1", "127.0.0.1:65536", "localhost:80", "*:80", "[::1]",
        "[::1]:", "[127.0.0.1]:80", "[::1:80", "[fe80::1%lo]:80",
        // Without brackets nobody knows where the address ends.
        "::1:0", "2001:db8::1:8443", "unix:"}) {
    EXPECT_FALSE(listen_on(address)) << address;
  }
  EXPECT_FALSE(listen_on("unix:/" + std::string(107, 'x')));
  EXPECT_FALSE(listen_on(std::string("unix:\0abstract", 14)));  // no file, no permissions
  EXPECT_FALSE(listen_on(std::string("unix:/tmp/a\0b", 13)));
  EXPECT_FALSE(listen_on("192.0.2.1:0"));  // not ours
}

TEST(ListenOn, NonBlockingAndClosedOnExec) {
  const auto fd = listen_on("127.0.0.1:0");
  ASSERT_TRUE(fd);
  EXPECT_NE(fcntl(fd->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(ListenOn, WorkersShareAFreePort) {
  for (const std::string asked : {"127.0.0.1:0", "[::1]:0"}) {
    if (asked.starts_with('[') && !test::has_ipv6()) GTEST_SKIP() << "this machine has no ::1";
    const auto first = listen_on(asked);
    ASSERT_TRUE(first) << first.error().message;
    const std::string bound = bound_address(*first, asked);
    EXPECT_EQ(bound.substr(0, bound.rfind(':')), asked.substr(0, asked.rfind(':')));
    EXPECT_NE(bound, asked);
    EXPECT_FALSE(listen_on(bound));  // somebody listens there
    const auto second = listen_on(bound, Share::join);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(bound_address(*second, bound), bound);
    const auto third = listen_on(asked);  // asking again is another port
    ASSERT_TRUE(third);
    EXPECT_NE(bound_address(*third, asked), bound);
  }
}

TEST(ListenOn, SaysWhatIsShort) {
  const auto first = listen_on("127.0.0.1:0");
  ASSERT_TRUE(first);
  const std::string bound = bound_address(*first, "127.0.0.1:0");
  const int next = Fd(open("/dev/null", O_RDONLY | O_CLOEXEC)).get();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  for (const int room : {0, 1}) {  // it wants two
    const rlimit few{.rlim_cur = static_cast<rlim_t>(next + room), .rlim_max = before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto refused = listen_on(bound);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, bound + ": socket: Too many open files");
  }
}

TEST_F(UnixSocket, ModeAndAddress) {
  const mode_t before = umask(0);
  const auto fd = listen_on(address_);
  umask(before);
  ASSERT_TRUE(fd) << fd.error().message;
  struct stat info{};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
  EXPECT_EQ(bound_address(*fd, address_), address_);
}

TEST_F(UnixSocket, StaleFileIsReplaced) {
  ASSERT_TRUE(listen_on(address_));  // closed at once; the file stays
  ASSERT_TRUE(std::filesystem::exists(path_));
  const auto again = listen_on(address_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(begin_connect_unix(path_));
}

TEST_F(UnixSocket, LiveFileIsLeftAlone) {
  const auto first = listen_on(address_);
  ASSERT_TRUE(first);
  const auto second = listen_on(address_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process is listening"));
  EXPECT_TRUE(begin_connect_unix(path_));
}

// Its backlog is full: it is alive all the same, and asking must not wait for it.
TEST_F(UnixSocket, BusyFileIsLeftAlone) {
  const auto first = listen_on(address_, Share::alone, 0);
  ASSERT_TRUE(first);
  std::vector<Fd> waiting;
  while (auto fd = begin_connect_unix(path_)) waiting.push_back(std::move(*fd));
  ASSERT_GE(waiting.size(), 1u);
  const auto second = listen_on(address_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process is listening"));
}

TEST_F(UnixSocket, OtherFilesAreLeftAlone) {
  std::ofstream(path_) << "precious";
  EXPECT_FALSE(listen_on(address_));
  EXPECT_EQ(std::filesystem::file_size(path_), 8u);
  std::filesystem::remove(path_);
  const std::string target = dir_.path("target");
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, path_);
  EXPECT_FALSE(listen_on(address_));
  EXPECT_TRUE(std::filesystem::exists(target));
  EXPECT_FALSE(listen_on("unix:" + dir_.path("missing/s")));
}

// EADDRNOTAVAIL has two meanings; in a network of its own, which has nothing at first, both come.
TEST(BeginConnect, NoAddressHereIsNoShortageOfPorts) {
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNET) != 0) _exit(77);
    const auto nowhere = begin_connect(*Address::parse_ip("::1", 1));
    if (nowhere || nowhere.error().shortage) _exit(1);
    const Fd control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    if (ioctl(control.get(), SIOCSIFFLAGS, &loopback) != 0) _exit(2);
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "4000 4000" << std::flush;
    const auto listener = listen_on("127.0.0.1:5000");
    if (!listener) _exit(3);
    const auto first = begin_connect(*Address::parse_ip("127.0.0.1", 5000));
    if (!first) _exit(4);
    const auto second = begin_connect(*Address::parse_ip("127.0.0.1", 5000));
    _exit(!second && second.error().shortage ? 0 : 5);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "a network of its own needs rights";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(BeginConnect, AShortageHereIsToldFromTheOtherSidesFaults) {
  for (const int ours : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL}) {
    EXPECT_TRUE(is_shortage(ours)) << ours;
  }
  for (const int theirs : {0, ECONNREFUSED, ENOENT, ENETUNREACH, EHOSTUNREACH, EAGAIN, EACCES}) {
    EXPECT_FALSE(is_shortage(theirs)) << theirs;
  }
  const auto refused = begin_connect_unix("/nonexistent/socket");
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().shortage);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto tcp = begin_connect(*Address::parse_ip("127.0.0.1", 1));
  const auto local = begin_connect_unix("/nonexistent/socket");
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(tcp);
  EXPECT_TRUE(tcp.error().shortage);
  ASSERT_FALSE(local);
  EXPECT_TRUE(local.error().shortage);
}

TEST(BeginConnect, Refused) {
  EXPECT_FALSE(begin_connect(Address()));
  EXPECT_FALSE(begin_connect(Address::unix_socket()));
  EXPECT_FALSE(begin_connect_unix(""));
  EXPECT_FALSE(begin_connect_unix("/nonexistent/socket"));
  EXPECT_FALSE(begin_connect_unix(std::string(108, 'x')));
}

TEST(BeginConnect, NobodyListens) {
  Loop loop;
  std::string bound;
  {
    const auto listener = listen_on("127.0.0.1:0");
    ASSERT_TRUE(listener);
    bound = bound_address(*listener, "127.0.0.1:0");
  }
  const auto port = static_cast<std::uint16_t>(std::stoi(bound.substr(bound.rfind(':') + 1)));
  auto fd = begin_connect(*Address::parse_ip("127.0.0.1", port));
  ASSERT_TRUE(fd);
  test::Owner owner(loop);
  owner.connect(std::move(*fd));
  ASSERT_TRUE(test::drive(loop, [&] { return owner.closed(); }));
  EXPECT_EQ(owner.log, "close");
  EXPECT_EQ(owner.reason, "connect_failed");
  EXPECT_EQ(owner.detail, "Connection refused");
}

}  // namespace
}  // namespace gh::net
