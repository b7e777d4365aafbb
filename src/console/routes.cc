#include "console/routes.h"

#include <algorithm>

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
  const auto& upstreams = gateway.runtime()->upstreams;
  const bool any = std::any_of(upstreams.begin(), upstreams.end(),
                               [](const auto& upstream) { return upstream->any_healthy(); });
  return any ? say(200, "ready") : say(503, "no upstream");
}

}  // namespace

Reply answer(const gateway::Gateway& gateway, const http::RequestHead& head,
             const net::Address& peer, std::string_view certificate) {
  if (head.target != "/healthz" && head.target != "/readyz" && head.target != "/metrics") {
    return say(404, "not found");
  }
  if (head.method != http::Method::get) return say(405, "method not allowed");
  if (head.target == "/healthz") return say(200, "ok");
  if (head.target == "/readyz") return readiness(gateway);
  if (!peer.is_loopback() && certificate.empty()) {
    return say(403, "only from this host, or with a client certificate");
  }
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = metrics_text(gateway)};
}

}  // namespace gh::console
