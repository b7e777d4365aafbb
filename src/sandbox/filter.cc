#include "sandbox/filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/fd.h"
#include "base/sanitizer.h"

namespace gh::sandbox {

namespace {

// Memory, reading at an offset, the clock, an end. Whoever calls anything else is killed.
constexpr std::array kAllowed = {
    SCMP_SYS(pread64),      SCMP_SYS(brk),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),       SCMP_SYS(madvise),       SCMP_SYS(exit_group),
    SCMP_SYS(exit),         SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(futex),        SCMP_SYS(getrandom),     SCMP_SYS(getpid),
    SCMP_SYS(gettid),       SCMP_SYS(sched_yield),   SCMP_SYS(restart_syscall),
};

// What libc calls on its way down: refused, so that an abort is still seen as one.
constexpr std::array kRefused = {SCMP_SYS(tgkill), SCMP_SYS(writev)};

// What the runtimes of sanitizers call besides, in builds that have one.
#if defined(GH_ADDRESS_SANITIZER) || defined(GH_THREAD_SANITIZER)
constexpr std::array kOfSanitizers = {SCMP_SYS(sigaltstack)};
#else
constexpr std::array<int, 0> kOfSanitizers = {};
#endif

// An argument of a call, by index; what SCMP_A0 and the like say with a warning from clang.
scmp_arg_cmp argument(unsigned index, scmp_compare compare, scmp_datum_t a, scmp_datum_t b = 0) {
  return {.arg = index, .op = compare, .datum_a = a, .datum_b = b};
}

bool add_rules(scmp_filter_ctx context) {
  bool good = true;
  const auto add = [&](std::uint32_t action, int call, auto... conditions) {
    good &= seccomp_rule_add(context, action, call, sizeof...(conditions), conditions...) == 0;
  };
  for (const int call : kAllowed) add(SCMP_ACT_ALLOW, call);
  for (const int call : kOfSanitizers) add(SCMP_ACT_ALLOW, call);
  for (const int call : kRefused) add(SCMP_ACT_ERRNO(EPERM), call);
  add(SCMP_ACT_ALLOW, SCMP_SYS(write), argument(0, SCMP_CMP_EQ, kAnswer));
  add(SCMP_ACT_ERRNO(EBADF), SCMP_SYS(write), argument(0, SCMP_CMP_NE, kAnswer));
  // Memory that can be executed is never needed.
  add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return good;
}

}  // namespace

Result<Filter> Filter::build() {
  constexpr std::string_view kTrouble = "libseccomp cannot build the system call filter";
  // libseccomp asks the kernel first and builds nothing for one without filters; what the kernel
  // makes of ours shows at its installation.
  constexpr unsigned kKillsProcesses = 3;
  seccomp_api_set(kKillsProcesses);
  const std::unique_ptr<void, void (*)(void*)> context(seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                       seccomp_release);
  const Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (context == nullptr || !add_rules(context.get()) ||
      seccomp_export_bpf(context.get(), file.get()) != 0) {
    return fail("{}", kTrouble);
  }
  const auto size = static_cast<std::size_t>(std::max<off_t>(::lseek(file.get(), 0, SEEK_END), 0));
  Filter filter;
  filter.program_.resize(size / sizeof(sock_filter));
  if (::pread(file.get(), filter.program_.data(), size, 0) != static_cast<ssize_t>(size)) {
    return fail("{}", kTrouble);
  }
  return filter;
}

int Filter::install() const {
  // The kernel only reads it. libseccomp would ask for memory here, and hide errno.
  const sock_fprog program = {.len = static_cast<unsigned short>(program_.size()),
                              .filter = const_cast<sock_filter*>(program_.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

}  // namespace gh::sandbox
