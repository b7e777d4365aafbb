// What keys and calls take of a loader's time.

#include <gtest/gtest.h>

#include "assemble.h"
#include "pickle/hashes.h"

namespace gh::pickle {
namespace {

using namespace test;

std::string times(std::uint64_t count, const std::string& what) {
  std::string all;
  for (std::uint64_t i = 0; i < count; ++i) all += what;
  return all;
}

std::string list(const std::string& items) {
  return "](" + items + "e";
}

Rules rules_of(const std::string& stream, Profile profile = Profile::weights) {
  return examined(pickle(stream), Layout::single, profile).rules;
}

const std::string kSet = name("builtins", "set");
const std::string kPair = "K\x01K\x02\x86";

TEST(Foreseen, AreCountedInWhatCallsMake) {
  const Rules told{"PKL-407"};
  const std::string keyed = kPair + number(5) + "\x86";
  const std::string listed = "]" + kPair + "a" + number(5) + "a";
  const Case cases[] = {
      {"set of few", call(kSet, list(times(10'000, kPair)))},
      {"set of many", call(kSet, list(times(10'001, kPair))), told},
      {"set of texts", call(kSet, list(times(20'000, text("x"))))},
      {"set of numbers", call(kSet, list(times(20'000, number(7))))},
      {"set of pairs with a text", call(kSet, list(times(20'000, "K\x01" + text("x") + "\x86")))},
      {"sets of some each", "](" + times(100, call(kSet, list(times(101, kPair)))) + "e", told},
      {"one after the other", call(kSet, "]" + times(10'001, kPair + "a")), told},
      {"pairs that stay a list", list(times(20'000, kPair))},
      {"ordered dictionary", call(name("collections", "OrderedDict"), list(times(10'001, keyed))),
       told},
      {"ordered dictionary of lists",
       call(name("collections", "OrderedDict"), list(times(10'001, listed))), told},
      {"ordered dictionary of texts",
       call(name("collections", "OrderedDict"), list(times(20'000, text("x") + kPair + "\x86")))},
      {"set of a tuple", times(41, call(kSet, "(" + times(250, kPair) + "t")), told},
      {"set of a long tuple", call(kSet, "(" + times(70'000, "K\x01") + "t"), told},
      {"made of one list twice",
       "(" + list(times(6'000, number(std::int64_t{1} << 60))) + "q\x01" + call(kSet, "h\x01") +
           call(kSet, "h\x01") + "t",
       told},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.title);
    Rules rules = rules_of(each.stream);
    rules.erase("PKL-304");
    EXPECT_EQ(rules, each.rules);
  }
  // Edges and places are data.
  EXPECT_EQ(rules_of(call(kSet, list(times(10'001, kPair))), Profile::data), Rules());
}

TEST(Calls, DoNotGoThroughOneValueAgainAndAgain) {
  const Rules told{"PKL-409"};
  const auto again = [](const std::string& value, std::uint64_t count, const std::string& made) {
    return "(" + value + "q\x01" + times(count, made) + "t";
  };
  const std::string thousand = list(times(1'000, text("x")));
  const std::string of_one = "c__builtin__\nset\nh\x01\x85R";
  EXPECT_EQ(rules_of(again(thousand, 60'000, of_one)), Rules());
  EXPECT_EQ(rules_of(again(list(times(20'000, text("x"))), 60'000, of_one)), told);
  const std::string dict = "}(" + times(20'000, text("x") + "N") + "u";
  EXPECT_EQ(rules_of(again(dict, 60'000, "ccollections\nCounter\nh\x01\x85R")), told);
  const std::string bytes = "B" + little_endian(1 << 20, 4) + std::string(1 << 20, 'x');
  const auto data = [&](const std::string& made) {
    return rules_of(again(bytes, 1'000, made), Profile::data);
  };
  EXPECT_EQ(data("c__builtin__\nbytearray\nh\x01\x85R"), told);
  const std::string f8 = call(name("numpy", "dtype"), text("f8"), "\x89", "\x88");
  EXPECT_EQ(data(call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"),
                      tuple(number(0)), text("b")) +
                 tuple(number(1), tuple(number(1 << 17)), f8, "\x89", "h\x01") + "b"),
            told);
  // Arguments that are tuples of many: each of them is looked at.
  const std::string wide = "(" + times(250, "N") + "tq\x02(" + times(250, "h\x02") + "t";
  EXPECT_TRUE(rules_of("(" + wide + "q\x01" + times(2'000, "c_codecs\nencode\nh\x01R") + "t")
                  .contains("PKL-409"));
  // What is long, and used once.
  EXPECT_EQ(rules_of(times(70, call(kSet, list(times(1'000, text("x"))))) + "(t"), Rules());
}

TEST(Work, IsMeasuredByTheStream) {
  Work work;
  EXPECT_FALSE(work.add(Work::kMost, 0));
  EXPECT_FALSE(work.add(64, 1));
  EXPECT_TRUE(work.add(1, 1));
  EXPECT_FALSE(work.add(UINT64_MAX / 2, 1));  // told once
}

TEST(Hashes, CountSeveralAtOnce) {
  Hashes hashes;
  EXPECT_EQ(hashes.add(0, Hashes::kMostForeseen), Hashes::Verdict::fine);
  EXPECT_EQ(hashes.add(0, 5), Hashes::Verdict::foreseen);
  EXPECT_EQ(hashes.add(0, 5), Hashes::Verdict::fine);
  EXPECT_EQ(hashes.add(Hashes::kMostSteps, 0), Hashes::Verdict::endless);
}

}  // namespace
}  // namespace gh::pickle
