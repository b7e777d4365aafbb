#pragma once
// PROXY protocol version 2 heads (HAProxy's proxy-protocol.txt, 2.2): the address of the client
// behind a trusted load balancer. Version 1 is refused.

#include <cstdint>
#include <string_view>

#include "net/address.h"

namespace gh::net {

struct ProxyHead {
  enum class Status : std::uint8_t { need_more, bad, done };
  Status status = Status::need_more;
  std::size_t size = 0;  // bytes of the head when done; bytes wanted in all when need_more
  bool local = false;    // the balancer's own connection (health check): keep the socket's address
  Address address;
};

// `bytes`: what has come so far. At most 16 + 512 bytes are accepted.
ProxyHead parse_proxy_v2(std::string_view bytes);

}  // namespace gh::net
