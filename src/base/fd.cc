#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

namespace gh {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ < 0) return;
  const int error = errno;
  ::close(std::exchange(fd_, -1));
  errno = error;
}

std::size_t write_some(int fd, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t done = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (done > 0) {
      written += static_cast<std::size_t>(done);
    } else if (done == 0) {
      errno = EIO;  // POSIX lets a device take nothing without an error
      break;
    } else if (errno != EINTR) {
      break;
    }
  }
  return written;
}

}  // namespace gh
