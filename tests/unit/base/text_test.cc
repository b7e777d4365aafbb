#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace gh {
namespace {

TEST(SameName, IsEqualityAtEveryLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string a(size, 'n');
    EXPECT_TRUE(same_name(a, std::string(size, 'n'))) << size;
    EXPECT_FALSE(same_name(a, a + "n")) << size;
    EXPECT_FALSE(same_name(a + "n", a)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string b = a;
      b[at] = 'm';
      EXPECT_FALSE(same_name(a, b)) << size << " " << at;
    }
  }
}

TEST(Escape, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(escape("Tenant α, 10 %"), "Tenant α, 10 %");
}

// covers: engine-7-terminal-injection
TEST(Escape, NeutralisesWhatChangesALineOrATerminal) {
  EXPECT_EQ(escape("a\r\nb\x1b[31m"), "a\\x0d\\x0ab\\x1b[31m");
  EXPECT_EQ(escape("\xe2\x80\xa8"), "\\u2028");
  EXPECT_EQ(escape("\xe2\x80\xae"), "\\u202e");
  EXPECT_EQ(escape("\xff\xc0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(escape("back\\slash"), "back\\\\slash");
}

TEST(Escape, CutsAtTheLimit) {
  EXPECT_EQ(escape("abcdef", 3), "abc…");
}

// covers: engine-7-log-injection
TEST(JsonEscape, IsOneLineOfValidUtf8) {
  std::string out;
  append_json_escaped(out, "say \"hi\"\n\xff");
  EXPECT_EQ(out, "say \\\"hi\\\"\\u000a\\\\xff");
  EXPECT_TRUE(is_utf8(out));
}

TEST(Utf8, RefusesOverlongSurrogateAndTooLarge) {
  EXPECT_TRUE(is_utf8("\xf0\x9f\x98\x80"));
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(DidYouMean, FindsASlipAndNothingElse) {
  constexpr std::array<std::string_view, 3> kNames = {"tenants", "models", "upstreams"};
  EXPECT_EQ(did_you_mean("tenant", kNames), "tenants");
  EXPECT_EQ(did_you_mean("modles", kNames), "models");
  EXPECT_EQ(did_you_mean("certificate", kNames), std::nullopt);
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

}  // namespace
}  // namespace gh
