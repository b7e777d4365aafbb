#pragma once
// Where a peer is. A value; any thread.

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"

namespace gh::net {

class Address {
 public:
  enum class Family : std::uint8_t { none, ip, unix_socket };

  Address() = default;
  static Address unix_socket() {
    Address a;
    a.family_ = Family::unix_socket;
    return a;
  }
  // From what the kernel gives; Family::none for anything but IPv4, IPv6 and Unix.
  static Address from(const sockaddr* raw, socklen_t size);
  // "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no names, no zone, no port.
  static std::optional<Address> parse_ip(std::string_view text, std::uint16_t port = 0);

  // "192.0.2.1:443", "[2001:db8::1]:443".
  static std::optional<Address> parse_ip_port(std::string_view text);

  Family family() const { return family_; }
  bool is_ip() const { return family_ == Family::ip; }
  bool is_loopback() const;  // 127.0.0.0/8, ::1, Unix sockets
  std::uint16_t port() const { return port_; }
  // The same host at another port.
  Address with_port(std::uint16_t port) const {
    Address other = *this;
    other.port_ = port;
    return other;
  }
  // IPv4 as v4-mapped IPv6.
  const Ip& ip() const { return ip_; }
  // What one client counts as for limits, as bytes: the IPv4 address, or the IPv6 /64.
  std::string_view client_block() const;
  // "192.0.2.1", "2001:db8::1", "unix"; without the port.
  std::string text() const;
  // For connect() and bind(); 0 when this is no IP address.
  socklen_t to_raw(sockaddr_storage& out) const;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  Ip ip_{};
  std::uint16_t port_ = 0;
  Family family_ = Family::none;
};

}  // namespace gh::net
