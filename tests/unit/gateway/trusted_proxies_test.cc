#include "gateway/trusted_proxies.h"

#include <gtest/gtest.h>

namespace gh::gateway {
namespace {

policy::Cidr block(const char* ip, int bits) {
  return {.address = net::Address::parse_ip(ip)->ip(),
          .bits = static_cast<std::uint8_t>(
              std::string_view(ip).find(':') == std::string_view::npos ? bits + 96 : bits)};
}

policy::Listener behind_proxies() {
  policy::Listener listener;
  listener.client_address = policy::Listener::ClientAddress::x_forwarded_for;
  listener.trusted_proxies = {block("10.0.0.0", 8), block("2001:db8:1::", 48)};
  return listener;
}

std::string client(const policy::Listener& listener, const char* peer,
                   std::vector<std::string_view> forwarded) {
  std::vector<http::Field> fields;
  for (std::string_view value : forwarded) {
    fields.push_back({.name = "x-forwarded-for", .value = value});
  }
  http::RequestHead head;
  head.fields = fields;
  const auto address = TrustedProxies(listener).client(*net::Address::parse_ip(peer), head);
  return address ? address->text() : "refused";
}

// covers: engine-7-header-trust gateways-3-13
TEST(TrustedProxies, TakesTheRightMostHopThatIsNotAProxy) {
  const policy::Listener listener = behind_proxies();
  struct Case {
    const char* peer;
    std::vector<std::string_view> forwarded;
    const char* expected;
  };
  const Case cases[] = {
      {"203.0.113.9", {"198.51.100.1"}, "203.0.113.9"},  // an untrusted peer's word is nothing
      {"10.1.2.3", {}, "10.1.2.3"},
      {"10.1.2.3", {"198.51.100.1"}, "198.51.100.1"},
      {"10.1.2.3", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},  // what the client made up is left
      {"10.1.2.3", {"1.1.1.1, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
      {"10.1.2.3", {"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},  // over several fields
      {"10.1.2.3", {"10.4.4.4"}, "10.4.4.4"},  // proxies all the way: the first of them
      {"2001:db8:1::5", {"2001:db8:2::7"}, "2001:db8:2::7"},
      {"10.1.2.3", {"[2001:db8:2::7]"}, "2001:db8:2::7"},
      {"10.1.2.3", {"unknown"}, "refused"},
      {"10.1.2.3", {""}, "refused"},
      {"10.1.2.3", {"198.51.100.1:50443"}, "198.51.100.1"},  // with the client's port
      {"10.1.2.3", {"[2001:db8:2::7]:50443"}, "2001:db8:2::7"},
      {"10.1.2.3", {"1.1.1.1:1, 198.51.100.1:2, 10.9.9.9:3"}, "198.51.100.1"},
      {"10.1.2.3", {"198.51.100.1:"}, "refused"},
      {"10.1.2.3", {"198.51.100.1:65536"}, "refused"},
      {"10.1.2.3", {"198.51.100.1:http"}, "refused"},
      {"10.1.2.3", {"198.51.100.1: 80"}, "refused"},
      {"10.1.2.3", {"198.51.100.1:80:80"}, "refused"},
      {"10.1.2.3", {"[198.51.100.1]:80"}, "refused"},
      {"10.1.2.3", {"[2001:db8:2::7"}, "refused"},
      {"10.1.2.3", {"2001:db8:2::7]:80"}, "refused"},
      {"10.1.2.3", {"198.51.100.1,"}, "refused"},
      {"10.1.2.3", {"nonsense, 198.51.100.1"}, "198.51.100.1"},  // never looked at
  };
  for (const Case& c : cases) EXPECT_EQ(client(listener, c.peer, c.forwarded), c.expected);
}

TEST(TrustedProxies, IgnoresTheFieldWhereThePolicyDoesNotNameIt) {
  policy::Listener listener = behind_proxies();
  listener.client_address = policy::Listener::ClientAddress::socket;
  EXPECT_EQ(client(listener, "10.1.2.3", {"198.51.100.1"}), "10.1.2.3");
}

TEST(TrustedProxies, WantsAProxyHeadFromProxiesOnly) {
  policy::Listener listener = behind_proxies();
  EXPECT_FALSE(TrustedProxies(listener).sends_proxy_head(*net::Address::parse_ip("10.1.2.3")));
  listener.client_address = policy::Listener::ClientAddress::proxy_v2;
  EXPECT_TRUE(TrustedProxies(listener).sends_proxy_head(*net::Address::parse_ip("10.1.2.3")));
  EXPECT_FALSE(TrustedProxies(listener).sends_proxy_head(*net::Address::parse_ip("11.1.2.3")));
  EXPECT_FALSE(TrustedProxies(listener).sends_proxy_head(net::Address::unix_socket()));
  listener.trust_unix_peers = true;
  EXPECT_TRUE(TrustedProxies(listener).sends_proxy_head(net::Address::unix_socket()));
}

TEST(TrustedProxies, ComparesPartOfAByte) {
  policy::Listener listener = behind_proxies();
  listener.trusted_proxies = {block("10.128.0.0", 9)};
  EXPECT_EQ(client(listener, "10.127.0.1", {"1.1.1.1"}), "10.127.0.1");
  EXPECT_EQ(client(listener, "10.128.0.1", {"1.1.1.1"}), "1.1.1.1");
}

}  // namespace
}  // namespace gh::gateway
