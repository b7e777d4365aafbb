#include "artifacts/open.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "source/beneath.h"

namespace gh::artifacts {

namespace {

// A pipe or a device that came in between the look and the opening does not block, and becomes no
// controlling terminal.
constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

Node node_of(const struct stat& status) {
  Node node;
  node.kind = S_ISREG(status.st_mode)   ? NodeKind::file
              : S_ISDIR(status.st_mode) ? NodeKind::folder
              : S_ISLNK(status.st_mode) ? NodeKind::link
                                        : NodeKind::special;
  node.bytes = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  node.state = file_state(status);
  node.mode = status.st_mode;
  return node;
}

// Sandboxed children write to a low descriptor; what they read must be none of those.
Fd above_standard(int descriptor) {
  if (descriptor > STDERR_FILENO) return Fd(descriptor);
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return Fd(moved);
}

Result<OpenFile> opened(int descriptor) {
  if (descriptor < 0) return fail("{}", errno_text(errno));
  OpenFile file{.descriptor = above_standard(descriptor), .node = {}};
  if (!file.descriptor.valid()) return fail("{}", errno_text(errno));
  file.node = look(file.descriptor.get());
  if (file.node.kind != NodeKind::file && file.node.kind != NodeKind::folder) {
    return fail("it is no regular file any more");
  }
  return file;
}

}  // namespace

bool has_changed(const OpenFile& file) {
  return file.descriptor.valid() && look(file.descriptor.get()).state != file.node.state;
}

OpenFile duplicate(const OpenFile& file) {
  return {.descriptor = Fd(::fcntl(file.descriptor.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)),
          .node = file.node};
}

Node look(int folder, const std::string& name, bool follow) {
  struct stat status = {};
  if (::fstatat(folder, name.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) return {};
  return node_of(status);
}

Node look(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 ? node_of(status) : Node{};
}

std::uint64_t bytes_on_disk(int descriptor) {
  constexpr std::uint64_t kBlock = 512;  // of st_blocks, on every file system
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || status.st_size <= 0) return 0;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto blocks = static_cast<std::uint64_t>(status.st_blocks);
  // Some file systems of a network say 0 of everything; a file of nothing but a hole has no data.
  if (blocks == 0) return ::lseek(descriptor, 0, SEEK_DATA) < 0 ? 0 : size;
  return blocks > size / kBlock ? size : blocks * kBlock;
}

Result<OpenFile> open_node(int folder, const std::string& name, bool follow) {
  return opened(::openat(folder, name.c_str(), follow ? kFlags : kFlags | O_NOFOLLOW));
}

Node look_beneath(int folder, const std::string& name) {
  const Fd found(source::open_beneath(folder, name, O_PATH | O_CLOEXEC, source::Links::inside));
  return found.valid() ? look(found.get()) : Node{};
}

Result<OpenFile> open_beneath(int folder, const std::string& name) {
  return opened(source::open_beneath(folder, name, kFlags, source::Links::inside));
}

std::string link_target(int folder, const std::string& name) {
  std::array<char, 4096> target{};
  const ssize_t size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string_view special_name(mode_t mode) {
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace gh::artifacts
