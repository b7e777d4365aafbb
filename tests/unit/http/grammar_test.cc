#include "http/grammar.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::http::grammar {
namespace {

TEST(Grammar, Target) {
  for (const std::string_view good :
       {"/", "/v1/models", "/v1/models/org/name:tag@1", "/a/", "/.hidden", "/a..b", "/...",
        "/v1/models?x=%2F;a=//b/../?", "/?"}) {
    EXPECT_TRUE(parse_target(good)) << good;
  }
  for (const std::string_view bad :
       {"",       "*",           "v1",      "http://a/v1",  "a:443",     "//",
        "//v1",   "/v1//models", "/.",      "/..",          "/./a",      "/../a",
        "/a/.",   "/a/..",       "/a/../b", "/v1%2fmodels", "/%76",      "/%",
        "/a;b",   "/a\\b",       "/a#b",    "/a?b#c",       "/a?%",      "/a?%2",
        "/a?%zz", "/a?b\\c",     "/a b",    "/a\"b",        "/a<b",      "/{a}",
        "/a|b",   "/a^b",        "/a`b",    "/\x7f",        "/\xc3\xa9", "/a?\xff",
        "/[a]"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
  EXPECT_FALSE(parse_target(std::string_view("/a\0b", 4)));
  EXPECT_EQ(parse_target("/a?b?c")->path, "/a");
  EXPECT_EQ(parse_target("/a?b?c")->query, "b?c");
}

TEST(Grammar, Authority) {
  for (const std::string_view good : {"a", "api.example.org", "api_1", "127.0.0.1:65535", "[::1]",
                                      "[2001:db8::1]:443", "localhost:0"}) {
    EXPECT_TRUE(is_authority(good)) << good;
  }
  for (const std::string_view bad :
       {"",    ":80",    "a:",    "a:b", "a:65536",      "a:123456", "a:-1", "a:+1",    "a b",
        "a,b", "a@b",    "u:p@a", "a/b", "a/v1/models?", "a?b",      "a#b",  "a%20",    "[::1",
        "::1", "[::1]x", "[g]",   "[]",  "[127.0.0.1]",  "\xc3\xa9", "a\tb", "http://a"}) {
    EXPECT_FALSE(is_authority(bad)) << bad;
  }
  EXPECT_TRUE(is_authority(std::string(255, 'a')));
  EXPECT_FALSE(is_authority(std::string(256, 'a')));
}

TEST(Grammar, Length) {
  EXPECT_EQ(parse_length("0"), 0u);
  EXPECT_EQ(parse_length("2147483648"), 2147483648u);
  EXPECT_EQ(parse_length("4294967296"), 4294967296u);
  EXPECT_EQ(parse_length("999999999999999"), kMaxLength);
  for (const std::string_view bad :
       {"", "00", "01", "+1", "-1", "1 ", " 1", "1,1", "1, 1", "0x1", "1e3", "1_0", "1.0",
        "1000000000000000", "9223372036854775808", "18446744073709551616", "\xd9\xa1"}) {
    EXPECT_FALSE(parse_length(bad)) << bad;
  }
}

TEST(Grammar, Method) {
  EXPECT_EQ(parse_method("POST"), Method::post);
  EXPECT_EQ(parse_method("DELETE"), Method::delete_);
  for (const std::string_view bad : {"", "post", "Get", "CONNECT", "PRI", "GETX", "PROPFIND"}) {
    EXPECT_FALSE(parse_method(bad)) << bad;
  }
}

TEST(Grammar, FieldValue) {
  for (const std::string_view good : {"", "a", "a b", "a\tb", "~!"}) {
    EXPECT_TRUE(is_field_value(good)) << good;
  }
  for (const std::string_view bad :
       {" ", " a", "a ", "\ta", "a\r", "a\nb", "\x7f", "\x80", "\xc3\xa9", "\x01"}) {
    EXPECT_FALSE(is_field_value(bad)) << bad;
  }
  EXPECT_FALSE(is_field_value(std::string_view("\0", 1)));
}

TEST(Grammar, SkipPrintableStopsAtEveryOtherByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, '~');
      text[place] = c;
      const std::size_t expected = byte >= 0x20 && byte <= 0x7e ? text.size() : place;
      const char* found = skip_printable(text.data(), text.data() + text.size());
      ASSERT_EQ(found - text.data(), static_cast<std::ptrdiff_t>(expected)) << byte << " " << place;
    }
  }
}

TEST(Grammar, Token) {
  EXPECT_TRUE(is_token("X-_a.1~!#$%&'*+^`|"));
  for (const std::string_view bad : {"", "a b", "a:", "a(", "a\"", "a/", "a[", "\x7f", "\xe9"}) {
    EXPECT_FALSE(is_token(bad)) << bad;
  }
}

}  // namespace
}  // namespace gh::http::grammar
