#pragma once
// What tells one content of a file from another without reading it, except to whoever writes
// through a mapping that was written to before: that may move neither time.

#include <sys/stat.h>

#include <compare>
#include <cstdint>

namespace gh {

struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // ns since 1970, as `changed`
  std::int64_t changed = 0;   // by the kernel's clock; also of renames, links and changes of mode
  auto operator<=>(const FileState&) const = default;

  // Whether both are one file, whatever it held.
  bool same_file(const FileState& other) const {
    return device == other.device && inode == other.inode;
  }
};

inline FileState file_state(const struct stat& facts) {
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size),
          nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
}

}  // namespace gh
