#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace gh::json {
namespace {

class ValueTest : public testing::Test {
 protected:
  Value parse(std::string_view text) {
    const auto parsed = parser_.parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? parsed->root() : Value();
  }
  Parser parser_;
};

TEST_F(ValueTest, KnowsItsType) {
  const struct {
    std::string_view text;
    Type type;
    std::string_view name;
  } cases[] = {
      {"null", Type::null, "null"},
      {"true", Type::boolean, "boolean"},
      {"-0", Type::integer, "integer"},
      {"9223372036854775807", Type::integer, "integer"},
      {"9223372036854775808", Type::unsigned_integer, "integer"},
      {"1.0", Type::real, "number"},
      {"1e2", Type::real, "number"},
      {"\"\"", Type::string, "string"},
      {"[]", Type::array, "array"},
      {"{}", Type::object, "object"},
  };
  for (const auto& [text, type, expected_name] : cases) {
    SCOPED_TRACE(text);
    const Value value = parse(text);
    EXPECT_TRUE(value.exists());
    EXPECT_EQ(value.type(), type);
    EXPECT_EQ(name(value.type()), expected_name);
    EXPECT_EQ(value.is_null(), type == Type::null);
    EXPECT_EQ(value.is_bool(), type == Type::boolean);
    EXPECT_EQ(value.is_integer(), expected_name == "integer");
    EXPECT_EQ(value.is_number(), expected_name == "integer" || expected_name == "number");
    EXPECT_EQ(value.is_string(), type == Type::string);
    EXPECT_EQ(value.is_array(), type == Type::array);
    EXPECT_EQ(value.is_object(), type == Type::object);
  }
}

TEST_F(ValueTest, AbsentIsNoNull) {
  const Value absent;
  EXPECT_FALSE(absent.exists());
  EXPECT_FALSE(absent.is_null());
  EXPECT_EQ(absent.type(), Type::null);
  EXPECT_EQ(absent.size(), 0u);
  EXPECT_FALSE(absent["a"]["b"].exists());
  EXPECT_EQ(absent.int64(), std::nullopt);
  EXPECT_EQ(absent.members().begin(), absent.members().end());
  EXPECT_EQ(absent.elements().begin(), absent.elements().end());
}

TEST_F(ValueTest, GivesNumbers) {
  EXPECT_EQ(parse("-9223372036854775808").int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse("9223372036854775808").int64(), std::nullopt);
  EXPECT_EQ(parse("1.0").int64(), std::nullopt);
  EXPECT_EQ(parse("\"1\"").int64(), std::nullopt);
  EXPECT_EQ(parse("true").int64(), std::nullopt);
  EXPECT_EQ(parse("-3").number(), -3.0);
  EXPECT_EQ(parse("0.25").number(), 0.25);
  EXPECT_EQ(parse("18446744073709551615").number(), 18446744073709551615.0);
}

TEST_F(ValueTest, GivesStringsUnescapedWithTheirZeroBytes) {
  EXPECT_EQ(parse(R"("a\u0000b\n\ud83d\ude00")").string(),
            std::string_view("a\0b\n\xF0\x9F\x98\x80", 8));
  EXPECT_TRUE(parse("true").boolean());
  EXPECT_FALSE(parse("false").boolean());
}

TEST_F(ValueTest, FindsMembersByWholeKey) {
  const Value root = parse(R"({"a":[{"x":1}],"b":{"a":2},"":3,"a\u0000":4,"c":null})");
  EXPECT_EQ(root.size(), 5u);
  EXPECT_TRUE(root["a"].is_array());
  EXPECT_EQ(root["b"]["a"].int64(), 2);
  EXPECT_EQ(root[""].int64(), 3);
  EXPECT_EQ(root[std::string_view("a\0", 2)].int64(), 4);
  EXPECT_TRUE(root["c"].is_null());
  EXPECT_FALSE(root["x"].exists());
  EXPECT_FALSE(root["A"].exists());
  EXPECT_FALSE(root["a"]["x"].exists());
  EXPECT_FALSE(root["c"]["x"].exists());
}

TEST_F(ValueTest, IteratesInDocumentOrderPastSubtrees) {
  std::vector<std::string> keys;
  std::vector<Type> types;
  for (const auto [key, value] :
       parse(R"({"z":[[1,2],{"k":[]}],"a":{},"m":{"z":{"z":0}},"b":1})").members()) {
    keys.emplace_back(key);
    types.push_back(value.type());
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"z", "a", "m", "b"}));
  EXPECT_EQ(types, (std::vector{Type::array, Type::object, Type::object, Type::integer}));

  std::vector<std::size_t> sizes;
  for (const Value value : parse(R"([[1,[2,3]],[],{"a":[1],"b":2},"text"])").elements()) {
    sizes.push_back(value.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 0, 2, 0}));
}

TEST_F(ValueTest, MembersAndElementsOfOtherTypesAreEmpty) {
  for (const char* text : {"1", "\"ab\"", "null", "[1,2]"}) {
    const Value value = parse(text);
    EXPECT_EQ(value.members().begin(), value.members().end()) << text;
  }
  for (const char* text : {"1", "\"ab\"", "null", R"({"a":1})"}) {
    const Value value = parse(text);
    EXPECT_EQ(value.elements().begin(), value.elements().end()) << text;
  }
}

#ifndef NDEBUG
TEST_F(ValueTest, AskingForAnotherTypeIsABug) {
  const Value value = parse("[1]");
  EXPECT_DEATH(value.string(), "bug");
  EXPECT_DEATH(value.number(), "bug");
  EXPECT_DEATH(value.boolean(), "bug");
  EXPECT_DEATH(Value().string(), "bug");
}
#endif

}  // namespace
}  // namespace gh::json
