#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
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

bool is_ipv4(const Ip& ip) {
  return std::equal(kIpv4Prefix.begin(), kIpv4Prefix.end(), ip.begin());
}

bool is_loopback(const Ip& ip) {
  static constexpr Ip kOne = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_ipv4(ip) ? ip[12] == 127 : ip == kOne;
}

}  // namespace gh
