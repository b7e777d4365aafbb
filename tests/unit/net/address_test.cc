// Addresses: what is one, what is not, and what one client counts as.

#include "net/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

namespace gh::net {
namespace {

std::string canonical(std::string_view text) {
  const auto address = Address::parse_ip(text);
  return address ? address->text() : "refused";
}

TEST(Address, AcceptedTexts) {
  const struct {
    std::string_view text, canonical;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::1", "::1"},
      {"::", "::"},
      {"[2001:DB8::0:1]", "2001:db8::1"},
      {"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},  // the same client however it came
      {"[::ffff:c000:201]", "192.0.2.1"},
  };
  for (const auto& c : cases) EXPECT_EQ(canonical(c.text), c.canonical) << c.text;
}

TEST(Address, RefusedTexts) {
  using View = std::string_view;
  for (const View text : {View(""),
                          View("localhost"),
                          View("192.0.2"),
                          View("192.0.2.256"),
                          View("192.0.2.1.1"),
                          View("192.0.2.01"),
                          View("0x7f.0.0.1"),
                          View("2130706433"),
                          View(" 192.0.2.1"),
                          View("192.0.2.1 "),
                          View("[192.0.2.1]"),
                          View("192.0.2.1:80"),
                          View("fe80::1%eth0"),
                          View("[::1"),
                          View("::1]"),
                          View("[[::1]]"),
                          View("[]"),
                          View("[:]"),
                          View("1::2::3"),
                          View(":::"),
                          View("192.0.2.1\0", 10),
                          View("::1\0", 4),
                          View("::1/64"),
                          View("1:2:3:4:5:6:7"),
                          View("g::")}) {
    EXPECT_EQ(canonical(text), "refused") << text;
  }
}

TEST(Address, ClientBlock) {
  const auto block = [](std::string_view text) {
    return std::string(Address::parse_ip(text)->client_block());
  };
  EXPECT_NE(block("192.0.2.1"), block("192.0.2.2"));
  EXPECT_EQ(block("192.0.2.1"), block("::ffff:192.0.2.1"));
  EXPECT_EQ(block("2001:db8:1:2::1"), block("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
  // Not mapped, though it looks so: the ffff is where it does not mean IPv4.
  EXPECT_EQ(block("::fffe:c000:201"), block("::fffe:c000:202"));
}

TEST(Address, Loopback) {
  for (const auto* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(Address::parse_ip(text)->is_loopback()) << text;
  }
  for (const auto* text : {"128.0.0.1", "126.255.255.255", "::", "::2", "::127.0.0.1", "0.0.0.0"}) {
    EXPECT_FALSE(Address::parse_ip(text)->is_loopback()) << text;
  }
  EXPECT_TRUE(Address::unix_socket().is_loopback());
  EXPECT_FALSE(Address().is_loopback());
}

TEST(Address, RawRoundTrip) {
  for (const auto* text : {"192.0.2.1", "2001:db8::1"}) {
    sockaddr_storage raw;
    const socklen_t size = Address::parse_ip(text, 8443)->to_raw(raw);
    const Address back = Address::from(reinterpret_cast<sockaddr*>(&raw), size);
    EXPECT_EQ(back.text(), text);
    EXPECT_EQ(back.port(), 8443);
    // A size that does not hold the address is none at all.
    EXPECT_EQ(Address::from(reinterpret_cast<sockaddr*>(&raw), size - 1).family(),
              Address::Family::none);
  }
  sockaddr_storage raw;
  EXPECT_EQ(Address().to_raw(raw), 0u);
  EXPECT_EQ(Address::unix_socket().to_raw(raw), 0u);
}

TEST(Address, OtherFamilies) {
  sockaddr_storage raw{};
  raw.ss_family = AF_NETLINK;
  EXPECT_EQ(Address::from(reinterpret_cast<sockaddr*>(&raw), sizeof raw).family(),
            Address::Family::none);
  raw.ss_family = AF_UNIX;  // an unnamed peer has two bytes
  EXPECT_EQ(Address::from(reinterpret_cast<sockaddr*>(&raw), 2).family(),
            Address::Family::unix_socket);
  EXPECT_EQ(Address().text(), "unknown");
  EXPECT_EQ(Address::unix_socket().text(), "unix");
}

}  // namespace
}  // namespace gh::net
