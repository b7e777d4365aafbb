#pragma once
// IP addresses as bytes and as text. Pure; any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gh {

// In network order, IPv4 as v4-mapped IPv6 (RFC 4291 §2.5.5.2), so that there is one kind.
using Ip = std::array<std::uint8_t, 16>;

inline constexpr std::array<std::uint8_t, 12> kIpv4Prefix = {0, 0, 0, 0, 0,    0,
                                                             0, 0, 0, 0, 0xFF, 0xFF};

// As inet_pton takes them: "192.0.2.1" in four decimal parts, "2001:db8::1" without brackets or
// zone.
std::optional<Ip> parse_ipv4(std::string_view text);
std::optional<Ip> parse_ipv6(std::string_view text);

// "443": 0 to 65535, digits and nothing else, as it would be written back.
std::optional<std::uint16_t> parse_port(std::string_view text);

struct IpPort {
  Ip ip;
  std::uint16_t port;
};
// "192.0.2.1:443", "[2001:db8::1]:443". IPv6 needs its brackets: in "::1:80" nothing says where the
// address ends.
std::optional<IpPort> parse_ip_port(std::string_view text);

// As inet_ntop writes it, IPv6 in brackets: "192.0.2.1:443", "[2001:db8::1]:443". One text for all
// ways of writing it.
std::string text_of(const IpPort& address);

bool is_ipv4(const Ip& ip);
bool is_loopback(const Ip& ip);  // 127.0.0.0/8, ::1

}  // namespace gh
