#pragma once
// Opening a file below a folder, never outside it.

#include <string>

namespace gh::signing {

// A descriptor of `path` below `folder`, no part of it a symbolic or magic link; -1 and errno when
// there is none. openat2 where the kernel has it, else part by part.
int open_beneath(int folder, const std::string& path, int flags);

// The second way, for kernels before 5.6 and sandboxes that forbid the first.
int open_part_by_part(int folder, const std::string& path, int flags);

}  // namespace gh::signing
