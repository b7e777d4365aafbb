#include "expressions/character_set.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace gh::expressions {
namespace {

CharacterSet named(std::string_view name) {
  return CharacterSet::property(name).value_or(CharacterSet());
}

CharacterSet folded(CharacterSet set) {
  set.fold();
  return set;
}

CharacterSet inverted(CharacterSet set) {
  set.invert();
  return set;
}

unsigned number(char32_t c) {
  return c;
}

TEST(CharacterSet, Properties) {
  struct Case {
    std::string_view name;
    std::u32string_view in;
    std::u32string_view out;
  };
  for (const Case& c : std::initializer_list<Case>{{"L", U"aZéж文", U"1 _-“—\n"},
                                                   {"Lu", U"AÉЖ", U"aéж1文"},
                                                   {"Ll", U"aéж", U"AÉЖ文"},
                                                   {"N", U"09½", U"a é文"},
                                                   {"Nd", U"0９", U"½a"},
                                                   {"P", U"!_-([“…、", U"+$a1é"},
                                                   {"S", U"+$^€", U"!a1_"},
                                                   {"Z", U" \u00a0\u3000", U"\n\ta_"},
                                                   {"Punctuation", U"!", U"+"},
                                                   {"General_Category=Letter", U"a", U"1"},
                                                   {"space", U" \t\r\n\u00a0", U"a_"},
                                                   {"word", U"a1_é", U"-. \n’"},
                                                   {"alpha", U"aé", U"1_"},
                                                   {"xdigit", U"09afAF", U"gG_"},
                                                   {"Han", U"文", U"aぁ"},
                                                   {"Script=Hiragana", U"ぁ", U"文a"}}) {
    const CharacterSet set = named(c.name);
    for (const char32_t in : c.in) {
      EXPECT_TRUE(set.meets(CharacterSet::of(in))) << c.name << number(in);
      EXPECT_TRUE(CharacterSet::of(in).meets(set)) << c.name << number(in);
    }
    for (const char32_t out : c.out) {
      EXPECT_FALSE(set.meets(CharacterSet::of(out))) << c.name << number(out);
      EXPECT_TRUE(inverted(set).meets(CharacterSet::of(out))) << c.name << number(out);
    }
    EXPECT_FALSE(set.meets(inverted(set))) << c.name;
    EXPECT_EQ(inverted(inverted(set)), set) << c.name;
  }
  for (const std::string_view name : {"", "Xx", "l", "Greekish", "Letters", "L&"})
    EXPECT_FALSE(CharacterSet::property(name)) << name;
}

TEST(CharacterSet, Cases) {
  for (const auto& [a, b] :
       std::initializer_list<std::pair<char32_t, char32_t>>{{U'a', U'A'},
                                                            {U'k', 0x212a},
                                                            {U'S', 0x17f},
                                                            {0xe9, 0xc9},
                                                            {0x436, 0x416},
                                                            {0x3c3, 0x3c2},
                                                            {0x3c9, 0x2126},
                                                            {0xff, 0x178},
                                                            {0xdf, 0x1e9e},
                                                            {0x101, 0x100},
                                                            {0x13a0, 0xab70},
                                                            {0xff41, 0xff21}}) {
    EXPECT_FALSE(CharacterSet::of(a).meets(CharacterSet::of(b)));
    EXPECT_TRUE(folded(CharacterSet::of(a)).meets(CharacterSet::of(b))) << number(a);
    EXPECT_TRUE(folded(CharacterSet::of(b)).meets(CharacterSet::of(a))) << number(b);
  }
  EXPECT_TRUE(folded(named("Lu")).meets(CharacterSet::of(0xe9)));
  for (const auto& [a, b] : std::initializer_list<std::pair<char32_t, char32_t>>{
           {U'a', U'b'}, {0xe9, 0xc8}, {U'1', U'!'}, {0x6587, 0x5b57}, {U'@', U'`'}, {U'[', U'{'}})
    EXPECT_FALSE(folded(CharacterSet::of(a)).meets(CharacterSet::of(b)));
}

TEST(CharacterSet, Within) {
  EXPECT_TRUE(CharacterSet::of(U'a').within(named("L")));
  EXPECT_TRUE(named("Lu").within(named("L")));
  EXPECT_TRUE(CharacterSet().within(CharacterSet()));
  EXPECT_TRUE(named("N").within(CharacterSet::all()));
  EXPECT_FALSE(named("L").within(named("Lu")));
  EXPECT_FALSE(CharacterSet::of(0x16a0).within(named("L")));  // not known
  EXPECT_FALSE(CharacterSet::of(U'a').within(CharacterSet::unsure()));
  EXPECT_FALSE(CharacterSet::of(0x101).within(folded(CharacterSet::of(0x151))));
}

TEST(CharacterSet, Unsure) {
  const CharacterSet any = CharacterSet::unsure();
  EXPECT_TRUE(any.meets(CharacterSet::of(U'a')));
  EXPECT_TRUE(inverted(any).meets(CharacterSet::of(U'a')));
  CharacterSet more = CharacterSet::of(U'a');
  more.add(any);
  EXPECT_TRUE(inverted(more).meets(CharacterSet::of(U'a')));
  // Letters whose other case is not known exactly.
  EXPECT_TRUE(inverted(folded(CharacterSet::of(0x101))).meets(CharacterSet::of(0x151)));
}

TEST(CharacterSet, Empty) {
  EXPECT_TRUE(CharacterSet().empty());
  EXPECT_TRUE(inverted(CharacterSet::all()).empty());
  EXPECT_FALSE(CharacterSet::all().empty());
  CharacterSet none = named("L");
  none.keep(named("N"));
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(CharacterSet::of({{5, 3}}).empty());
  EXPECT_TRUE(CharacterSet::of({{500, 300}}).empty());
  EXPECT_FALSE(CharacterSet::of({{0x10fff0, 0x7fffffff}}).empty());
}

}  // namespace
}  // namespace gh::expressions
