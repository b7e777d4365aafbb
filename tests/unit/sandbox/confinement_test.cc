// What holds of a confined process: it asks the kernel itself, where the filter would not let it.

#include "sandbox/confinement.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>
#include <thread>

#include "base/sanitizer.h"
#include "sandbox/children.h"

namespace gh::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr Limits kLimits{.address_space = 3ull << 30, .cpu_seconds = 7};

// What a confined process says about itself, as it left it on `kAnswer`.
struct Self {
  bool filtered;
  int no_new_privileges;
  unsigned user, effective_user, group, groups;
  __user_cap_data_struct capabilities[2];
  int ambient;
  rlimit core, files, processes, file_size, address_space, processor;
  bool opens, writes_a_file, forks, connects;
};

Self look(bool filtered) {
  Self self{};
  self.filtered = filtered;
  self.no_new_privileges = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  self.user = ::getuid();
  self.effective_user = ::geteuid();
  self.group = ::getgid();
  self.groups = static_cast<unsigned>(::getgroups(0, nullptr));
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  ::syscall(SYS_capget, &header, self.capabilities);
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
    self.ambient += ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1;
  ::getrlimit(RLIMIT_CORE, &self.core);
  ::getrlimit(RLIMIT_NOFILE, &self.files);
  ::getrlimit(RLIMIT_NPROC, &self.processes);
  ::getrlimit(RLIMIT_FSIZE, &self.file_size);
  ::getrlimit(RLIMIT_AS, &self.address_space);
  ::getrlimit(RLIMIT_CPU, &self.processor);
  self.opens = ::open("/dev/null", O_RDONLY) >= 0;
  self.connects = ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
  const int process = ::fork();
  if (process == 0) ::_exit(0);
  self.forks = process > 0;
  return self;
}

// Runs `confine` with a filter that cannot be installed, as on a kernel without filters: what it
// holds on its own is all there is, and nothing keeps the process from asking.
Self confined_without_filter() {
  Self self{};
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const int parent = ::getpid();
  const int process = ::fork();
  if (process == 0) {
    auto filter = Filter::build();
    if (!filter) ::_exit(2);
    const Filter taken = std::move(*filter);
    if (::dup2(pipe[1], kAnswer) < 0) ::_exit(3);
    // As root of a login shell has them.
    const std::array<gid_t, 2> groups = {0, 4};
    if (::geteuid() == 0 && ::setgroups(groups.size(), groups.data()) != 0) ::_exit(5);
    const bool filtered = confine(*filter, kLimits, {}, parent) == 0;
    const Self found = look(filtered);
    ::_exit(::write(kAnswer, &found, sizeof found) == sizeof found ? 0 : 4);
  }
  ::close(pipe[1]);
  EXPECT_EQ(::read(pipe[0], &self, sizeof self), static_cast<ssize_t>(sizeof self));
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  return self;
}

void expect_limit(const rlimit& limit, rlim_t most, const char* name) {
  EXPECT_LE(limit.rlim_cur, most) << name;
  EXPECT_LE(limit.rlim_max, most) << name << ": it could be lifted again";
}

TEST(Confined, HasNoWayToNewPrivileges) {
  const Self self = confined_without_filter();
  EXPECT_FALSE(self.filtered);
  EXPECT_EQ(self.no_new_privileges, 1);
}

TEST(Confined, HasNoCapability) {
  const Self self = confined_without_filter();
  for (const auto& half : self.capabilities) {
    EXPECT_EQ(half.effective, 0u);
    EXPECT_EQ(half.permitted, 0u);
    EXPECT_EQ(half.inheritable, 0u);
  }
  EXPECT_EQ(self.ambient, 0);
}

TEST(Confined, IsNotRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root has a user to give up";
  const Self self = confined_without_filter();
  EXPECT_NE(self.user, 0u);
  EXPECT_NE(self.effective_user, 0u);
  EXPECT_NE(self.group, 0u);
  EXPECT_EQ(self.groups, 0u);
}

TEST(Confined, HasEveryLimit) {
  const Self self = confined_without_filter();
  expect_limit(self.core, 0, "core");
  expect_limit(self.file_size, 0, "bytes into files");
  expect_limit(self.processes, 0, "processes");
  expect_limit(self.files, 0, "open files");
#if !defined(GH_ADDRESS_SANITIZER) && !defined(GH_THREAD_SANITIZER)
  expect_limit(self.address_space, kLimits.address_space, "address space");
#endif
  EXPECT_EQ(self.processor.rlim_cur, kLimits.cpu_seconds);
  EXPECT_EQ(self.processor.rlim_max, kLimits.cpu_seconds + 1);
}

TEST(Confined, OpensNothingAndForksNot) {
  const Self self = confined_without_filter();
  EXPECT_FALSE(self.opens);
  EXPECT_FALSE(self.connects);  // no descriptor is left for it
  EXPECT_FALSE(self.forks);
}

// A line of /proc/PID/status.
std::string status_of(int process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":"))
      return line.substr(line.find_first_not_of("\t ", name.size() + 1));
  return "";
}

TEST(Confined, SeenFromOutsideIsFiltered) {
  auto children = Children::make(1 << 20);
  ASSERT_TRUE(children.has_value());
  children->start({.work =
                       [] {
                         for (volatile bool forever = true; forever;) {
                         }
                         return std::string();
                       },
                   .descriptors = {},
                   .limits = kLimits},
                  [](const Outcome&) { FAIL() << "must not end"; });
  int process = 0;
  std::ifstream("/proc/self/task/" + std::to_string(::getpid()) + "/children") >> process;
  if (process == 0) GTEST_SKIP() << "this kernel does not list children";
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (status_of(process, "Seccomp") != "2" && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(status_of(process, "Seccomp"), "2");
  EXPECT_EQ(status_of(process, "NoNewPrivs"), "1");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    EXPECT_EQ(status_of(process, set), "0000000000000000") << set;
}  // and is ended with its `Children`

}  // namespace
}  // namespace gh::sandbox
