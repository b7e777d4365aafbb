#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace gh::net {

Address Address::from(const sockaddr* raw, socklen_t size) {
  Address a;
  if (raw->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, raw, sizeof v4);
    std::copy(kIpv4Prefix.begin(), kIpv4Prefix.end(), a.ip_.begin());
    std::memcpy(a.ip_.data() + 12, &v4.sin_addr, 4);
    a.port_ = ntohs(v4.sin_port);
    a.family_ = Family::ip;
  } else if (raw->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, raw, sizeof v6);
    std::memcpy(a.ip_.data(), &v6.sin6_addr, 16);
    a.port_ = ntohs(v6.sin6_port);
    a.family_ = Family::ip;
  } else if (raw->sa_family == AF_UNIX) {
    a.family_ = Family::unix_socket;
  }
  return a;
}

std::optional<Address> Address::parse_ip(std::string_view text, std::uint16_t port) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  }
  auto ip = parse_ipv4(text);
  if (!ip) ip = parse_ipv6(text);
  if (!ip) return std::nullopt;
  Address a;
  a.family_ = Family::ip;
  a.port_ = port;
  a.ip_ = *ip;
  return a;
}

std::optional<Address> Address::parse_ip_port(std::string_view text) {
  const auto both = gh::parse_ip_port(text);
  if (!both) return std::nullopt;
  Address a;
  a.family_ = Family::ip;
  a.port_ = both->port;
  a.ip_ = both->ip;
  return a;
}

bool Address::is_loopback() const {
  if (family_ == Family::unix_socket) return true;
  if (family_ != Family::ip) return false;
  return gh::is_loopback(ip_);
}

std::string_view Address::client_block() const {
  return {reinterpret_cast<const char*>(ip_.data()), is_ipv4(ip_) ? ip_.size() : 8};
}

std::string Address::text() const {
  if (family_ == Family::unix_socket) return "unix";
  if (family_ == Family::none) return "unknown";
  if (!is_ipv4(ip_)) {
    char out[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, ip_.data(), out, sizeof out);
    return out;
  }
  std::string out;  // inet_ntop is ten times slower, and this is in every log line
  for (std::size_t i = kIpv4Prefix.size(); i < ip_.size(); ++i) {
    if (!out.empty()) out += '.';
    append_number(out, ip_[i]);
  }
  return out;
}

socklen_t Address::to_raw(sockaddr_storage& out) const {
  out = {};
  if (family_ != Family::ip) return 0;
  if (is_ipv4(ip_)) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port_);
    std::memcpy(&v4.sin_addr, ip_.data() + 12, 4);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port_);
  std::memcpy(&v6.sin6_addr, ip_.data(), 16);
  std::memcpy(&out, &v6, sizeof v6);
  return sizeof v6;
}

}  // namespace gh::net
