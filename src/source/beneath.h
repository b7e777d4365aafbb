#pragma once
// Opening a file below a folder, never outside it. Any thread.

#include <cstdint>
#include <string>

namespace gh::source {

enum class Links : std::uint8_t {
  refused,  // no part of the path is a link
  inside,   // links are followed, but only to what lies below the folder; no magic ones
};

// A descriptor of `path` below `folder`; -1 and errno when there is none. By openat2 where the
// kernel has it; without it links are followed by none, and the rest is opened part by part.
int open_beneath(int folder, const std::string& path, int flags, Links links = Links::refused);

// The second way, for kernels before 5.6 and sandboxes that forbid the first.
int open_part_by_part(int folder, const std::string& path, int flags);

}  // namespace gh::source
