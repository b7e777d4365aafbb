#pragma once
// A file descriptor that closes itself, and writing all of something to one. Any thread.

#include <cstddef>
#include <string_view>
#include <utility>

namespace gh {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void reset();  // leaves errno as it was
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// How many of the bytes were written to a blocking descriptor; when not all, errno says why.
std::size_t write_some(int fd, std::string_view bytes);
inline bool write_all(int fd, std::string_view bytes) {
  return write_some(fd, bytes) == bytes.size();
}

}  // namespace gh
