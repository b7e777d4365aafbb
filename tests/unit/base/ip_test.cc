#include "base/ip.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace gh {
namespace {

TEST(Ip, OneKindForBothVersions) {
  const auto four = parse_ipv4("192.0.2.1");
  const auto mapped = parse_ipv6("::ffff:192.0.2.1");
  ASSERT_TRUE(four && mapped);
  EXPECT_EQ(*four, *mapped);
  EXPECT_TRUE(is_ipv4(*four));
  EXPECT_FALSE(is_ipv4(*parse_ipv6("2001:db8::1")));
  EXPECT_FALSE(is_ipv4(*parse_ipv6("::192.0.2.1")));
}

TEST(Ip, OnlyWhatNeedsNoGuess) {
  for (const std::string text :
       {"", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "0x7f.0.0.1", " 1.2.3.4",
        "1.2.3.4 ", "1.2.3.4:80", "::1", "localhost"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
  for (const std::string text : {"", ":", ":::", "::1::", "[::1]", "::1%lo", "1.2.3.4",
                                 "g::", "::12345", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1 "}) {
    EXPECT_FALSE(parse_ipv6(text)) << text;
  }
  EXPECT_FALSE(parse_ipv4(std::string("1.2.3.4\0", 8)));
  EXPECT_FALSE(parse_ipv6(std::string("::1\0x", 5)));
}

TEST(Ip, IsWrittenInOneWay) {
  for (const auto& [text, same] : std::initializer_list<std::pair<const char*, const char*>>{
           {"192.0.2.1:443", "192.0.2.1:443"},
           {"[::]:0", "[::]:0"},
           {"[0:0:0:0:0:0:0:1]:80", "[::1]:80"},
           {"[2001:0DB8::0001]:80", "[2001:db8::1]:80"},
           {"[::ffff:c000:201]:80", "192.0.2.1:80"}}) {
    EXPECT_EQ(text_of(*parse_ip_port(text)), same);
  }
}

TEST(Ip, WithAPort) {
  const auto four = parse_ip_port("192.0.2.1:0");
  ASSERT_TRUE(four);
  EXPECT_EQ(four->ip, *parse_ipv4("192.0.2.1"));
  EXPECT_EQ(four->port, 0);
  const auto six = parse_ip_port("[2001:db8::1]:65535");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->ip, *parse_ipv6("2001:db8::1"));
  EXPECT_EQ(six->port, 65535);
  for (const std::string text : {"",
                                 ":",
                                 ":80",
                                 "1.2.3.4",
                                 "1.2.3.4:",
                                 "1.2.3.4:65536",
                                 "1.2.3.4:+80",
                                 "1.2.3.4:-1",
                                 "1.2.3.4: 80",
                                 "1.2.3.4:80 ",
                                 "1.2.3.4:0x50",
                                 "1.2.3.4:080",
                                 "1.2.3.4:00",
                                 "1.2.3.4:8O",
                                 "1.2.3.4:80:80",
                                 "[1.2.3.4]:80",
                                 "::1:80",
                                 "[::1]",
                                 "[::1]:",
                                 "[::1:80",
                                 "::1]:80",
                                 "[[::1]]:80",
                                 "[]:80",
                                 "localhost:80",
                                 "*:80"}) {
    EXPECT_FALSE(parse_ip_port(text)) << text;
  }
}

TEST(Ip, Loopback) {
  for (const std::string text : {"127.0.0.1", "127.255.255.254"}) {
    EXPECT_TRUE(is_loopback(*parse_ipv4(text))) << text;
  }
  for (const std::string text : {"128.0.0.1", "126.255.255.255", "0.0.0.0"}) {
    EXPECT_FALSE(is_loopback(*parse_ipv4(text))) << text;
  }
  EXPECT_TRUE(is_loopback(*parse_ipv6("::1")));
  EXPECT_TRUE(is_loopback(*parse_ipv6("::ffff:127.0.0.1")));
  for (const std::string text : {"::", "::2", "1::1", "::127.0.0.1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_loopback(*parse_ipv6(text))) << text;
  }
}

}  // namespace
}  // namespace gh
