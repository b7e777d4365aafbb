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

// Every character that reorders a line or that nobody sees, first and last of each range.
TEST(Escape, ShowsWhatNobodySees) {
  const struct {
    std::string_view bytes, shown, json;
  } cases[] = {
      {"\u00ad", R"(\u00ad)", R"(\u00ad)"},
      {"\u034f", R"(\u034f)", R"(\u034f)"},
      {"\u0600\u0605", R"(\u0600\u0605)", R"(\u0600\u0605)"},
      {"\u061c", R"(\u061c)", R"(\u061c)"},
      {"\u06dd", R"(\u06dd)", R"(\u06dd)"},
      {"\u070f", R"(\u070f)", R"(\u070f)"},
      {"\u0890\u0891", R"(\u0890\u0891)", R"(\u0890\u0891)"},
      {"\u08e2", R"(\u08e2)", R"(\u08e2)"},
      {"\u115f\u1160", R"(\u115f\u1160)", R"(\u115f\u1160)"},
      {"\u17b4\u17b5", R"(\u17b4\u17b5)", R"(\u17b4\u17b5)"},
      {"\u180b\u180f", R"(\u180b\u180f)", R"(\u180b\u180f)"},
      {"\u200b\u200f", R"(\u200b\u200f)", R"(\u200b\u200f)"},
      {"\u202a\u202e", R"(\u202a\u202e)", R"(\u202a\u202e)"},
      {"\u2060\u206f", R"(\u2060\u206f)", R"(\u2060\u206f)"},
      {"\u3164", R"(\u3164)", R"(\u3164)"},
      {"\ufe00\ufe0f", R"(\ufe00\ufe0f)", R"(\ufe00\ufe0f)"},
      {"\ufeff", R"(\ufeff)", R"(\ufeff)"},
      {"\uffa0", R"(\uffa0)", R"(\uffa0)"},
      {"\ufff0\ufffb", R"(\ufff0\ufffb)", R"(\ufff0\ufffb)"},
      {"\U000110bd\U000110cd", R"(\U000110bd\U000110cd)", R"(\ud804\udcbd\ud804\udccd)"},
      {"\U00013430\U0001343f", R"(\U00013430\U0001343f)", R"(\ud80d\udc30\ud80d\udc3f)"},
      {"\U0001bca0\U0001bca3", R"(\U0001bca0\U0001bca3)", R"(\ud82f\udca0\ud82f\udca3)"},
      {"\U0001d173\U0001d17a", R"(\U0001d173\U0001d17a)", R"(\ud834\udd73\ud834\udd7a)"},
      {"\U000e0000", R"(\U000e0000)", R"(\udb40\udc00)"},
      {"\U000e0041\U000e007f", R"(\U000e0041\U000e007f)", R"(\udb40\udc41\udb40\udc7f)"},
      {"\U000e0100\U000e0fff", R"(\U000e0100\U000e0fff)", R"(\udb40\udd00\udb43\udfff)"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(escape(c.bytes), c.shown);
    std::string json;
    append_json_escaped(json, c.bytes);
    EXPECT_EQ(json, c.json);
  }
  for (const std::string_view plain :
       {"\u00a0", "\u0350", "\u05ff",     "\u0606",     "\u061b",     "\u05d0",     "\u115e",
        "\u1161", "\u180a", "\u1810",     "\u200a",     "\u2010",     "\u2027",     "\u202f",
        "\u2070", "\u3163", "\u3165",     "\ufdff",     "\ufe10",     "\uff9f",     "\uffa1",
        "\uffef", "\ufffc", "\U0001342f", "\U0001f642", "\U000dffff", "\U000e1000", "\U0010ffff"}) {
    EXPECT_EQ(escape(plain), plain);
  }
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

TEST(Utf8, RefusesAByteAnywhere) {
  const std::string text = "a line of more than eight letters, é and 文";
  EXPECT_TRUE(is_utf8(text));
  for (std::size_t at = 0; at <= text.size(); ++at)
    EXPECT_FALSE(is_utf8(text.substr(0, at) + "\xff" + text.substr(at))) << at;
  EXPECT_FALSE(is_utf8(text.substr(0, text.size() - 1)));
}

TEST(Utf8, IsAppended) {
  const auto utf8 = [](std::uint32_t code) {
    std::string out = "<";
    append_utf8(out, code);
    return out;
  };
  EXPECT_EQ(utf8(0), std::string("<\0", 2));
  EXPECT_EQ(utf8(0x7f), "<\x7f");
  EXPECT_EQ(utf8(0x80), "<\xc2\x80");
  EXPECT_EQ(utf8(0x7ff), "<\xdf\xbf");
  EXPECT_EQ(utf8(0x800), "<\xe0\xa0\x80");
  EXPECT_EQ(utf8(0xd800), "<\xed\xa0\x80");
  EXPECT_EQ(utf8(0xffff), "<\xef\xbf\xbf");
  EXPECT_EQ(utf8(0x10000), "<\xf0\x90\x80\x80");
  EXPECT_EQ(utf8(0x10ffff), "<\xf4\x8f\xbf\xbf");
}

TEST(Digest, IsFortyOrSixtyFourDigits) {
  EXPECT_TRUE(is_digest(std::string(40, 'a')));
  EXPECT_TRUE(is_digest(std::string(64, '0')));
  for (const std::string& no :
       {std::string(), std::string(41, 'a'), std::string(40, 'A'), std::string(39, 'a') + "g"})
    EXPECT_FALSE(is_digest(no)) << no;
}

TEST(DidYouMean, FindsASlipAndNothingElse) {
  constexpr std::array<std::string_view, 3> kNames = {"tenants", "models", "upstreams"};
  EXPECT_EQ(did_you_mean("tenant", kNames), "tenants");
  EXPECT_EQ(did_you_mean("modles", kNames), "models");
  EXPECT_EQ(did_you_mean("certificate", kNames), std::nullopt);
}

TEST(DidYouMean, TwoSwappedLettersAreOneSlip) {
  constexpr std::array<std::string_view, 4> kNames = {"rate", "stop", "n", "urls"};
  for (const auto& [word, meant] :
       {std::pair{"rtae", "rate"}, {"raet", "rate"}, {"sotp", "stop"}, {"ulrs", "urls"}}) {
    EXPECT_EQ(did_you_mean(word, kNames), meant);
  }
  for (const char* word : {"tare", "pots", "", "slur", "m"}) {
    EXPECT_NE(did_you_mean(word, kNames), "rate") << word;
    EXPECT_NE(did_you_mean(word, kNames), "stop") << word;
  }
}

TEST(Suggestion, SaysWhatIsNearOrWhatThereIs) {
  struct Row {
    const char* word;
    std::vector<std::string_view> candidates;
    const char* text;
  };
  for (const Row& row : {
           Row{"lama", {"llama", "own"}, "; did you mean `llama`?"},
           Row{"llama", {"u"}, "; there is `u`"},
           Row{"x", {"left", "right"}, "; there is `left`, `right`"},
           Row{"x", {"left", "right", "above"}, "; there is `left`, `right`, `above`"},
           Row{"x", {"aaa", "bbb", "ccc", "ddd"}, "; there is `aaa`, `bbb`, `ccc` and 1 more"},
           Row{"x", {}, "; there is none"},
           Row{"", {"long-name"}, "; there is `long-name`"},
           Row{"far away", {"\x1b[31m"}, "; there is `\\x1b[31m`"},
       }) {
    EXPECT_EQ(suggestion(row.word, row.candidates), row.text) << row.word;
  }
  // Among very many only some are named, and none is looked for.
  const std::vector<std::string_view> many(2000, "tenant");
  EXPECT_EQ(suggestion("tenants", many), "; there is `tenant`, `tenant`, `tenant` and 1997 more");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(AppendNumber, WritesDecimalDigitsBehindWhatIsThere) {
  std::string out = "n=";
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{10}, UINT64_MAX}) {
    append_number(out, number);
    out += ' ';
  }
  EXPECT_EQ(out, "n=0 10 18446744073709551615 ");
}

}  // namespace
}  // namespace gh
