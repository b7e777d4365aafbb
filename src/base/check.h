#pragma once
// Three checks, and no others. None of them may depend on what a peer sent: a peer's data is
// validated and refused, never asserted on.
//
//   GH_DCHECK(cond)  a programming error that debug builds stop at; nothing in release
//   GH_BUG(what)     cannot happen, survivable: counted and logged in release, aborts in tests
//   GH_CHECK(cond)   cannot happen, not survivable: aborts always

#include <cstdint>

namespace gh {

// How often GH_BUG was reached in this process; exported as a metric, zero is the only good value.
std::uint64_t bug_count();

namespace detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
void bug_reached(const char* what, const char* file, int line);
}  // namespace detail

}  // namespace gh

#define GH_CHECK(cond) ((cond) ? void(0) : ::gh::detail::check_failed(#cond, __FILE__, __LINE__))
#define GH_BUG(what) ::gh::detail::bug_reached(what, __FILE__, __LINE__)
#ifdef NDEBUG
#define GH_DCHECK(cond) void(0)
#else
#define GH_DCHECK(cond) GH_CHECK(cond)
#endif
