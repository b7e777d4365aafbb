#pragma once
// The system calls that a child may make.

#include <memory>

#include "base/error.h"

namespace gh::sandbox {

// The child's answer goes to this descriptor, and no other can be written.
inline constexpr int kAnswer = 1;

// Built once, in the parent, before anything is forked.
class Filter {
 public:
  static Result<Filter> build();

  // In force for this process from here on; false when the kernel has no system call filters.
  bool install() const;

 private:
  struct Release {
    void operator()(void* context) const;
  };
  explicit Filter(void* context) : context_(context) {}
  std::unique_ptr<void, Release> context_;
};

}  // namespace gh::sandbox
