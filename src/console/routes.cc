#include "console/routes.h"

#include <algorithm>

#include "base/text.h"
#include "console/exposition.h"

namespace gh::console {
namespace {

Reply say(int status, std::string_view text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::string(text) + "\n"};
}

Reply readiness(const gateway::Gateway& gateway) {
  if (gateway.draining()) return say(503, "draining");
  const bool any = std::ranges::any_of(gateway.runtime()->upstreams,
                                       [](const auto& upstream) { return upstream->ready(); });
  return any ? say(200, "ready") : say(503, "no upstream");
}

// "localhost", what ends so (RFC 6761 §6.3: never another host), and loopback addresses, with or
// without a port.
bool is_this_host(std::string_view authority) {
  constexpr std::string_view kName = "localhost";
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (const auto ip = net::Address::parse_ip(host)) return ip->is_loopback();
  if (host.size() < kName.size()) return false;
  const std::size_t before = host.size() - kName.size();
  return equals_ignoring_case(host.substr(before), kName) &&
         (before == 0 || host[before - 1] == '.');
}

// A page in a browser on this host can give its own name our address (DNS rebinding) and would be
// let read what it gets. With TLS the certificate is not for that name, and browsers reach no Unix
// socket.
bool may_be_rebound(const http::RequestHead& head, const Caller& caller) {
  return caller.peer.is_ip() && !caller.tls && !is_this_host(head.authority);
}

}  // namespace

Reply answer(const gateway::Gateway& gateway, const http::RequestHead& head, const Caller& caller) {
  if (may_be_rebound(head, caller)) {
    return say(421,
               "ask for localhost, 127.0.0.1 or [::1]: over plain HTTP no other Host is answered");
  }
  if (head.target != "/healthz" && head.target != "/readyz" && head.target != "/metrics") {
    return say(404, "not found");
  }
  if (head.method != http::Method::get) return say(405, "method not allowed");
  if (head.target == "/healthz") return say(200, "ok");
  if (head.target == "/readyz") return readiness(gateway);
  if (!caller.peer.is_loopback() && !caller.certificate) {
    return say(403, "only from this host, or with a client certificate");
  }
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics_text(gateway)};
}

}  // namespace gh::console
