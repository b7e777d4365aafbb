#pragma once
// The soft limit of open files is 1,024 on most systems, for the sake of programs that use
// select(2). None of this one does.

#include <sys/resource.h>

namespace gh::cli {

inline void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace gh::cli
