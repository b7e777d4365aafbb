#include "base/ip.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace gh {
namespace {

// inet_pton reads up to the first NUL.
bool read(int family, std::string_view text, std::uint8_t* out) {
  return !text.contains('\0') && inet_pton(family, std::string(text).c_str(), out) == 1;
}

}  // namespace

std::optional<Ip> parse_ipv4(std::string_view text) {
  Ip ip{};
  std::ranges::copy(kIpv4Prefix, ip.begin());
  if (!read(AF_INET, text, ip.data() + kIpv4Prefix.size())) return std::nullopt;
  return ip;
}

std::optional<Ip> parse_ipv6(std::string_view text) {
  Ip ip{};
  if (!read(AF_INET6, text, ip.data())) return std::nullopt;
  return ip;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return port;
}

std::optional<IpPort> parse_ip_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  const bool v6 = host.starts_with('[') && host.ends_with(']');
  const auto ip = v6 ? parse_ipv6(host.substr(1, host.size() - 2)) : parse_ipv4(host);
  const auto port = parse_port(text.substr(colon + 1));
  if (!ip || !port) return std::nullopt;
  return IpPort{*ip, *port};
}

std::string text_of(const IpPort& address) {
  const bool v4 = is_ipv4(address.ip);
  char host[INET6_ADDRSTRLEN] = {};
  inet_ntop(v4 ? AF_INET : AF_INET6, address.ip.data() + (v4 ? kIpv4Prefix.size() : 0), host,
            sizeof host);
  return v4 ? fmt::format("{}:{}", host, address.port) : fmt::format("[{}]:{}", host, address.port);
}

bool is_ipv4(const Ip& ip) {
  return std::equal(kIpv4Prefix.begin(), kIpv4Prefix.end(), ip.begin());
}

bool is_loopback(const Ip& ip) {
  static constexpr Ip kOne = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_ipv4(ip) ? ip[12] == 127 : ip == kOne;
}

}  // namespace gh
