#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <shared_mutex>

#include "net/socket_file.h"
#include "net/spare_descriptor.h"

namespace gh::net {
namespace {

Result<sockaddr_un> unix_address(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A NUL would name another file, or, in front, a socket that no file mode protects.
  if (path.empty() || path.size() >= sizeof address.sun_path ||
      path.find('\0') != std::string_view::npos) {
    return fail("unix socket path must have 1 to {} bytes, none of them NUL",
                sizeof address.sun_path - 1);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* raw(const sockaddr_storage& s) {
  return reinterpret_cast<const sockaddr*>(&s);
}
const sockaddr* raw(const sockaddr_un& s) {
  return reinterpret_cast<const sockaddr*>(&s);
}

// By errno.
std::unexpected<Error> cannot_bind(std::string_view address) {
  const int error_number = errno;
  return fail("cannot listen on {}: {}{}", address, errno_text(error_number),
              error_number == EADDRINUSE ? "; `ss -lntp` shows by whom" : "");
}

Result<Fd> listen_unix(std::string_view path, int backlog) {
  auto address = unix_address(path);
  if (!address) return std::unexpected(address.error());
  if (auto cleared = clear_stale_socket(*address); !cleared) {
    return std::unexpected(cleared.error());
  }
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail("{}: socket: {}", path, errno_text(errno));
  if (bind(fd.get(), raw(*address), sizeof *address) != 0) {
    return cannot_bind(path);
  }
  // Before listen(): until then nobody can connect, whatever the mode was.
  if (chmod(address->sun_path, 0660) != 0) return fail("{}: chmod: {}", path, errno_text(errno));
  if (listen(fd.get(), backlog) != 0) return fail("{}: listen: {}", path, errno_text(errno));
  return fd;
}

void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Fd open_socket(int family, int type) {
  const std::shared_lock shared(open_descriptors());
  return Fd(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// EADDRNOTAVAIL says that all ports to an address are taken, and as well that there is no address
// here to go there from, such as to ::1 without IPv6. That is found out without a port.
bool has_address_for(const sockaddr_storage& to, socklen_t size) {
  const Fd probe = open_socket(to.ss_family, SOCK_DGRAM);
  return !probe.valid() || ::connect(probe.get(), raw(to), size) == 0;
}

// By errno.
std::unexpected<ConnectError> failed(std::string_view call, bool shortage_there = false) {
  const int error_number = errno;
  return std::unexpected(ConnectError{{fmt::format("{}: {}", call, errno_text(error_number))},
                                      shortage_there || is_shortage(error_number)});
}

}  // namespace

Result<Fd> listen_on(const std::string& address, Share share, int backlog) {
  if (address.starts_with(kUnixPrefix)) {
    return listen_unix(std::string_view(address).substr(kUnixPrefix.size()), backlog);
  }
  const auto ip = Address::parse_ip_port(address);
  if (!ip)
    return fail("{}: not an address; write 127.0.0.1:8443, [::]:8443 or unix:/path", address);
  sockaddr_storage storage{};
  const socklen_t size = ip->to_raw(storage);
  Fd fd(socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail("{}: socket: {}", address, errno_text(errno));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (share == Share::alone && ip->port() != 0) {
    // A socket without SO_REUSEPORT gets no place beside another one.
    const Fd probe(socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!probe.valid()) return fail("{}: socket: {}", address, errno_text(errno));
    setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(probe.get(), raw(storage), size) != 0) {
      return cannot_bind(address);
    }
  }
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd.get(), raw(storage), size) != 0) {
    return cannot_bind(address);
  }
  if (listen(fd.get(), backlog) != 0) return fail("{}: listen: {}", address, errno_text(errno));
  return fd;
}

std::string bound_address(const Fd& fd, const std::string& asked) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (asked.starts_with(kUnixPrefix) ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return asked;
  }
  return asked.substr(0, asked.rfind(':') + 1) +
         std::to_string(Address::from(raw(storage), size).port());
}

bool is_shortage(int error_number) {
  // Not EAGAIN: of a Unix socket it says that the other side's backlog is full.
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
         error_number == ENOMEM || error_number == EADDRNOTAVAIL;
}

std::expected<Fd, ConnectError> begin_connect(const Address& address) {
  sockaddr_storage storage{};
  const socklen_t size = address.to_raw(storage);
  if (size == 0) return std::unexpected(ConnectError{{"not an IP address"}, false});
  Fd fd = open_socket(storage.ss_family, SOCK_STREAM);
  if (!fd.valid()) return failed("socket");
  set_no_delay(fd.get());
  if (::connect(fd.get(), raw(storage), size) != 0 && errno != EINPROGRESS) {
    const bool no_port = errno == EADDRNOTAVAIL;
    auto why = failed("connect");
    if (no_port) why.error().shortage = has_address_for(storage, size);
    return why;
  }
  return fd;
}

std::expected<Fd, ConnectError> begin_connect_unix(const std::string& path) {
  auto address = unix_address(path);
  if (!address) return std::unexpected(ConnectError{std::move(address.error()), false});
  Fd fd = open_socket(AF_UNIX, SOCK_STREAM);
  if (!fd.valid()) return failed("socket");
  if (::connect(fd.get(), raw(*address), sizeof *address) != 0 && errno != EINPROGRESS) {
    return failed("connect", errno == EAGAIN);  // its backlog is full
  }
  return fd;
}

}  // namespace gh::net
