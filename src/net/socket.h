#pragma once
// How sockets are made. All are non-blocking and close-on-exec.

#include <cerrno>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "net/address.h"

namespace gh::net {

// What begins the address of a Unix socket; its path follows.
inline constexpr std::string_view kUnixPrefix = "unix:";

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
  // Something is short for now, here or (a Unix socket's backlog) there, which says nothing about
  // whether the other side is well.
  bool shortage = false;
};

// Begins to connect; the socket becomes writable when it is done (or failed).
std::expected<Fd, ConnectError> begin_connect(const Address& address);
std::expected<Fd, ConnectError> begin_connect_unix(const std::string& path);

}  // namespace gh::net
