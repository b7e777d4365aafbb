#include "expressions/ways.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::expressions {
namespace {

Ways ways_of(std::string_view pattern, std::uint64_t most = 1'000'000) {
  Steps steps(most);
  return count_ways(pattern, steps);
}

TEST(Ways, Many) {
  for (const std::string_view pattern : {R"((?i:(k|K)+)x)",
                                         R"((\p{N}{1,3})+$)",
                                         R"((\p{N}{1,3})+!)",
                                         R"((\p{N}{1,2})+!)",
                                         R"((\d{1,3}){2,}!)",
                                         R"((x?){24}x{24}y)",
                                         R"((?:\p{L}{1,2})*;)",
                                         R"((a{1,2})+b)",
                                         R"((aa?)+b)",
                                         R"((?:ab?b?)+c)",
                                         R"((a|aa)+b)",
                                         R"((\p{N}{2,3})+!)",
                                         R"((\s*)*x)",
                                         R"(([a-z]+)*$)",
                                         R"((a|a?)+$)",
                                         R"((.*,)*x)",
                                         R"((?:x+x+)+y)",
                                         R"(^(([a-z])+.)+[A-Z]([a-z])+$)",
                                         R"(\s*\s*\s*\s*\s*\s*x)",
                                         R"((a*)*b)",
                                         R"(.*.*.*.*=)",
                                         R"((a|ab|b)*c)",
                                         R"((\w|\d)+x)",
                                         R"((?:a{1,30}){1,30}b)",
                                         R"(((a+)b?)+c)",
                                         R"((?=(a+)+b)c)",
                                         R"((?!(a+)+b)c)",
                                         R"(([\p{L}]|[a-z])+x)",
                                         R"((?:\p{L}+\s?)+:)",
                                         R"((?:a|b|ab)*?c)",
                                         R"((?:(?:a)*)*c)",
                                         R"((^a+)*$)",
                                         R"(\b(\w+\s*)+!)",
                                         R"(((a?)*b)+c)",
                                         R"(((?:a*)?b)+c)",
                                         R"((?:(?>a+)b|aab)+x)",
                                         R"((?i:(ss|ß)+)x)",
                                         R"((?i)(ka|KA)+x)",
                                         R"((?i:(ſa|sa)+)x)",
                                         R"((?>(a+)+b)c)",
                                         R"((?:[[:alpha:]]a|ka)+x)",
                                         R"((?:\x61b|ab)+x)",
                                         R"((?:é|\u00e9)+x)",
                                         R"((?x:(k a|ka)+)x)",
                                         R"((?:k[a]|k[aA])+x)",
                                         R"((?:(?=a)a|a)+x)",
                                         R"((?s:(.|\n)+)x)",
                                         R"((ab)*(ab)*(ab)*c)",
                                         R"((?:\p{Han}|一)+x)",
                                         R"((?:\X|a)+x)",
                                         R"((?:[^\s\S]|a|a)+x)",
                                         R"(\p{N}{1,3}+!)",
                                         R"((?:\p{L}\p{M}*|\p{M})+x)",
                                         R"((a+)+)",
                                         R"((a*)*)",
                                         R"((?:a+|b)+)",
                                         R"(([a-z]+)*)",
                                         R"((a{2,})+)",
                                         R"(((a+))*)",
                                         R"((\s+)+)",
                                         R"((?:a|a)*$)",
                                         R"((a|aa)+)",
                                         R"((\w|\d)*)",
                                         R"(.*.*.*x)",
                                         R"(\w*\w*\w*!)",
                                         R"((.*)(.*)(.*)x)",
                                         R"((a{1,50}){1,50})",
                                         R"((?i:a+)+)",
                                         R"((a+?)+)",
                                         R"(((?:x|x)y)*)",
                                         R"((?:(x)\1)?(aa?)+b)",
                                         R"((?:(?:\p{L}|\p{Foo})a)+;)",
                                         R"((?:\P{Foo}|b)+;)",
                                         R"((?:\p{Foo}|c)+d)",
                                         R"((?i:(é|É)+)x)",
                                         R"((?i:(Ꭰa|ꭰa)+)x)",
                                         R"((?i:(σ|ς)+)x)",
                                         R"((?:[a-z&&[^x]]|b)+;)",
                                         R"((?:ab|a\x62)+;)",
                                         R"((?:a|\x{61})+;)",
                                         R"((?:(?>a|b)|a)+;)",
                                         R"((?:\R|\n)+;)",
                                         R"((?<x>a|a)+;)",
                                         R"((?'x'a|a)+;)",
                                         R"((a{2}?)+b)",
                                         R"((?m:(.|\n)+)x)",
                                         R"((a|b|\w)*?;)",
                                         R"((?<=(a|a)+b)c)",
                                         R"((?!(?:a|a)+b)c)",
                                         R"(\d+(?:\d+[.,]?)*x)",
                                         R"((?:aa|aaa)+b)",
                                         R"((?:ab|aba|ba)+c)",
                                         R"(((a|b)?(a|c)?)+d)",
                                         R"((?:[[:^digit:]]|x)+;)",
                                         R"((?:[^a-c]|[^d-f])+;)",
                                         R"((?:[a-z]+|[A-Z]+|[0-9]+|\s+)+?;)"}) {
    EXPECT_EQ(ways_of(pattern), Ways::many) << pattern;
  }
}

TEST(Ways, Few) {
  for (
      const std::string_view pattern :
      {R"((?>a+)+b)",
       R"((a++)+b)",
       R"((a+)++)",
       R"((?>a+)+)",
       R"((\d{3})*)",
       R"((?=(\d{3})+(?!\d)))",
       R"((?:\d{3})+(?:\D|$))",
       R"((x(a+)y)+)",
       R"((?:\r\n|\r)+)",
       R"((?:\w+\.)+x)",
       R"((?:\w+_?)x)",
       R"((?:[^\W_]+_)*x)",
       R"((?:\p{L}\p{M}*)+x)",
       R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
       R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
       R"( ?[^(\s|[.,!?…。，、।۔،])]+)",
       R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"([一-龥぀-ゟ゠-ヿ]+)",
       R"(\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$)))",
       R"((?<=\p{N})(?=(?:\p{N}{3})+(?!\p{N})))",
       R"((?i:[sdmt]|ll|ve|re))",
       R"((?:a?)*c)",
       R"((?:[0-9a-f]{32})+x)",
       R"((?:[0-9a-f]{2}:){5,}[0-9a-f]{2})",
       R"(https?://(?:[\w-]+\.)+\w+)",
       R"((?:[^\W\d_]|')+)",
       R"(a*a*b)",
       R"((?:aa|aba)+c)",
       R"((?:\p{Lu}|\p{Ll})+;)",
       R"((?i:(?:a|b)+)x)",
       R"((?:[[:digit:]]|x)+;)",
       R"((?:[a-z&&[^x]]|x)+;)",
       R"((?:\R|a)+;)",
       R"((?>(a+)+)b)",
       R"((?=(a+)+)b)",
       R"((?:a{2}){3,}b)",
       R"((?:a{40})+b)",
       R"((?:(?!x)a)+b)",
       R"((?:ab?)+c)",
       R"((?:a?b)+c)",
       R"((?:\w+\s)+;)",
       R"((?:"(?:[^"\\]|\\.)*",)+;)",
       R"((?m:.)+x)",
       R"((?:é|è)+;)",
       R"((?i:(?:é|è)+);)",
       R"((?:[^a-c]|[a-c])+;)",
       R"((?i:\p{Lu}+)x)",
       R"((?x: a | b )+ c)",
       R"(a+a+b)",
       R"(x*y*x*y*z)",
       R"((?:\d+\.)*\d+x)",
       R"((?:\p{Han}|\p{Hiragana}|[a-z])+;)"}) {
    EXPECT_EQ(ways_of(pattern), Ways::few) << pattern;
  }
}

// Of published tokenizers.
TEST(Ways, FewInTokenizers) {
  for (
      const std::string_view pattern :
      {R"((?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"(\s?[!-/:-~！-／：-～‘-‟　-。]+)",
       R"(\s+$)",
       R"([一-龥ࠀ-一가-퟿]+)",
       R"(\s?\p{L}+)",
       R"(\s?\p{P}+)",
       R"([\p{P}\$\+<=>\^~\|`]+)",
       R"([0-9][0-9][0-9])",
       R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S))",
       R"( ?[^(\s|.,!?…。，、।۔،)]+)",
       R"([^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))*((?=[\p{L}])([^A-Z]))+|[^\r\n\p{L}\p{N}]?((?=[\p{L}])([^a-z]))+((?=[\p{L}])([^A-Z]))*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"((IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z)",
       R"(([\t\n]|    |  ))",
       R"([\p{P}!-/:-@\[-`{-~])",
       R"([\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"((?=(\d{3})+(?!\d)))",
       R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
       R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"([一-鿿㐀-䶿豈-﫿぀-ゟ゠-ヿ･-ﾟ⼀-⿟เ-๿຀-໿ក-៿က-႟ꩠ-ꩿꧠ-꧿가-힯ᄀ-ᇿ]+)",
       R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"((\[[^\]]+]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\(|\)|\.|=|#|-|\+|\\|\/|:|~|@|\?|>>?|\*|\$|\%[0-9]{2}|[0-9]))",
       R"((?<=.))",
       R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
       R"(\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$)))",
       R"(\d{1,3}(?=(?:\d{3})*\b))",
       R"((?:^|(?<=[\s\p{P}]))\p{N}{1,2}(?=(?:\p{N}{3})+\b))",
       R"([A-Za-z]+(?:'[A-Za-z]+)?|[0-9]+|_+|[^\w\s]|[\s]+)",
       R"((?:\p{L}\p{M}*)+)",
       R"( ?\p{L}+(?:['’]\p{L}+)*)",
       R"([-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?)",
       R"((?:https?://|www\.)[^\s]+)",
       R"(\w+(?:[-'’]\w+)*)",
       R"(▁*[^▁]+)",
       R"((?:\r?\n)+)",
       R"([^\S\r\n]+|[\r\n]+)",
       R"(<\|[^|]*\|>)",
       R"((?s).)"}) {
    EXPECT_EQ(ways_of(pattern, 100'000), Ways::few) << pattern;
  }
}

std::string times(int count, const std::string& part) {
  std::string all;
  for (int i = 0; i < count; ++i) all += part;
  return all + "!";
}

// What has an end multiplies, and the more there is to choose the fewer are too many.
TEST(Ways, OfWhatHasABound) {
  struct Row {
    std::string part;
    int few;    // the most that are no finding, of a text
    int names;  // and of a name
  };
  for (const auto& [part, few, names] : {
           Row{"[\\w.]{1,9}", 4, 6},
           Row{"[\\p{L}]{1,9}", 4, 6},
           Row{"a{0,3}", 6, 10},
           Row{"a{3,4}", 12, 20},
           Row{"a?", 12, 20},
           Row{"(?:ab)?", 12, 20},
           Row{"(?:a|ab)", 11, 19},
           Row{"(?i:k|K)", 11, 19},
           Row{"(?:a{1,3}){2}", 3, 5},
       }) {
    const auto of_name = [&](int count) {
      Steps steps(1'000'000);
      return count_ways(times(count, part), steps, kBitsOfNames);
    };
    EXPECT_EQ(ways_of(times(few, part)), Ways::few) << part;
    EXPECT_EQ(ways_of(times(few + 1, part)), Ways::many) << part;
    EXPECT_EQ(of_name(names), Ways::few) << part;
    EXPECT_EQ(of_name(names + 1), Ways::many) << part;
  }
  // In loops, what comes before the last turn is like a part of the row; and one that may take
  // nothing is left in two ways.
  for (const std::string_view pattern :
       {"(?:(?:(?:b?){2,}){1,2}){1,2}", "(?:(?:[a-c]?)+[ab]*.a){1,2}"}) {
    Steps steps(1'000'000);
    EXPECT_EQ(count_ways(pattern, steps, kBitsOfNames), Ways::many) << pattern;
  }
  // What looks is tried for each way of what stands before it, and again within what looks.
  for (const std::string_view pattern : {"a*a*a*a*(?=a*a*a*a*!)", "a*a*a*a*(?!a*a*a*a*!)!",
                                         "a*a*(?=a*a*a*(?=a*a*!)!)", "a*a*a*(?>a*a*a*!)"}) {
    Steps steps(1'000'000);
    EXPECT_EQ(count_ways(pattern, steps, kBitsOfNames), Ways::many) << pattern;
  }
  // With one loop fewer there may be more of them.
  EXPECT_EQ(ways_of("a*a*" + times(5, "a?")), Ways::few);
  EXPECT_EQ(ways_of("a*a*" + times(7, "a?")), Ways::many);
  // In each only one way goes on.
  for (const std::string_view part : {"(?:\\d{1,3}\\.)", "a{1,9}b", "a{9}", "(?:a|b)", "(?:ab|ac)",
                                      "(?>a?)", "(?:a?b)", "\\b(?=a?a)x"})
    EXPECT_EQ(ways_of(times(40, std::string(part))), Ways::few) << part;
}

TEST(Ways, Unknown) {
  for (const std::string_view pattern :
       {"(",      ")",          "[",         "[a",      "\\",    "(?",     "(?<",        "*a",
        "a{3,1}", "a{200000}",  "(?(1)a|b)", "(?~a)",   "(?R)",  "\\g<x>", "[b-a]",      "a(?i)b|c",
        "(x)\\1", "[[:alpha:]", "a(?-q)",    "[a-\\d]", "\\p{L", "\\x{41", "a**********"})
    EXPECT_EQ(ways_of(pattern), Ways::unknown) << pattern;
  EXPECT_EQ(ways_of(std::string(100, '(') + "a" + std::string(100, ')')), Ways::unknown);
  EXPECT_EQ(ways_of("((((a{9}){9}){9}){9}){9}"), Ways::unknown);
  EXPECT_EQ(ways_of("(((((){9}){9}){9}){9}){9}", 20'000), Ways::unknown);
  EXPECT_EQ(ways_of("(((ab{1,9}c){1,9}d){1,9})+e", 100'000), Ways::unknown);
  EXPECT_EQ(ways_of("(aa?)+b", 100), Ways::unknown);
  EXPECT_EQ(ways_of("(aa?)+b", 1000), Ways::many);
}

// Time is bounded by steps, whatever the pattern.
TEST(Ways, Bounded) {
  for (const std::string_view part :
       {"(",   "[",    "[[:",    "{",     "a{",       "(?:a",   "(?#",
        "(?<", "\\p{", "[a-z&&", "a{9}",  "(?i)a",    "(?i:k|", "(?>a+",
        ".*",  "(?=a", "a|",     "(a?)*", "[\\w\\W]", "\\1",    "(?i)[a-\xff"}) {
    std::string pattern;
    while (pattern.size() < 100'000) pattern += part;
    EXPECT_TRUE(ways_of(pattern, 1'000'000) != Ways::few) << part;
  }
}

}  // namespace
}  // namespace gh::expressions
