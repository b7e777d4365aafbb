#pragma once
// Where to listen, where to send, whom to trust: the text forms of addresses in the policy file.
// Functions of their arguments; nothing is resolved or opened. Errors say what forms are accepted.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/snapshot.h"

namespace gh::policy {

struct ListenAddress {
  // As the system takes it, the same for all ways of writing it: an IP address, or an absolute
  // path.
  std::string text;
  bool unix_socket = false;
  bool loopback = false;  // also of a Unix socket
  // Whose connections it can get; [::] may get both. Neither on a Unix socket.
  bool ipv4 = false;
  bool ipv6 = false;
  bool wildcard = false;  // 0.0.0.0 or [::]
  std::uint16_t port = 0;
};

// "127.0.0.1:8443", "[::1]:0", "unix:/run/gatehouse.sock". Of names only `localhost`, which is
// 127.0.0.1: what another name means may change between two starts. A relative path begins in
// `directory`.
Result<ListenAddress> parse_listen_address(std::string_view text,
                                           const std::string& directory = "/");

// Both cannot be listened on at a time: they are one, or one takes the other's port on every
// address.
bool clash(const ListenAddress& one, const ListenAddress& other);

// "http://127.0.0.1:8000", "https://vllm.example", "unix:/run/vllm.sock". No path, no user, no
// query; the port defaults to the scheme's. A relative path begins in `directory`.
Result<UpstreamUrl> parse_upstream_url(std::string_view text, const std::string& directory = "/");

// The host is a loopback address or "localhost", or a Unix socket.
bool is_loopback(const UpstreamUrl& url);

// "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". Bits after the prefix must be zero.
Result<Cidr> parse_cidr(std::string_view text);

// Every IPv4 address lies in the network: ::ffff:0:0/96, and what it lies in (::/64).
bool holds_all_ipv4(const Cidr& network);

// Some address of the network can be that of a client of the listener.
bool can_connect(const Cidr& network, const ListenAddress& listener);

}  // namespace gh::policy
