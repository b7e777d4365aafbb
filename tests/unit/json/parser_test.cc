// What is accepted and refused. The tables are tests/cases/json/{accepted,refused}.txt, which also
// say what Python's json makes of each document; tests/property/json_roundtrip.py holds them to it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "base/text.h"
#include "case_file.h"
#include "json/json.h"

namespace gh::json {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string repeat(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string nested(std::size_t depth, std::string_view open, std::string_view core,
                   std::string_view close) {
  return repeat(depth, open).append(core) + repeat(depth, close);
}

ParseError refusal(std::string_view text, Limits limits = {}) {
  Parser parser(limits);
  const auto parsed = parser.parse(text);
  if (parsed) {
    ADD_FAILURE() << "accepted: " << escape(text);
    return {};
  }
  return parsed.error();
}

bool accepts(std::string_view text, Limits limits = {}) {
  Parser parser(limits);
  return parser.parse(text).has_value();
}

// covers: algorithms-7-duplicate-keys algorithms-7-utf8 algorithms-7-json-limits
TEST(Parser, RefusesEachOfTheTableWithItsKind) {
  const std::map<std::string, ParseErrorKind> kinds = {
      {"syntax", ParseErrorKind::syntax},
      {"encoding", ParseErrorKind::encoding},
      {"number", ParseErrorKind::number},
      {"duplicate_key", ParseErrorKind::duplicate_key},
  };
  Parser parser;
  std::size_t cases = 0;
  for (const std::string& line : case_lines("refused.txt")) {
    SCOPED_TRACE(line);
    const auto fields = split(line, ' ');
    ASSERT_GE(fields.size(), 2u);
    const std::size_t begin = fields[0].size() + fields[1].size() + 2;
    const auto parsed = parser.parse(decode_percent(line.substr(std::min(begin, line.size()))));
    ++cases;
    if (parsed) {
      ADD_FAILURE() << "accepted";
      continue;
    }
    EXPECT_EQ(parsed.error().kind, kinds.at(std::string(fields[0])));
    EXPECT_FALSE(parsed.error().message.empty());
    EXPECT_EQ(parsed.error().path.empty(), parsed.error().kind != ParseErrorKind::duplicate_key ||
                                               line.find(R"({"":)") != std::string::npos);
  }
  EXPECT_GE(cases, 120u);
}

TEST(Parser, AcceptsEachOfTheTable) {
  Parser parser;
  for (const std::string& line : case_lines("accepted.txt")) {
    SCOPED_TRACE(line);
    const auto parsed = parser.parse(decode_percent(line.substr(0, line.find(" => "))));
    EXPECT_TRUE(parsed) << parsed.error().message;
  }
}

TEST(Parser, CountsDepthFromTheDocument) {
  for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    EXPECT_TRUE(accepts(nested(64, open, "1", close)));
    EXPECT_EQ(refusal(nested(65, open, "1", close)).kind, ParseErrorKind::too_deep);
  }
  // An innermost empty container counts as any other.
  EXPECT_TRUE(accepts(nested(64, "[", "", "]")));
  EXPECT_EQ(refusal(nested(65, "[", "", "]")).kind, ParseErrorKind::too_deep);
  EXPECT_EQ(refusal(nested(64, "[", "{}", "]")).kind, ParseErrorKind::too_deep);
  EXPECT_EQ(refusal(nested(65, "[", "", "]")).message, "nested deeper than 64 levels");
}

// covers: algorithms-7-json-limits
TEST(Parser, HugeNestingIsRefusedWithoutRecursion) {
  EXPECT_EQ(refusal(nested(1'000'000, "[", "", "]")).kind, ParseErrorKind::too_deep);
  EXPECT_EQ(refusal(nested(1'000'000, "{\"a\":", "1", "}")).kind, ParseErrorKind::too_deep);
  EXPECT_EQ(refusal(repeat(1'000'000, "[")).kind, ParseErrorKind::syntax);
}

TEST(Parser, DepthLimitIsTheCallers) {
  EXPECT_TRUE(accepts("1", {.depth = 0}));
  EXPECT_EQ(refusal("[]", {.depth = 0}).kind, ParseErrorKind::too_deep);
  EXPECT_TRUE(accepts("[1]", {.depth = 1}));
  EXPECT_EQ(refusal("[[]]", {.depth = 1}).kind, ParseErrorKind::too_deep);
  EXPECT_TRUE(accepts(nested(1024, "[", "1", "]"), {.depth = 1024}));
}

TEST(Parser, CountsValuesButNotKeys) {
  EXPECT_TRUE(accepts(R"({"a":1,"b":[2,3]})", {.values = 5}));
  const ParseError error = refusal(R"({"a":1,"b":[2,3]})", {.values = 4});
  EXPECT_EQ(error.kind, ParseErrorKind::too_large);
  EXPECT_EQ(error.message, "more than 4 values");
  EXPECT_EQ(error.path, "");
  EXPECT_EQ(refusal("[" + repeat(1'000'000, "0,") + "0]").kind, ParseErrorKind::too_large);
}

TEST(Parser, HasRoomForTheDensestDocuments) {
  for (const std::string_view item : {"0,", "[],", "[0],", "{},", "{\"\":0},", "\"\","}) {
    for (const std::size_t count : {4000u, 4001u, 50'000u}) {
      Parser parser;
      const auto parsed = parser.parse("[" + repeat(count, item) + "0]");
      ASSERT_TRUE(parsed) << item;
      EXPECT_EQ(parsed->root().size(), count + 1);
    }
  }
}

TEST(Parser, SaysWhereADuplicateKeyIs) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"a":1,"a":2})", "a"},
      {R"({"messages":[{"role":"x","role":"y"}]})", "messages[0].role"},
      {R"([[0,{"a":{"b":1,"b":1}}]])", "[0][1].a.b"},
      {R"({"messages":[{},{"content":[{"type":1,"x":2,"type":3}]}]})",
       "messages[1].content[0].type"},
      {R"({"a\u001b[31m\n":1,"a\u001b[31m\n":2})", R"(a\x1b[31m\x0a)"},
      {R"({"\u202e":1,"\u202e":2})", R"(\u202e)"},
  };
  for (const auto& [text, path] : cases) {
    EXPECT_EQ(refusal(text).path, path);
    EXPECT_EQ(refusal(text).message, "duplicate key: " + std::string(path));
  }
}

TEST(Parser, CutsALongPath) {
  const std::string key = repeat(1000, "\xF0\x9F\x98\x80");
  const std::string inner = "{\"" + key + "\":1,\"" + key + "\":2}";
  const ParseError error = refusal(nested(60, "{\"" + key + "\":", inner, "}"));
  EXPECT_EQ(error.kind, ParseErrorKind::duplicate_key);
  EXPECT_LE(error.path.size(), 262u);
  EXPECT_TRUE(is_utf8(error.path));
  EXPECT_TRUE(error.path.ends_with("…"));
  EXPECT_THAT(error.path, Not(HasSubstr("\\x")));
}

// covers: algorithms-7-duplicate-keys
TEST(Parser, FindsDuplicatesAmongManyKeys) {
  for (const int count : {15, 16, 17, 18, 1000, 20'000}) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "\"key" + std::to_string(i) + "\":{\"x\":[1]},";
    EXPECT_TRUE(accepts(text + "\"last\":0}"));
    EXPECT_EQ(refusal(text + "\"key0\":0}").path, "key0");
    EXPECT_EQ(refusal(text + "\"key" + std::to_string(count - 1) + "\":0}").kind,
              ParseErrorKind::duplicate_key);
  }
}

TEST(Parser, QuotesNothingOfTheDocument) {
  for (const char* text : {"[secret]", "[\"secret\\x\"]", "{\"secret\":1e400}", "secret"}) {
    EXPECT_THAT(refusal(text).message, Not(HasSubstr("secret")));
    EXPECT_EQ(refusal(text).path, "");
  }
}

TEST(Parser, DoesNotReadOnIntoTheSlack) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"12", "34"},  {"[1]", "]"},  {"-1", ".5"},      {"\"a\"", "\""},
      {"true", "x"}, {"1", "e400"}, {"{}", "garbage"}, {"null", "\xFF"}};
  for (const auto& [text, after] : cases) {
    Buffer buffer;
    buffer.append(std::string(text).append(after));
    Parser parser;
    const auto parsed = parser.parse_padded(buffer.view().substr(0, text.size()));
    ASSERT_TRUE(parsed) << text;
    std::string out;
    Writer(out).value(parsed->root());
    EXPECT_EQ(out, text);
  }
  const std::pair<std::string_view, std::string_view> incomplete[] = {
      {"tru", "e"}, {"[1", "]"}, {"\"a", "\""}, {"1.", "5"}, {"{\"a\":1", "}"}, {"", "1"}};
  for (const auto& [text, after] : incomplete) {
    Buffer buffer;
    buffer.append(std::string(text).append(after));
    Parser parser;
    EXPECT_FALSE(parser.parse_padded(buffer.view().substr(0, text.size()))) << text;
  }
}

TEST(Parser, IsUsableAfterARefusalAndAfterAMove) {
  Parser parser;
  EXPECT_FALSE(parser.parse("{\"a\":{\"b\":1,\"b\":2}}"));
  EXPECT_FALSE(parser.parse("[1"));
  Parser moved(std::move(parser));
  const auto parsed = moved.parse("[7]");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->root().size(), 1u);
}

TEST(Parser, TextIsNotNeededAfterwards) {
  Parser parser;
  std::string text = R"(["a string beyond small buffers, with \n an escape","plain plain plain"])";
  const auto parsed = parser.parse(text);
  text.assign(text.size(), '!');
  ASSERT_TRUE(parsed);
  std::string out;
  Writer(out).value(parsed->root());
  EXPECT_EQ(out, R"(["a string beyond small buffers, with \n an escape","plain plain plain"])");
}

}  // namespace
}  // namespace gh::json
