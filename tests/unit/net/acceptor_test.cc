// Accepting, and what happens when there is no descriptor left.

#include "net/acceptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "harness.h"

namespace {
std::vector<int> accept_errors;  // what the next calls of accept4 fail with, the last one first
}  // namespace

// In place of libc's.
extern "C" int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (accept_errors.empty()) {
    return static_cast<int>(::syscall(SYS_accept4, fd, address, size, flags));
  }
  errno = accept_errors.back();
  accept_errors.pop_back();
  return -1;
}

namespace gh::net {
namespace {

using std::chrono::milliseconds;
using test::drive;

struct Taker final : AcceptorEvents {
  void on_accept(Fd fd, const Address& peer) override {
    fds.push_back(std::move(fd));
    last_peer = peer;
    if (at_accept) at_accept();
  }
  void on_shed() override { ++shed; }
  std::vector<Fd> fds;
  Address last_peer;
  int shed = 0;
  std::function<void()> at_accept;
};

struct Listening {
  explicit Listening(Loop& loop, const std::string& asked = "127.0.0.1:0") {
    auto fd = listen_on(asked);
    EXPECT_TRUE(fd) << asked;
    if (!fd) return;
    const std::string bound = bound_address(*fd, asked);
    if (!bound.starts_with("unix:")) {
      const auto colon = bound.rfind(':');
      address = *Address::parse_ip(bound.substr(0, colon),
                                   static_cast<std::uint16_t>(std::stoi(bound.substr(colon + 1))));
    }
    acceptor = std::make_unique<Acceptor>(loop, spare, std::move(*fd), taker);
  }
  Fd client() {
    auto fd = begin_connect(address);
    EXPECT_TRUE(fd);
    return fd ? std::move(*fd) : Fd();
  }
  Taker taker;
  SpareDescriptor spare;
  Address address;
  std::unique_ptr<Acceptor> acceptor;
};

TEST(Acceptor, TakesConnections) {
  Loop loop;
  for (const std::string asked : {"127.0.0.1:0", "[::1]:0"}) {
    if (asked.starts_with('[') && !test::has_ipv6()) GTEST_SKIP() << "this machine has no ::1";
    Listening listening(loop, asked);
    ASSERT_TRUE(listening.acceptor);
    std::vector<Fd> clients;
    for (int i = 0; i < 100; ++i) clients.push_back(listening.client());
    ASSERT_TRUE(drive(loop, [&] { return listening.taker.fds.size() == 100; }));
    EXPECT_TRUE(listening.taker.last_peer.is_loopback());
    EXPECT_NE(listening.taker.last_peer.port(), 0);
    const int fd = listening.taker.fds.front().get();
    EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
    EXPECT_NE(no_delay, 0);
  }
}

TEST(Acceptor, Unix) {
  Loop loop;
  const test::TempDir dir;
  Listening listening(loop, "unix:" + dir.path("s"));
  const auto client = begin_connect_unix(dir.path("s"));
  ASSERT_TRUE(client);
  ASSERT_TRUE(drive(loop, [&] { return listening.taker.fds.size() == 1; }));
  EXPECT_EQ(listening.taker.last_peer.family(), Address::Family::unix_socket);
}

TEST(Acceptor, StoppedInItsCallback) {
  Loop loop;
  Listening listening(loop);
  const Fd first = listening.client();
  const Fd second = listening.client();
  listening.taker.at_accept = [&] { listening.acceptor->stop(); };
  ASSERT_TRUE(drive(loop, [&] { return !listening.taker.fds.empty(); }));
  EXPECT_LE(test::turns_within(loop, milliseconds(20)), 4);
  EXPECT_EQ(listening.taker.fds.size(), 1u);
  listening.acceptor->stop();  // twice is harmless
}

// A burst of them costs nobody else's connection a wait.
TEST(Acceptor, ErrorsOfOneConnectionAreNotItsOwn) {
  Loop loop;
  Listening listening(loop);
  const Fd client = listening.client();
  accept_errors = {EINTR,  ECONNABORTED, ENETDOWN,     EPROTO,     ENOPROTOOPT,
                   ENONET, EHOSTDOWN,    EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH};
  int turns = 0;
  ASSERT_TRUE(drive(loop, [&] { return listening.taker.fds.size() == 1; }, &turns));
  EXPECT_LE(turns, 2);
  EXPECT_TRUE(accept_errors.empty());
}

// Runs `body` in a child, so that its limit on descriptors is nobody else's.
void in_child(const std::function<void()>& body) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    body();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// Opens descriptors until the limit; the caller closes what it wants free.
std::vector<Fd> take_all_descriptors(rlim_t most = 128) {
  const rlimit limit = {.rlim_cur = most, .rlim_max = most};
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<Fd> taken;
  while (true) {
    Fd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return taken;
    taken.push_back(std::move(fd));
  }
}

// covers: engine-7-fd-exhaustion
TEST(Acceptor, OutOfDescriptorsSheds) {
  in_child([] {
    Loop loop;
    Listening listening(loop);
    std::vector<Fd> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(listening.client());
    std::vector<Fd> taken = take_all_descriptors();
    taken.pop_back();  // room for one connection
    EXPECT_TRUE(drive(loop, [&] { return listening.taker.shed == 4; }));
    EXPECT_EQ(listening.taker.fds.size(), 1u);
    EXPECT_LE(test::turns_within(loop, milliseconds(30)), 6);
    // The others were closed, not left to wait.
    int ended = 0;
    for (const Fd& client : clients) {
      bool end = false;
      test::read_now(client, &end);
      ended += end ? 1 : 0;
    }
    EXPECT_EQ(ended, 4);
    // With descriptors to spare it serves again.
    for (int i = 0; i < 3; ++i) taken.pop_back();
    const Fd late = listening.client();
    EXPECT_TRUE(drive(loop, [&] { return listening.taker.fds.size() == 2; }));
  });
}

// Several threads shed at once: none takes the descriptor that another has given up, so that every
// client is closed.
TEST(SpareDescriptor, IsNotLostToOtherAcceptors) {
  constexpr std::size_t kThreads = 4;
  constexpr int kClients = 100;
  in_child([] {
    SpareDescriptor spare;
    std::vector<Fd> listeners;
    std::vector<Fd> clients;
    for (std::size_t i = 0; i < kThreads; ++i) {
      Fd& listener = listeners.emplace_back(*listen_on("127.0.0.1:0"));
      const std::string bound = bound_address(listener, "127.0.0.1:0");
      const auto port = static_cast<std::uint16_t>(std::stoi(bound.substr(bound.rfind(':') + 1)));
      for (int j = 0; j < kClients; ++j) {
        clients.push_back(*begin_connect(*Address::parse_ip("127.0.0.1", port)));
      }
    }
    std::vector<Fd> taken = take_all_descriptors(512);
    taken.pop_back();  // one that all of them are after
    std::atomic<int> accepted = 0;
    std::atomic<int> shed = 0;
    std::atomic<int> lost = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, listener = listeners[i].get()] {
        for (int j = 0; j < kClients; ++j) {
          // Some go again at once, which must not take what another has given up.
          if (Fd fd = spare.accept(listener, nullptr, nullptr); fd.valid()) {
            ++accepted;
            static_cast<void>(fd.release());
            continue;
          }
          EXPECT_EQ(errno, EMFILE);
          const SpareDescriptor::Shed what = spare.shed_one(listener);
          shed += what == SpareDescriptor::Shed::one ? 1 : 0;
          lost += what == SpareDescriptor::Shed::lost ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(shed, static_cast<int>(kThreads) * kClients - 1);
    EXPECT_EQ(lost, 0);
  });
}

// What is lost comes before one more connection, so that those after that can be shed.
TEST(SpareDescriptor, IsRestoredFirst) {
  in_child([] {
    const Fd listener = *listen_on("127.0.0.1:0");
    const std::string bound = bound_address(listener, "127.0.0.1:0");
    const auto port = static_cast<std::uint16_t>(std::stoi(bound.substr(bound.rfind(':') + 1)));
    const Fd first = *begin_connect(*Address::parse_ip("127.0.0.1", port));
    const Fd second = *begin_connect(*Address::parse_ip("127.0.0.1", port));
    std::vector<Fd> taken = take_all_descriptors();
    SpareDescriptor spare;
    EXPECT_FALSE(spare.accept(listener.get(), nullptr, nullptr).valid());
    EXPECT_EQ(errno, EMFILE);
    EXPECT_EQ(spare.shed_one(listener.get()), SpareDescriptor::Shed::lost);
    taken.resize(taken.size() - 2);  // for it, and for what it is a duplicate of
    EXPECT_FALSE(spare.accept(listener.get(), nullptr, nullptr).valid());
    EXPECT_EQ(spare.shed_one(listener.get()), SpareDescriptor::Shed::one);
    taken.resize(taken.size() - 4);  // for the other spare ones, and a connection
    EXPECT_TRUE(spare.accept(listener.get(), nullptr, nullptr).valid());
    EXPECT_EQ(spare.shed_one(listener.get()), SpareDescriptor::Shed::nobody);
  });
}

// Another thread may take the descriptor that was given up. Then nothing can be accepted, nor shed,
// and the listening socket stays readable: the acceptor has to rest, and to come back.
TEST(Acceptor, OutOfDescriptorsWithoutASpareOneRests) {
  in_child([] {
    Loop loop;
    std::vector<Fd> taken;
    auto listener = listen_on("127.0.0.1:0");
    const std::string bound = bound_address(*listener, "127.0.0.1:0");
    const auto port = static_cast<std::uint16_t>(std::stoi(bound.substr(bound.rfind(':') + 1)));
    const auto client = begin_connect(*Address::parse_ip("127.0.0.1", port));
    taken = take_all_descriptors();
    Taker taker;
    SpareDescriptor spare;  // gets none
    Acceptor acceptor(loop, spare, std::move(*listener), taker);
    int turns = test::turns_within(loop, milliseconds(250));
    EXPECT_LE(turns, 12);
    EXPECT_EQ(taker.fds.size(), 0u);
    taken.resize(taken.size() - 6);  // what spare ones are duplicates of, four, and a connection
    EXPECT_TRUE(drive(loop, [&] { return taker.fds.size() == 1; }));
  });
}

}  // namespace
}  // namespace gh::net
