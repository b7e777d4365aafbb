#include "sandbox/confinement.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/sanitizer.h"

namespace gh::sandbox {

namespace {

// "nobody" of every Linux; who becomes it needs no entry in /etc/passwd.
constexpr uid_t kNobody = 65534;

void close_range_of(unsigned first, unsigned last) {
  if (first > last || ::close_range(first, last, 0) == 0) return;
  // A kernel, or a container's filter, without close_range.
  const auto open_max = static_cast<unsigned>(std::clamp(::sysconf(_SC_OPEN_MAX), 1024L, 1L << 20));
  for (unsigned descriptor = first; descriptor <= std::min(last, open_max); ++descriptor)
    ::close(static_cast<int>(descriptor));
}

void close_all_but(std::span<const int> kept) {
  std::vector<unsigned> open = {static_cast<unsigned>(kAnswer)};
  for (const int descriptor : kept) open.push_back(static_cast<unsigned>(descriptor));
  std::ranges::sort(open);
  unsigned next = 0;
  for (const unsigned descriptor : open) {
    if (descriptor > next) close_range_of(next, descriptor - 1);
    next = descriptor + 1;
  }
  close_range_of(next, ~0u);
}

// Never above what is in force already, which root could.
void limit(__rlimit_resource resource, std::uint64_t soft, std::uint64_t hard) {
  rlimit value = {.rlim_cur = soft, .rlim_max = hard};
  rlimit before = {};
  if (::getrlimit(resource, &before) == 0) {
    value.rlim_max = std::min<rlim_t>(hard, before.rlim_max);
    value.rlim_cur = std::min<rlim_t>({soft, value.rlim_max, before.rlim_cur});
  }
  ::setrlimit(resource, &value);
}

void set_limits(const Limits& limits) {
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_NOFILE, 0, 0);
  limit(RLIMIT_NPROC, 0, 0);
  limit(RLIMIT_FSIZE, 0, 0);
  // At the soft limit SIGXCPU, which can be told from a crash; a second later SIGKILL.
  limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1);
#if !defined(GH_ADDRESS_SANITIZER) && !defined(GH_THREAD_SANITIZER)  // they map terabytes
  limit(RLIMIT_AS, limits.address_space, limits.address_space);
#endif
}

void drop_privileges() {
  if (::geteuid() == 0) {
    // Refused where a user namespace does not map nobody; the filter holds there all the same.
    (void)!::setgroups(0, nullptr);
    (void)!::setresgid(kNobody, kNobody, kNobody);
    (void)!::setresuid(kNobody, kNobody, kNobody);
  }
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace

int confine(const Filter& filter, const Limits& limits, std::span<const int> kept, int parent) {
  close_all_but(kept);
  set_limits(limits);
  drop_privileges();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != parent) ::_exit(0);
  return filter.install();
}

}  // namespace gh::sandbox
