#include "policy/addresses.h"

#include <sys/un.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "base/ip.h"
#include "base/text.h"
#include "policy/files.h"

namespace gh::policy {
namespace {

constexpr std::string_view kUnix = "unix:";

// The address in "1.2.3.4", "[::1]"; nothing for names.
std::optional<Ip> parse_host_ip(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    return parse_ipv6(host.substr(1, host.size() - 2));
  }
  return parse_ipv4(host);
}

// RFC 1123 §2.1, as far as it matters here. A last label of digits only is a mistyped address.
bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  bool last_is_number = false;
  for (std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    for (char c : label) {
      const char lower = to_lower(c);
      const bool digit = c >= '0' && c <= '9';
      if (!digit && !(lower >= 'a' && lower <= 'z') && c != '-' && c != '_') return false;
    }
    last_is_number = std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
  }
  return !last_is_number;
}

// The absolute path of a socket.
Result<std::string> socket_path(std::string_view path, const std::string& directory) {
  if (path.empty() || path.ends_with('/') || path.find('\0') != path.npos) {
    return fail(
        "`unix:{}` is not a socket; write unix:/run/gatehouse.sock, or a path relative to "
        "the policy file",
        escape(path, 128));
  }
  std::string full = resolve(directory, std::string(path));
  if (full.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail("`unix:{}` is longer than {} bytes, the most a socket's path may have",
                escape(full, 128), sizeof(sockaddr_un::sun_path) - 1);
  }
  return full;
}

// "host", "host:port", "[v6]:port" → host as written and what follows the colon, if one is there.
struct HostPort {
  std::string_view host;
  std::optional<std::string_view> port;
};
HostPort split_host_port(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  if (colon == text.npos || (bracket != text.npos && colon < bracket)) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// Whether [::] leaves IPv4 to others on this machine. It does not where nobody said so.
bool is_ipv6_alone() {
  return std::ifstream("/proc/sys/net/ipv6/bindv6only").get() == '1';
}

// How many of the first bits of the network are those of ::ffff:0:0/96, which is IPv4.
std::size_t common_with_ipv4(const Cidr& network) {
  const std::size_t most = std::min<std::size_t>(network.bits, 8 * kIpv4Prefix.size());
  std::size_t bit = 0;
  while (bit < most &&
         ((network.address[bit / 8] ^ kIpv4Prefix[bit / 8]) >> (7 - bit % 8) & 1) == 0) {
    ++bit;
  }
  return bit;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text, const std::string& directory) {
  if (text.starts_with(kUnix)) {
    const auto path = socket_path(text.substr(kUnix.size()), directory);
    if (!path) return std::unexpected(path.error());
    return ListenAddress{.text = std::string(kUnix) + *path, .unix_socket = true, .loopback = true};
  }
  const std::string_view host = split_host_port(text).host;
  std::string numeric(text);
  if (host == "localhost") numeric.replace(0, host.size(), "127.0.0.1");
  const auto address = parse_ip_port(numeric);
  if (!address) {
    std::string_view hint;
    if (host.empty() || host == "*") {
      hint = "; every address is 0.0.0.0 or [::]";
    } else if (host != "localhost" && is_host_name(host)) {
      hint = "; what a name means may change: write the address";
    }
    return fail(
        "`{}` is not an address to listen on; write it like 127.0.0.1:8443, [::1]:8443 or "
        "unix:/run/gatehouse.sock{}",
        escape(text, 128), hint);
  }
  const bool ipv4 = is_ipv4(address->ip);
  const bool any_ipv6 = address->ip == Ip{};
  // Whether [::] takes IPv4 too is the system's to say (net.ipv6.bindv6only).
  return ListenAddress{.text = text_of(*address),
                       .loopback = gh::is_loopback(address->ip),
                       .ipv4 = ipv4 || any_ipv6,
                       .ipv6 = !ipv4,
                       .wildcard = any_ipv6 || address->ip == parse_ipv4("0.0.0.0"),
                       .port = address->port};
}

bool clash(const ListenAddress& one, const ListenAddress& other) {
  if (one.unix_socket || other.unix_socket) return one.text == other.text;
  if (one.port != other.port || one.port == 0) return false;
  if (one.text == other.text) return true;
  if (!one.wildcard && !other.wildcard) return false;
  // Each is of one kind, but for [::].
  return one.ipv6 == other.ipv6 || ((one.ipv4 && other.ipv4) && !is_ipv6_alone());
}

Result<UpstreamUrl> parse_upstream_url(std::string_view text, const std::string& directory) {
  UpstreamUrl url;
  url.text = text;
  std::string_view rest = text;
  if (rest.starts_with(kUnix)) {
    auto path = socket_path(rest.substr(kUnix.size()), directory);
    if (!path) return std::unexpected(path.error());
    url.scheme = UpstreamUrl::Scheme::unix_socket;
    url.host = *std::move(path);
    return url;
  }
  if (rest.starts_with("http://")) {
    url.port = 80;
    rest.remove_prefix(7);
  } else if (rest.starts_with("https://")) {
    url.scheme = UpstreamUrl::Scheme::https;
    url.port = 443;
    rest.remove_prefix(8);
  } else {
    return fail(
        "`{}` is not an upstream; write it like http://127.0.0.1:8000, https://vllm.example or "
        "unix:/run/vllm.sock",
        escape(text, 128));
  }
  if (rest.find('@') != rest.npos) {
    // Not quoted: what stands before the @ may be a password.
    return fail("an upstream's url holds no user or password; use `api_key`");
  }
  if (const auto end = rest.find_first_of("/?#"); end != rest.npos) {
    return fail("`{}` has more than host and port; write `{}`, the endpoints' paths are added",
                escape(text, 128), escape(text.substr(0, text.size() - rest.size() + end), 128));
  }
  const HostPort parts = split_host_port(rest);
  const auto ip = parse_host_ip(parts.host);
  if (!ip && !is_host_name(parts.host)) {
    return fail("`{}` has no valid host; write it like http://127.0.0.1:8000 or http://[::1]:8000",
                escape(text, 128));
  }
  if (parts.port) {
    const auto port = parse_port(*parts.port);
    if (!port || *port == 0) {
      return fail("`{}` has no valid port; ports go from 1 to 65535", escape(text, 128));
    }
    url.port = *port;
  }
  url.host = parts.host;
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  return url;
}

bool is_loopback(const UpstreamUrl& url) {
  if (url.scheme == UpstreamUrl::Scheme::unix_socket || url.host == "localhost") return true;
  const auto ip = url.host.find(':') == url.host.npos ? parse_ipv4(url.host) : parse_ipv6(url.host);
  return ip && gh::is_loopback(*ip);
}

Result<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool v6 = address.find(':') != address.npos;
  const auto ip = v6 ? parse_ipv6(address) : parse_ipv4(address);
  const std::uint64_t width = v6 ? 128 : 32;
  std::uint64_t bits = width;
  if (slash != text.npos) {
    const auto given = parse_port(text.substr(slash + 1));
    bits = given ? *given : width + 1;
  }
  if (!ip || bits > width) {
    return fail("`{}` is not a network; write it like 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7",
                escape(text, 64));
  }
  Cidr cidr{*ip, static_cast<std::uint8_t>(bits + (v6 ? 0 : 96))};
  for (std::size_t bit = cidr.bits; bit < 128; ++bit) {
    if ((cidr.address[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      return fail("`{}` has bits set after the first {}; write the network's own address",
                  escape(text, 64), bits);
    }
  }
  return cidr;
}

bool holds_all_ipv4(const Cidr& network) {
  return network.bits <= 8 * kIpv4Prefix.size() && common_with_ipv4(network) == network.bits;
}

bool can_connect(const Cidr& network, const ListenAddress& listener) {
  // A network lies in IPv4, or IPv4 in it, or they have nothing in common.
  const bool in_ipv4 = common_with_ipv4(network) == 8 * kIpv4Prefix.size();
  const bool with_ipv4 = in_ipv4 || holds_all_ipv4(network);
  const bool with_ipv6 = !in_ipv4;
  return (listener.ipv4 && with_ipv4) || (listener.ipv6 && with_ipv6);
}

}  // namespace gh::policy
