// gh-link: gh_gateway
// covers: gateways-3-17
// X-Forwarded-For: whatever clients and proxies write there, the client is the peer itself, nobody,
// or an address that a hop says; a trusted one only when every hop is trusted; and the same whether
// hops stand in one field or in several.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "gateway/trusted_proxies.h"

namespace {

using gh::gateway::TrustedProxies;
using gh::net::Address;

const gh::policy::Listener& listener() {
  static const gh::policy::Listener listener = [] {
    gh::policy::Listener made;
    made.client_address = gh::policy::Listener::ClientAddress::x_forwarded_for;
    made.trusted_proxies = {{.address = Address::parse_ip("10.0.0.0")->ip(), .bits = 96 + 8}};
    return made;
  }();
  return listener;
}

std::optional<Address> client(std::string_view peer, const std::vector<std::string_view>& values) {
  std::vector<gh::http::Field> fields;
  for (std::string_view value : values) fields.push_back({"x-forwarded-for", value});
  gh::http::RequestHead head;
  head.fields = fields;
  return TrustedProxies(listener()).client(*Address::parse_ip(peer), head);
}

bool same(const std::optional<Address>& a, const std::optional<Address>& b) {
  return a.has_value() == b.has_value() && (!a || a->ip() == b->ip());
}

}  // namespace

// Lines are fields.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> values;
  std::string joined;
  for (std::string_view rest = text;;) {
    const std::size_t end = rest.find('\n');
    values.push_back(rest.substr(0, end));
    joined += (joined.empty() && values.size() == 1 ? "" : ",") + std::string(values.back());
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }

  const auto untrusted = client("203.0.113.9", values);
  GH_CHECK(untrusted && untrusted->text() == "203.0.113.9");
  const auto found = client("10.1.2.3", values);
  GH_CHECK(same(found, client("10.1.2.3", {joined})));
  if (!found) return 0;
  // What a client puts in front of what the proxy has added changes nothing.
  const bool is_proxy = found->text().starts_with("10.");
  if (!is_proxy) GH_CHECK(same(found, client("10.1.2.3", {"192.0.2.1, x", joined})));
  GH_CHECK(joined.find_first_of("0123456789:") != joined.npos);
  return 0;
}
