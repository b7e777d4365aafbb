#include "base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"

namespace gh {
namespace {
std::atomic<std::uint64_t> bugs{0};
}  // namespace

std::uint64_t bug_count() {
  return bugs.load(std::memory_order_relaxed);
}

namespace detail {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

void bug_reached(const char* what, const char* file, int line) {
  bugs.fetch_add(1, std::memory_order_relaxed);
  log::error("{}:{}: bug: {}", file, line, what);
#ifndef NDEBUG
  check_failed(what, file, line);
#endif
}

}  // namespace detail
}  // namespace gh
