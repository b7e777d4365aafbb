#include "yaml/yaml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gh::yaml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "line:column kind text" of every node, keys before their values.
void write(const Node& node, std::string& out) {
  out += fmt::format("{}:{} ", node.at.line, node.at.column);
  switch (node.kind) {
    case Kind::scalar:
      out += fmt::format("{}{}{} ", node.plain ? "" : "'", node.text, node.plain ? "" : "'");
      break;
    case Kind::sequence:
      out += "[ ";
      for (const auto& item : node.items) write(*item, out);
      out += "] ";
      break;
    case Kind::mapping:
      out += "{ ";
      for (const Entry& entry : node.entries) {
        out += fmt::format("{}:{} {}= ", entry.key_at.line, entry.key_at.column, entry.key);
        write(*entry.value, out);
      }
      out += "} ";
  }
}

std::string tree(std::string_view text) {
  const Tree parsed = parse(text);
  for (const Problem& problem : parsed.problems) ADD_FAILURE() << problem.message;
  std::string out;
  if (parsed.root != nullptr) write(*parsed.root, out);
  return out;
}

TEST(Yaml, KeepsWhereEverythingStood) {
  EXPECT_EQ(tree("a: 1\nb:\n  - x\n  - {k: [1, \"2\"]}\n"),
            "1:1 { 1:1 a= 1:4 1 2:1 b= 3:3 [ 3:5 x 4:5 { 4:6 k= 4:9 [ 4:10 1 4:13 '2' ] } ] } ");
  EXPECT_EQ(tree("# first\n---\na: 'it''s'\n"), "3:1 { 3:1 a= 3:4 'it's' } ");
  EXPECT_EQ(tree("- a\n- b\n"), "1:1 [ 1:3 a 2:3 b ] ");
  EXPECT_EQ(tree("word"), "1:1 word ");
}

TEST(Yaml, CountsColumnsInBytes) {
  EXPECT_EQ(tree("\xc3\xa9: x\n\xf0\x9f\x98\x80: {\xc3\xa9: y}\n"),
            "1:1 { 1:1 \xc3\xa9= 1:5 x 2:1 \xf0\x9f\x98\x80= 2:7 { 2:8 \xc3\xa9= 2:12 y } } ");
}

TEST(Yaml, LeavesPlainTextAsItIs) {
  EXPECT_EQ(tree("[no, 010, 0x1F, 1e3, ~, null, 12:30:45, 2026-11-25, .inf]"),
            "1:1 [ 1:2 no 1:6 010 1:11 0x1F 1:17 1e3 1:22 ~ 1:25 null 1:31 12:30:45 1:41 "
            "2026-11-25 1:53 .inf ] ");
}

TEST(Yaml, AcceptsWindowsLineEndsAndTabsInsideLines) {
  EXPECT_EQ(tree("a: 1\r\nb:\t2\t# note\r\n"), "1:1 { 1:1 a= 1:4 1 2:1 b= 2:4 2 } ");
}

TEST(Yaml, ReadsBlocksOfText) {
  EXPECT_EQ(tree("a: |\n  x\n  y\nb: z\n"), "1:1 { 1:1 a= 1:4 'x\ny\n' 4:1 b= 4:4 z } ");
}

TEST(Node, IsNullOnlyWithoutQuotes) {
  const Tree parsed = parse("a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\nf: Null\n");
  const auto null = [&](const char* key) { return parsed.root->find(key)->is_null(); };
  EXPECT_TRUE(null("a"));
  EXPECT_TRUE(null("b"));
  EXPECT_TRUE(null("c"));
  EXPECT_FALSE(null("d"));
  EXPECT_FALSE(null("e"));
  EXPECT_FALSE(null("f"));
  EXPECT_EQ(parsed.root->find("g"), nullptr);
  EXPECT_EQ(parsed.root->find("A"), nullptr);
}

TEST(Yaml, NumbersTheFileOfEveryPosition) {
  const Tree parsed = parse("a: [1]\na: 2\n", 7);
  EXPECT_EQ(parsed.root->at.file, 7u);
  EXPECT_EQ(parsed.root->entries[0].key_at.file, 7u);
  EXPECT_EQ(parsed.root->entries[0].value->items[0]->at.file, 7u);
  EXPECT_EQ(parsed.problems[0].at.file, 7u);
  EXPECT_EQ(parse("\t", 7).problems[0].at.file, 7u);
}

struct Bad {
  const char* text;
  const char* problem;    // what "line:column: message" begins with
  bool readable = false;  // the rest of the tree is still there
};

std::string told(const Problem& problem) {
  return fmt::format("{}:{}: {}", problem.at.line, problem.at.column, problem.message);
}

TEST(Yaml, RefusesWhatCanSurprise) {
  constexpr Bad kBad[] = {
      {"a: &x 1\n", "1:4: anchor `&x` is not accepted; remove it", true},
      {"a: &x [1]\n", "1:4: anchor `&x`", true},
      {"&x a: 1\n", "1:1: anchor `&x`", true},
      {"a: &x {b: 1}\n", "1:4: anchor `&x`", true},
      {"a: *x\n", "1:4: alias `*x` is not accepted; write the value out", true},
      {"*x : 1\n", "1:1: alias `*x`", true},
      {"- *x\n", "1:3: alias `*x`", true},
      {"a: !!str 1\n", "1:4: tag `!!str` is not accepted; remove it", true},
      {"a: !x [1]\n", "1:4: tag `!x`", true},
      {"a: ! 1\n", "1:4: tag `!`", true},
      {"a: !<tag:x,2026:y> {}\n", "1:4: tag `tag:x,2026:y`", true},
      {"<<: {a: 1}\n", "1:1: merge key `<<` is not accepted; write the settings out", true},
      {"a: 1\nb: 2\na: 3\n", "3:1: duplicate key `a`; the first is on line 1, keep one of them",
       true},
      {"a: 1\n\"a\": 2\n", "2:1: duplicate key `a`; the first is on line 1, keep one of them",
       true},
      {"{a: 1, \"\\x61\": 2}\n", "1:8: duplicate key `a`", true},
      {"[a]: 1\n", "1:1: a key must be plain text", true},
      {"{a: 1}: 1\n", "1:1: a key must be plain text", true},
      {"? [a, b]\n: 1\n", "1:3: a key must be plain text", true},
      {"\"\": 1\n", "1:1: empty key; write a name before the `:`", true},
      {"%YAML 1.2\n---\na: 1\n", "1:1: `%` directives are not accepted", true},
      {"%TAG ! tag:x,2026:\n---\na: 1\n", "1:1: `%` directives are not accepted", true},
      {"---\na: 1\n---\nb: 2\n", "3:1: a second document; write everything in one"},
      {"a: 1\n...\n---\nb: 2\n", "3:1: a second document"},
      {"\ta: 1\n", "1:1: tab in the indentation; use spaces"},
      {"a:\n \tb: 1\n", "2:2: tab in the indentation"},
      {"a: [1,\n\t2]\n", "2:1: tab in the indentation"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       "1:1: byte order mark; save the file as UTF-8 without one"},
      {"a: x\xef\xbb\xbfy\n", "1:5: byte order mark"},
      {"\xff\xfe"
       "a\0",
       "1:1: byte \\xff is not UTF-8; save the file as UTF-8"},
      {"a: \xc3\x28\n", "1:4: byte \\xc3 is not UTF-8"},
      {"a: \xed\xa0\x80\n", "1:4: byte \\xed is not UTF-8"},
      {"a: \xc0\x80\n", "1:4: byte \\xc0 is not UTF-8"},
      {"a: \x1b[31m\n", "1:4: control character \\x1b; remove it"},
      {"a: \x7f\n", "1:4: control character \\x7f"},
      {"a: \xc2\x9b\n", "1:4: control character \\u009b"},
      {"a: 1\rb: 2\n", "1:5: control character \\x0d"},
      {"a: 1\xc2\x85"
       "b: 2\n",
       "1:5: line end \\u0085; use an ordinary newline"},
      {"a: 1\xe2\x80\xa8"
       "b: 2\n",
       "1:5: line end \\u2028"},
      {"a: 1\xe2\x80\xa9"
       "b: 2\n",
       "1:5: line end \\u2029"},
  };
  for (const Bad& bad : kBad) {
    const Tree parsed = parse(bad.text);
    ASSERT_FALSE(parsed.problems.empty()) << bad.text;
    EXPECT_THAT(told(parsed.problems[0]), testing::StartsWith(bad.problem)) << bad.text;
    EXPECT_EQ(parsed.root != nullptr, bad.readable) << bad.text;
  }
}

TEST(Yaml, ExplainsBrokenSyntax) {
  constexpr Bad kBad[] = {
      {"", "1:1: nothing in the file"},
      {"# only a note\n", "1:1: nothing in the file"},
      {"a: b: c\n", "1:5: `:` is not expected here"},
      {"a: 1\n b: 2\n", "2:3: `:` is not expected here"},
      {"ab\ncd: 1\n", "2:3: `:` is not expected here"},
      {"a:\n  b: 1\n c: 2\n", "3:2: a key is expected here"},
      {"- a\nb: c\n", "2:1: a list item `- …` is expected here"},
      {"a: - b\n", "1:4: a list item is not expected here"},
      {"a: [1, 2\n", "2:1: `,` or `]` is missing (see what begins on line 1)"},
      {"a: {b: 1\nc: 2\n", "2:2: `,` or `}` is missing (see what begins on line 1)"},
      {"a: [1, 2}\n", "1:9: `,` or `]` is missing"},
      {"a: \"x\n", "2:1: the file ends inside a quoted text (see what begins on line 1)"},
      {"a: 'x\n\n", "3:1: the file ends inside a quoted text (see what begins on line 1)"},
      {"a: @x\n", "1:4: no value can start with this character; quote the text"},
      {"a: `x`\n", "1:4: no value can start with this character"},
      {"a: %x\n", "1:4: no value can start with this character"},
      {"a: *\n", "1:5: a name is expected after `&` or `*`"},
      {"a: \"\\q\"\n", "1:5: unknown escape; write `\\\\` for a backslash"},
      {"\"a\" \"b\"\n", "1:5: nothing more is expected here"},
  };
  for (const Bad& bad : kBad) {
    const Tree parsed = parse(bad.text);
    ASSERT_EQ(parsed.problems.size(), 1u) << bad.text;
    EXPECT_THAT(told(parsed.problems[0]), testing::StartsWith(bad.problem)) << bad.text;
    EXPECT_EQ(parsed.root, nullptr) << bad.text;
  }
}

TEST(Yaml, FindsEveryProblemOfOneRun) {
  const Tree parsed = parse("a: &x 1\na: *y\nb: !!int 2\n<<: 3\nc: 4\n");
  std::vector<std::string> all;
  for (const Problem& problem : parsed.problems) all.push_back(told(problem));
  EXPECT_THAT(all, ElementsAre(HasSubstr("1:4: anchor"), HasSubstr("2:4: alias"),
                               HasSubstr("2:1: duplicate"), HasSubstr("3:4: tag"),
                               HasSubstr("4:1: merge")));
  ASSERT_NE(parsed.root, nullptr);
  EXPECT_NE(parsed.root->find("c"), nullptr);
}

TEST(Yaml, MarksWhatAnAliasStoodFor) {
  const Tree parsed = parse("a: *x\nb: 1\n");
  EXPECT_TRUE(parsed.root->find("a")->refused);
  EXPECT_FALSE(parsed.root->find("b")->refused);
}

TEST(Yaml, EscapesWhatItQuotes) {
  const Tree parsed = parse("\"a\\e[31m\": 1\n\"a\\e[31m\": 2\n");
  ASSERT_EQ(parsed.problems.size(), 1u);
  EXPECT_THAT(parsed.problems[0].message, HasSubstr("`a\\x1b[31m`"));
}

TEST(Yaml, KeepsItsLimits) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse(nested(kMaxDepth)).problems.empty());
  EXPECT_EQ(told(parse(nested(kMaxDepth + 1)).problems.at(0)),
            "1:33: nested deeper than 32 levels");
  EXPECT_EQ(parse(nested(100'000)).root, nullptr);

  std::string many = "[";
  for (std::size_t i = 0; i < kMaxNodes - 1; ++i) many += "1,";
  EXPECT_TRUE(parse(many + "]").problems.empty());
  EXPECT_THAT(told(parse(many + "1]").problems.at(0)), HasSubstr("more than 100000 values"));

  EXPECT_TRUE(parse(std::string(kMaxBytes - 1, '#') + "\n").root == nullptr);
  EXPECT_EQ(told(parse(std::string(kMaxBytes + 1, '#')).problems.at(0)),
            "1:1: larger than 1048576 bytes");
}

TEST(Yaml, TellsOnlySoManyProblems) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "a: &x *y\n";
  EXPECT_LE(parse(text).problems.size(), 100u);
  std::string duplicates;
  for (int i = 0; i < 5'000; ++i) duplicates += "a: 1\n";
  EXPECT_EQ(parse(duplicates).problems.size(), 100u);
  EXPECT_EQ(parse(std::string(5'000, '\xff')).problems.size(), 20u);
}

// Every document of `parse_all`, and what is wrong with the text.
std::string all(std::string_view text) {
  const Documents parsed = parse_all(text);
  std::string out;
  for (const auto& root : parsed.roots) {
    std::string one;
    write(*root, one);
    out += one + "| ";
  }
  for (const Problem& problem : parsed.problems) out += "! " + problem.message + " ";
  return out + (parsed.complete ? "" : "...");
}

TEST(YamlAll, Documents) {
  EXPECT_EQ(all("a: 1\n---\n- b\n"), "1:1 { 1:1 a= 1:4 1 } | 3:1 [ 3:3 b ] | ");
  EXPECT_EQ(all("---\na\n...\n---\nb\n...\n"), "2:1 a | 5:1 b | ");
  EXPECT_EQ(all("%YAML 1.1\n---\na\n"), "3:1 a | ");
  EXPECT_THAT(all("a: 1\n---\n"), HasSubstr("} | "));
  EXPECT_THAT(all("a: 1\n---\nb: [\n"),
              testing::AllOf(HasSubstr("a= 1:4 1 } | ! "), HasSubstr("...")));
  EXPECT_THAT(all("%TAG ! tag:x,2000:\n---\na\n"), HasSubstr("directives"));
  EXPECT_THAT(all(""), HasSubstr("nothing in the file"));
}

TEST(YamlAll, Aliases) {
  EXPECT_EQ(all("a: &x 1\nb: *x\n"), "1:1 { 1:1 a= 1:4 1 2:1 b= 1:4 1 } | ");
  EXPECT_EQ(all("- &x [1, 2]\n- *x\n"), "1:1 [ 1:3 [ 1:7 1 1:10 2 ] 1:3 [ 1:7 1 1:10 2 ] ] | ");
  EXPECT_EQ(all("&k a: 1\nb: *k\n"), "1:1 { 1:1 a= 1:7 1 2:1 b= 1:1 a } | ") << "of a key";
  EXPECT_EQ(all("- &k a\n- *k : 1\n"), "1:1 [ 1:3 a 2:3 { 1:3 a= 2:8 1 } ] | ") << "as a key";
  EXPECT_THAT(all("a: &x 1\n---\nb: *x\n"), HasSubstr("! nothing before it is called `&x`"));
  EXPECT_THAT(all("a: &x [*x]\n"), HasSubstr("! nothing before it is called `&x`"));
  EXPECT_THAT(all("b: *x\na: &x 1\n"), HasSubstr("! nothing before it is called `&x`"));
  EXPECT_THAT(all("a: &x 1\nb: &x 2\n"), HasSubstr("! a second anchor `&x`"));
  EXPECT_THAT(all("a: &x 1\nb: &x 2\nc: *x\n"), HasSubstr("c= 2:4 2"));
  EXPECT_THAT(all("a: &x 1\na: &y 2\nb: *y\n"), HasSubstr("! duplicate key `a`"));
}

TEST(YamlAll, LeftOut) {
  const Documents parsed = parse_all("a: 1\na: [2]\n? [b]\n: 3\nc: {d: 4, d: 5}\nc: 6\n");
  std::string left;
  for (const Entry& entry : parsed.left_out)
    left += entry.key + "=" +
            (entry.value->kind == Kind::scalar ? entry.value->text : std::string("…")) + " ";
  EXPECT_EQ(left, "a=… =3 d=5 c=6 ");
  EXPECT_TRUE(parse_all("a: 1\nb: {a: 2}\n<<: {a: 3}\n").left_out.empty());
}

TEST(YamlAll, MergeKeys) {
  EXPECT_EQ(all("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n"),
            "1:1 { 1:1 a= 1:4 { 1:8 b= 1:11 1 1:14 c= 1:17 2 } "
            "2:1 d= 3:3 { 4:3 b= 4:6 3 1:14 c= 1:17 2 } } | ");
  EXPECT_EQ(all("<<: [{a: 1}, {a: 2, b: 3}]\n"), "1:1 { 1:7 a= 1:10 1 1:21 b= 1:24 3 } | ");
  EXPECT_EQ(all("<<: &x {a: &y 1}\nc: *x\nd: *y\n"),
            "1:1 { 2:1 c= 1:5 { 1:9 a= 1:12 1 } 3:1 d= 1:12 1 1:9 a= 1:12 1 } | ")
      << "anchors on what stands nowhere";
  EXPECT_EQ(all("'<<': 1\n"), "1:1 { 1:1 <<= 1:7 1 } | ");
  EXPECT_THAT(all("<<: 1\n"), HasSubstr("`<<` takes mappings only"));
  EXPECT_THAT(all("<<: [[a]]\n"), HasSubstr("`<<` takes mappings only"));
  EXPECT_THAT(all("<<: {a: 1}\n<<: {b: 1}\n"), HasSubstr("a second merge key"));
}

TEST(YamlAll, OfPlainTypesAndTabs) {
  EXPECT_EQ(all("!!str 1\n"), "1:1 '1' | ");
  EXPECT_EQ(all("!!int 1\n"), "1:1 1 | ");
  EXPECT_EQ(all("!!map {a: !!seq [1]}\n"), "1:1 { 1:8 a= 1:11 [ 1:18 1 ] } | ");
  EXPECT_EQ(all("a: |\n  b:\n  \tc\n"), "1:1 { 1:1 a= 1:4 'b:\n\tc\n' } | ");
  EXPECT_THAT(all("a:\n\tb: 1\n"), HasSubstr("..."));
  for (const std::string_view tag : {"!!python/none", "!!set", "!!binary", "!x", "!!omap"})
    EXPECT_THAT(all("a: " + std::string(tag) + " {}\n"), HasSubstr("! tag `")) << tag;
}

TEST(YamlAll, AliasesAreCounted) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    laughs += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) laughs += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    laughs += "]\n";
  }
  EXPECT_THAT(all(laughs), testing::AllOf(HasSubstr("more than 100000 values"), HasSubstr("...")));

  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) deep += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  EXPECT_THAT(all(deep), HasSubstr("nested deeper than 32 levels"));

  std::string merges = "a0: &a0 {k: 1}\n";
  for (int i = 1; i < 2000; ++i)
    merges += fmt::format("a{}: &a{} {{<<: *a{}, k{}: 1}}\n", i, i, i - 1, i);
  EXPECT_THAT(all(merges), HasSubstr("more than 100000 values"));

  std::string texts = "a: &a " + std::string(500'000, 'x') + "\nb: [*a";
  for (int i = 0; i < 40; ++i) texts += ", *a";
  EXPECT_THAT(all(texts + "]\n"), HasSubstr("aliases for more than 8388608 bytes"));
}

}  // namespace
}  // namespace gh::yaml
