#include "sandbox/filter.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>

#include <array>

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

void Filter::Release::operator()(void* context) const {
  seccomp_release(context);
}

Result<Filter> Filter::build() {
  Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (filter.context_ == nullptr || !add_rules(filter.context_.get())) {
    return fail("libseccomp cannot build the system call filter");
  }
  return filter;
}

bool Filter::install() const {
  return seccomp_load(context_.get()) == 0;
}

}  // namespace gh::sandbox
