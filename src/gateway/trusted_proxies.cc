#include "gateway/trusted_proxies.h"

#include <algorithm>

#include "base/text.h"

namespace gh::gateway {
namespace {

bool contains(const policy::Cidr& block, const Ip& ip) {
  const std::size_t whole = block.bits / 8u;
  if (!std::equal(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(whole),
                  block.address.begin())) {
    return false;
  }
  const unsigned rest = block.bits % 8u;
  if (rest == 0) return true;
  const unsigned mask = 0xFFu << (8 - rest) & 0xFFu;
  return (ip[whole] & mask) == (block.address[whole] & mask);
}

// Some balancers add the port that the client came from (Azure's; AWS's when told to).
std::optional<net::Address> hop_address(std::string_view hop) {
  const auto address = net::Address::parse_ip(hop);
  return address ? address : net::Address::parse_ip_port(hop);
}

}  // namespace

bool TrustedProxies::trusts(const net::Address& address) const {
  if (address.family() == net::Address::Family::unix_socket) return listener_->trust_unix_peers;
  return address.is_ip() &&
         std::any_of(listener_->trusted_proxies.begin(), listener_->trusted_proxies.end(),
                     [&](const policy::Cidr& block) { return contains(block, address.ip()); });
}

bool TrustedProxies::sends_proxy_head(const net::Address& peer) const {
  return listener_->client_address == policy::Listener::ClientAddress::proxy_v2 && trusts(peer);
}

bool TrustedProxies::forwards(const net::Address& peer) const {
  return listener_->client_address == policy::Listener::ClientAddress::x_forwarded_for &&
         trusts(peer);
}

std::optional<net::Address> TrustedProxies::client(const net::Address& peer,
                                                   const http::RequestHead& head) const {
  if (!forwards(peer)) return peer;
  // Hops were appended left to right, over all fields of the name: walk back from the nearest.
  std::optional<net::Address> nearest = peer;
  for (auto field = head.fields.rbegin(); field != head.fields.rend(); ++field) {
    if (field->name != "x-forwarded-for") continue;
    std::vector<std::string_view> hops = split(field->value, ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      const auto address = hop_address(trim(*hop));
      if (!address) return std::nullopt;
      nearest = address;
      if (!trusts(*address)) return nearest;
    }
  }
  return nearest;
}

}  // namespace gh::gateway
