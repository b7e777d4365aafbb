#include "source/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

namespace gh::source {

int open_part_by_part(int folder, const std::string& path, int flags) {
  const auto parts = split(path, '/');
  int at = folder;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    const std::string part(parts[i]);
    int next = -1;
    if (part.empty() || part == "." || part == "..") {
      errno = EXDEV;
    } else {
      next = ::openat(at, part.c_str(),
                      last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    const int error = errno;
    if (at != folder) ::close(at);
    errno = error;
    if (next < 0) return -1;
    at = next;
  }
  return at;
}

int open_beneath(int folder, const std::string& path, int flags, Links links) {
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (links == Links::refused) {
    how.flags |= O_NOFOLLOW;
    how.resolve |= RESOLVE_NO_SYMLINKS;
  }
  for (;;) {
    const long fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno == EINTR || errno == EAGAIN) continue;  // EAGAIN: a rename raced with `..`
    if (errno == ENOSYS || errno == EPERM) return open_part_by_part(folder, path, flags);
    return -1;
  }
}

}  // namespace gh::source
