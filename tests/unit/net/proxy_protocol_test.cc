// PROXY v2 heads: the parser alone, then streams that begin with one.

#include "net/proxy_protocol.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace gh::net {
namespace {

using test::drive;
using test::Owner;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string head(unsigned version_command, unsigned family_protocol, std::string_view rest,
                 std::size_t length) {
  std::string out(kSignature);
  out += static_cast<char>(version_command);
  out += static_cast<char>(family_protocol);
  out += static_cast<char>(length >> 8);
  out += static_cast<char>(length & 0xFF);
  return out.append(rest);
}
std::string head(unsigned version_command, unsigned family_protocol, std::string_view rest) {
  return head(version_command, family_protocol, rest, rest.size());
}

const std::string kV4("\xC0\x00\x02\x01\x0A\x00\x00\x01\x30\x39\x01\xBB", 12);
const std::string kV6 = std::string("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x07", 16) +
                        std::string(16, '\x01') + std::string("\x30\x39\x01\xBB", 4);

TEST(ProxyV2, Accepted) {
  const struct {
    std::string bytes;
    std::string_view address;
    std::uint16_t port;
  } cases[] = {
      {head(0x21, 0x11, kV4), "192.0.2.1", 12345},
      {head(0x21, 0x21, kV6), "2001:db8::7", 12345},
      {head(0x21, 0x31, std::string(216, 'u')), "unix", 0},
      {head(0x21, 0x11, kV4 + std::string(500, 't')), "192.0.2.1", 12345},  // TLVs, to the limit
  };
  for (const auto& c : cases) {
    const ProxyHead parsed = parse_proxy_v2(c.bytes + "GET / HTTP/1.1");
    ASSERT_EQ(parsed.status, ProxyHead::Status::done);
    EXPECT_EQ(parsed.size, c.bytes.size());
    EXPECT_FALSE(parsed.local);
    EXPECT_EQ(parsed.address.text(), c.address);
    EXPECT_EQ(parsed.address.port(), c.port);
  }
}

TEST(ProxyV2, LocalKeepsTheSocketsAddress) {
  for (const auto& rest : {std::string(), kV4, std::string(512, 'x')}) {
    const ProxyHead parsed = parse_proxy_v2(head(0x20, 0x00, rest));
    EXPECT_EQ(parsed.status, ProxyHead::Status::done);
    EXPECT_TRUE(parsed.local);
    EXPECT_EQ(parsed.size, 16 + rest.size());
  }
}

// covers: gateways-3-13
TEST(ProxyV2, Refused) {
  const struct {
    std::string_view what;
    std::string bytes;
  } cases[] = {
      {"version 1", "PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n"},
      {"no head: HTTP", "GET / HTTP/1.1\r\n"},
      {"no head: TLS", std::string("\x16\x03\x01\x02\x00\x01", 6)},
      {"one wrong byte in the signature", "\r\n\r\nX"},
      {"version 1 in the version field", head(0x11, 0x11, kV4)},
      {"version 3", head(0x31, 0x11, kV4)},
      {"command 2", head(0x22, 0x11, kV4)},
      {"command 15", head(0x2F, 0x11, kV4)},
      {"UNSPEC", head(0x21, 0x00, "")},
      {"UNSPEC with addresses", head(0x21, 0x00, kV4)},
      {"UDP over IPv4", head(0x21, 0x12, kV4)},
      {"UDP over IPv6", head(0x21, 0x22, kV6)},
      {"unix datagram", head(0x21, 0x32, std::string(216, 'u'))},
      {"no protocol", head(0x21, 0x10, kV4)},
      {"unknown family", head(0x21, 0x41, kV6)},
      {"IPv4 block short by one", head(0x21, 0x11, kV4.substr(0, 11))},
      {"IPv6 block short by one", head(0x21, 0x21, kV6.substr(0, 35))},
      {"unix block short by one", head(0x21, 0x31, std::string(215, 'u'))},
      {"too long by one", head(0x21, 0x11, kV4 + std::string(501, 't'))},
      {"too long, known from the length alone", head(0x21, 0x11, "", 0xFFFF)},
      {"LOCAL, too long", head(0x20, 0x00, "", 513)},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parse_proxy_v2(c.bytes).status, ProxyHead::Status::bad) << c.what;
  }
}

// Whatever has come, the parser asks for more than that and for nothing behind the head.
TEST(ProxyV2, EveryPrefixAsksForMore) {
  for (const auto& whole :
       {head(0x21, 0x11, kV4), head(0x21, 0x21, kV6), head(0x20, 0x00, std::string(7, 'x'))}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const ProxyHead parsed = parse_proxy_v2(std::string_view(whole).substr(0, n));
      ASSERT_EQ(parsed.status, ProxyHead::Status::need_more) << n;
      ASSERT_GT(parsed.size, n);
      ASSERT_LE(parsed.size, whole.size());
    }
  }
}

TEST(ProxyStream, SplitAtEachByte) {
  Loop loop;
  const std::string whole = head(0x21, 0x11, kV4 + "tlv");
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop);
    owner.accept(std::move(ours), {.tls = nullptr, .proxy_head = true},
                 *Address::parse_ip("10.9.9.9"));
    if (n > 0) test::send_now(theirs, whole.substr(0, n));
    ASSERT_TRUE(drive(loop, [&] { return test::all_read_by_peer(theirs); }));
    test::send_now(theirs, whole.substr(n) + "hello");
    ASSERT_TRUE(drive(loop, [&] { return !owner.data.empty(); })) << n;
    EXPECT_EQ(owner.data, "hello");
    EXPECT_EQ(owner.log, "peer open data");
    EXPECT_EQ(owner.peer.text(), "192.0.2.1");
    EXPECT_EQ(owner.stream->peer().text(), "192.0.2.1");
  }
}

TEST(ProxyStream, OneByteAtATime) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  owner.accept(std::move(ours), {.tls = nullptr, .proxy_head = true});
  std::string rest = head(0x21, 0x21, kV6) + "x";
  EXPECT_TRUE(drive(loop, [&, sent = std::size_t{0}]() mutable {
    if (sent < rest.size()) test::send_now(theirs, rest.substr(sent++, 1));
    return !owner.data.empty();
  }));
  EXPECT_EQ(owner.peer.text(), "2001:db8::7");
  EXPECT_EQ(owner.data, "x");
}

TEST(ProxyStream, LocalKeepsTheSocketsAddress) {
  Loop loop;
  auto [ours, theirs] = test::unix_pair();
  Owner owner(loop);
  owner.accept(std::move(ours), {.tls = nullptr, .proxy_head = true},
               *Address::parse_ip("10.9.9.9"));
  test::send_now(theirs, head(0x20, 0x00, kV4));
  ASSERT_TRUE(drive(loop, [&] { return owner.opens == 1; }));
  EXPECT_EQ(owner.peer.text(), "10.9.9.9");
}

// covers: gateways-3-13
TEST(ProxyStream, BadHeadCloses) {
  Loop loop;
  for (const auto& bytes : {std::string("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n"),
                            head(0x21, 0x00, kV4), head(0x21, 0x11, "", 600)}) {
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop);
    owner.accept(std::move(ours), {.tls = nullptr, .proxy_head = true});
    test::send_now(theirs, bytes);
    ASSERT_TRUE(drive(loop, [&] { return owner.closed(); }));
    EXPECT_EQ(owner.log, "close");  // neither a peer nor an open connection came of it
    EXPECT_EQ(owner.reason, "bad_proxy_head");
  }
}

TEST(ProxyStream, EndsWithinTheHead) {
  Loop loop;
  const std::string whole = head(0x21, 0x11, kV4);
  for (const std::size_t n : {std::size_t{0}, std::size_t{5}, whole.size() - 1}) {
    auto [ours, theirs] = test::unix_pair();
    Owner owner(loop);
    owner.accept(std::move(ours), {.tls = nullptr, .proxy_head = true});
    test::send_now(theirs, whole.substr(0, n));
    theirs.reset();
    ASSERT_TRUE(drive(loop, [&] { return owner.closed(); }));
    EXPECT_EQ(owner.log, "close");
    EXPECT_EQ(owner.reason, "eof");
  }
}

}  // namespace
}  // namespace gh::net
