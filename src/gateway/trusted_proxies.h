#pragma once
// Which peers may say who their client is, and how they say it. Immutable; any thread.

#include <optional>
#include <string_view>

#include "http/message.h"
#include "net/address.h"
#include "policy/snapshot.h"

namespace gh::gateway {

class TrustedProxies {
 public:
  explicit TrustedProxies(const policy::Listener& listener) : listener_(&listener) {}

  // Whether a PROXY v2 head has to come first on a connection from `peer`.
  bool sends_proxy_head(const net::Address& peer) const;
  // Whether requests from `peer` may each be another client's, named in X-Forwarded-For.
  bool forwards(const net::Address& peer) const;

  // The client behind `peer` for this request: with X-Forwarded-For, the right-most address that
  // is not itself a trusted proxy; `peer` where the header is absent or not trusted. Nothing when a
  // trusted proxy sent a header that cannot be read.
  std::optional<net::Address> client(const net::Address& peer, const http::RequestHead& head) const;

 private:
  bool trusts(const net::Address& address) const;

  const policy::Listener* listener_;  // of the Runtime's snapshot, which outlives this
};

}  // namespace gh::gateway
