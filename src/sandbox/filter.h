#pragma once
// The system calls that a child may make.

#include <linux/filter.h>

#include <vector>

#include "base/error.h"

namespace gh::sandbox {

// The child's answer goes to this descriptor, and no other can be written.
inline constexpr int kAnswer = 1;

// Built once, in the parent, before anything is forked.
class Filter {
 public:
  static Result<Filter> build();

  // In force for this process from here on, which has no way to new privileges any more. 0, or
  // errno: EINVAL or ENOSYS of a kernel without system call filters.
  int install() const;

 private:
  std::vector<sock_filter> program_;
};

}  // namespace gh::sandbox
