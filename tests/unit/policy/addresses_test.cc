#include "policy/addresses.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "base/fd.h"
#include "base/ip.h"

namespace gh::policy {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ListenAddress, ReadsWhatItIs) {
  struct Row {
    const char* text;
    bool unix_socket;
    bool loopback;
    std::uint16_t port;
  };
  for (const Row& row :
       {Row{"127.0.0.1:8443", false, true, 8443}, Row{"127.9.9.9:1", false, true, 1},
        Row{"0.0.0.0:443", false, false, 443}, Row{"10.0.0.1:0", false, false, 0},
        Row{"[::1]:8443", false, true, 8443}, Row{"[::]:8443", false, false, 8443},
        Row{"[::ffff:127.0.0.1]:8443", false, true, 8443},
        Row{"[2001:db8::1]:65535", false, false, 65535}, Row{"unix:/run/g.sock", true, true, 0},
        Row{"localhost:0", false, true, 0}, Row{"unix:g.sock", true, true, 0}}) {
    const auto address = parse_listen_address(row.text);
    ASSERT_TRUE(address) << row.text;
    EXPECT_EQ(address->unix_socket, row.unix_socket) << row.text;
    EXPECT_EQ(address->loopback, row.loopback) << row.text;
    EXPECT_EQ(address->port, row.port) << row.text;
  }
}

TEST(ListenAddress, SaysWhatTheSystemTakes) {
  const std::pair<const char*, const char*> rows[] = {
      {"127.0.0.1:8443", "127.0.0.1:8443"},
      {"[::1]:0", "[::1]:0"},
      {"localhost:8443", "127.0.0.1:8443"},
      {"[0:0:0:0:0:0:0:1]:8443", "[::1]:8443"},
      {"[2001:DB8:0::1]:8443", "[2001:db8::1]:8443"},
      {"[::ffff:7f00:1]:8443", "127.0.0.1:8443"},
      {"unix:/run/g.sock", "unix:/run/g.sock"},
      {"unix:g.sock", "unix:/etc/gatehouse/g.sock"},
      {"unix:../run/./g.sock", "unix:/etc/run/g.sock"},
  };
  for (const auto& [text, taken] : rows) {
    EXPECT_EQ(parse_listen_address(text, "/etc/gatehouse")->text, taken) << text;
  }
  EXPECT_EQ(parse_upstream_url("unix:vllm.sock", "/etc/gatehouse")->host,
            "/etc/gatehouse/vllm.sock");
  EXPECT_FALSE(parse_listen_address("unix:" + std::string(106, 'a'), "/etc"));
  EXPECT_FALSE(parse_upstream_url("unix:" + std::string(106, 'a'), "/etc"));
}

// A socket that listens on `host`, on `port` unless that is 0; invalid when the system says no.
Fd listening(const char* host, std::uint16_t& port) {
  const auto ip = parse_ip_port(fmt::format("{}:0", host))->ip;
  sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  std::memcpy(&v4.sin_addr, ip.data() + 12, 4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, ip.data(), 16);
  const bool is_v4 = is_ipv4(ip);
  auto* raw = is_v4 ? reinterpret_cast<sockaddr*>(&v4) : reinterpret_cast<sockaddr*>(&v6);
  socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
  Fd fd(socket(raw->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(fd.get(), raw, size) != 0 || listen(fd.get(), 1) != 0) return {};
  getsockname(fd.get(), raw, &size);
  port = ntohs(is_v4 ? v4.sin_port : v6.sin6_port);
  return fd;
}

TEST(ListenAddress, ClashesWhereTheSystemSaysSo) {
  constexpr const char* kHosts[] = {"0.0.0.0", "127.0.0.1", "127.0.0.2",
                                    "[::]",    "[::1]",     "[::ffff:127.0.0.1]"};
  for (const char* one : kHosts) {
    for (const char* other : kHosts) {
      std::uint16_t port = 0;
      const Fd first = listening(one, port);
      if (!first.valid()) continue;  // a machine without IPv6
      std::uint16_t any = 0;
      if (!listening(other, any).valid()) continue;
      const auto text = [&](const char* host) { return fmt::format("{}:{}", host, port); };
      EXPECT_EQ(clash(*parse_listen_address(text(one)), *parse_listen_address(text(other))),
                !listening(other, port).valid())
          << one << " and " << other;
    }
  }
  const auto any_port = *parse_listen_address("127.0.0.1:0");
  EXPECT_FALSE(clash(any_port, any_port));
  const auto one_port = *parse_listen_address("127.0.0.1:1");
  EXPECT_FALSE(clash(one_port, *parse_listen_address("0.0.0.0:2")));
  const auto file = *parse_listen_address("unix:/run/g.sock");
  EXPECT_TRUE(clash(file, *parse_listen_address("unix:/run/../run/g.sock")));
  EXPECT_FALSE(clash(file, *parse_listen_address("unix:/run/h.sock")));
  EXPECT_FALSE(clash(file, one_port));
}

TEST(ListenAddress, RefusesOtherForms) {
  for (const char* bad : {"",
                          ":",
                          ":8443",
                          "8443",
                          "127.0.0.1",
                          "127.0.0.1:",
                          "127.0.0.1:x",
                          "127.0.0.1:-1",
                          "127.0.0.1:65536",
                          "127.0.0.1:08443",
                          "127.0.0.1:8k",
                          "127.0.0.1:8443 ",
                          " 127.0.0.1:8443",
                          "127.1:8443",
                          "0x7f.0.0.1:8443",
                          "127.0.0.01:8443",
                          "256.0.0.1:1",
                          "localhost",
                          "localhost:",
                          "localhost:x",
                          "[localhost]:8443",
                          "localhost.:8443",
                          "gate.example:8443",
                          "*:8443",
                          "::1:8443",
                          "[::1]",
                          "[::1]8443",
                          "[::1:8443",
                          "[fe80::1%eth0]:1",
                          "[127.0.0.1]:1",
                          "http://127.0.0.1:8443",
                          "unix:",
                          "unix:/run/",
                          "unix://"}) {
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
  }
  EXPECT_FALSE(parse_listen_address("unix:/" + std::string(107, 'a')));
  EXPECT_TRUE(parse_listen_address("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(parse_listen_address(std::string("unix:/a\0b", 9)));
  EXPECT_FALSE(parse_listen_address(std::string("127.0.0.1\0:1", 12)));
}

TEST(UpstreamUrl, ReadsWhatItIs) {
  using Scheme = UpstreamUrl::Scheme;
  struct Row {
    const char* text;
    Scheme scheme;
    const char* host;
    std::uint16_t port;
    bool loopback;
  };
  for (const Row& row :
       {Row{"http://127.0.0.1:8000", Scheme::http, "127.0.0.1", 8000, true},
        Row{"http://localhost:8000", Scheme::http, "localhost", 8000, true},
        Row{"http://vllm", Scheme::http, "vllm", 80, false},
        Row{"https://vllm.example", Scheme::https, "vllm.example", 443, false},
        Row{"https://vllm-0.vllm_headless.ns.svc:8443", Scheme::https,
            "vllm-0.vllm_headless.ns.svc", 8443, false},
        Row{"http://[::1]:8000", Scheme::http, "::1", 8000, true},
        Row{"http://[2001:db8::7]", Scheme::http, "2001:db8::7", 80, false},
        Row{"http://10.0.0.7:1", Scheme::http, "10.0.0.7", 1, false},
        Row{"unix:/run/vllm.sock", Scheme::unix_socket, "/run/vllm.sock", 0, true}}) {
    const auto url = parse_upstream_url(row.text);
    ASSERT_TRUE(url) << row.text << ": " << url.error().message;
    EXPECT_EQ(url->scheme, row.scheme) << row.text;
    EXPECT_EQ(url->host, row.host);
    EXPECT_EQ(url->port, row.port) << row.text;
    EXPECT_EQ(url->text, row.text);
    EXPECT_EQ(is_loopback(*url), row.loopback) << row.text;
  }
}

TEST(UpstreamUrl, RefusesOtherForms) {
  for (const char* bad : {"",
                          "127.0.0.1:8000",
                          "vllm",
                          "//vllm",
                          "HTTP://vllm",
                          "ftp://vllm",
                          "http:/vllm",
                          "http://",
                          "http://:8000",
                          "http://vllm:",
                          "http://vllm:0",
                          "http://vllm:65536",
                          "http://vllm:80x",
                          "http://vllm/",
                          "http://vllm/v1",
                          "http://vllm?x",
                          "http://vllm#x",
                          "http://vl lm",
                          "http://vllm..example",
                          "http://-vllm",
                          "http://vllm-",
                          "http://.vllm",
                          "http://1.2.3",
                          "http://1.2.3.256",
                          "http://2130706433",
                          "http://[::1",
                          "http://::1",
                          "http://[::1]x",
                          "http://[vllm]",
                          "http://v\xc3\xa4llm",
                          "unix:run/"}) {
    EXPECT_FALSE(parse_upstream_url(bad)) << bad;
  }
}

TEST(UpstreamUrl, NeverQuotesAPassword) {
  const auto url = parse_upstream_url("http://me:hunter2@vllm:8000/v1");
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
}

TEST(Cidr, ReadsNetworks) {
  const auto v4 = parse_cidr("10.1.0.0/16");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->bits, 112);
  EXPECT_EQ(v4->address[10], 0xFF);
  EXPECT_EQ(v4->address[12], 10);
  EXPECT_EQ(v4->address[13], 1);
  EXPECT_EQ(parse_cidr("192.0.2.7")->bits, 128);
  EXPECT_EQ(parse_cidr("0.0.0.0/0")->bits, 96);
  const auto v6 = parse_cidr("2001:db8::/32");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->bits, 32);
  EXPECT_EQ(v6->address[0], 0x20);
  EXPECT_EQ(parse_cidr("::1")->bits, 128);
  EXPECT_EQ(parse_cidr("10.128.0.0/9")->bits, 105);
}

TEST(Cidr, RefusesOtherForms) {
  for (const char* bad : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08",
                          "10.0.0.0/8/8", "10.0.0.1/8", "10.64.0.0/9", "10.0.0/8", "2001:db8::/129",
                          "2001:db8::1/32", "vllm/8", "10.0.0.0/255.0.0.0", "::ffff:10.0.0.1/96"}) {
    EXPECT_FALSE(parse_cidr(bad)) << bad;
  }
}

TEST(Cidr, HoldsAllOfIpv4) {
  for (const char* all : {"0.0.0.0/0", "::/0", "::/1", "::/64", "::/80", "::8000:0:0/81",
                          "::fffe:0:0/95", "::ffff:0:0/96", "::ffff:0.0.0.0/96"}) {
    ASSERT_TRUE(parse_cidr(all)) << all;
    EXPECT_TRUE(holds_all_ipv4(*parse_cidr(all))) << all;
  }
  for (const char* part : {"0.0.0.0/1", "128.0.0.0/1", "::ffff:0:0/97", "::ffff:8000:0/97", "::/81",
                           "::/96", "::fffe:0:0/96", "8000::/1", "fd00::/8", "::1", "0.0.0.0"}) {
    ASSERT_TRUE(parse_cidr(part)) << part;
    EXPECT_FALSE(holds_all_ipv4(*parse_cidr(part))) << part;
  }
}

TEST(Cidr, CanConnectWhereItsFamilyDoes) {
  struct Row {
    const char* network;
    bool to_ipv4;  // on 127.0.0.1
    bool to_ipv6;  // on [::1]
  };
  for (const Row& row : {
           Row{"10.0.0.0/8", true, false},
           Row{"192.0.2.7", true, false},
           Row{"0.0.0.0/0", true, false},
           Row{"::ffff:10.0.0.0/104", true, false},
           Row{"::ffff:192.0.2.7", true, false},
           Row{"::ffff:0:0/96", true, false},
           Row{"::/0", true, true},
           Row{"::/64", true, true},
           Row{"::fffe:0:0/95", true, true},
           Row{"::1", false, true},
           Row{"fd00::/8", false, true},
           Row{"2000::/3", false, true},
           Row{"::fffe:0:0/96", false, true},
           Row{"64:ff9b::/96", false, true},
       }) {
    const auto cidr = parse_cidr(row.network);
    ASSERT_TRUE(cidr) << row.network;
    EXPECT_EQ(can_connect(*cidr, *parse_listen_address("127.0.0.1:1")), row.to_ipv4) << row.network;
    EXPECT_EQ(can_connect(*cidr, *parse_listen_address("0.0.0.0:1")), row.to_ipv4) << row.network;
    EXPECT_EQ(can_connect(*cidr, *parse_listen_address("[::1]:1")), row.to_ipv6) << row.network;
    EXPECT_TRUE(can_connect(*cidr, *parse_listen_address("[::]:1"))) << row.network;
    EXPECT_FALSE(can_connect(*cidr, *parse_listen_address("unix:/run/g.sock"))) << row.network;
  }
}

}  // namespace
}  // namespace gh::policy
