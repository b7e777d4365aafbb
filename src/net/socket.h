#pragma once
// File descriptors that close themselves, and how sockets are made. All are non-blocking and
// close-on-exec.

#include <cerrno>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

#include "base/error.h"
#include "net/address.h"

namespace gh::net {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void reset();
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// A listening socket for "host:port" (port 0: any free one) or "unix:/path" (a stale socket file
// is removed first, a live one is an error; the file gets mode 0660, and `SocketFile` removes it).
// TCP sockets have SO_REUSEPORT, so that each worker has its own: those after the first are
// `Share::join`. The first is `Share::alone`, an error where anybody listens already, because two
// gateways on one port would each let through what the limits allow.
enum class Share { alone, join };
Result<Fd> listen_on(const std::string& address, Share share = Share::alone, int backlog = 1024);
// The address with the real port in it.
std::string bound_address(const Fd& fd, const std::string& asked);

// Whether a call on a socket failed for now only.
inline bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EINTR;  // EWOULDBLOCK is EAGAIN on Linux
}

// Whether an errno of socket() or connect() says that this process or machine lacks a descriptor, a
// port or memory, and so nothing about the other side.
bool is_shortage(int error_number);

struct ConnectError : Error {
  bool shortage = false;
};

// Begins to connect; the socket becomes writable when it is done (or failed).
std::expected<Fd, ConnectError> begin_connect(const Address& address);
std::expected<Fd, ConnectError> begin_connect_unix(const std::string& path);

}  // namespace gh::net
