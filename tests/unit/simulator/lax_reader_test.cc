#include "simulator/lax_reader.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace gh::simulator {
namespace {

struct IntegerCase {
  std::string_view json;
  std::optional<std::int64_t> value;
  std::string_view problem = "";  // pydantic's name of it
};

TEST(LaxReader, ReadsIntegersAsPydanticDoes) {
  for (const auto& [text, value, problem] : std::initializer_list<IntegerCase>{
           {"3", 3},
           {"-0", 0},
           {"3.0", 3},
           {"3e0", 3},
           {"true", 1},
           {"false", 0},
           {"null", {}},
           {R"("3")", 3},
           {R"(" 3 ")", 3},
           {R"("+3")", 3},
           {R"("3.0")", 3},
           {R"("1_0")", 10},
           {R"("-7")", -7},
           {"18446744073709551615", INT64_MAX},
           {"3.5", {}, "int_from_float"},
           {"1e300", {}, "int_from_float"},
           {R"("")", {}, "int_parsing"},
           {R"("three")", {}, "int_parsing"},
           {R"("3.5")", {}, "int_parsing"},
           {R"("0x3")", {}, "int_parsing"},
           {R"("nan")", {}, "int_parsing"},
           {R"("inf")", {}, "int_parsing"},
           {R"("1e999")", {}, "int_parsing"},
           {"[3]", {}, "int_type"},
           {"{}", {}, "int_type"},
       }) {
    Json json;
    LaxReader reader(json(std::string(R"({"a":)").append(text).append("}")));
    EXPECT_EQ(reader.integer("a"), value) << text;
    ASSERT_EQ(reader.problem().has_value(), !problem.empty()) << text;
    if (problem.empty()) continue;
    EXPECT_EQ(reader.problem()->type, "Bad Request");
    EXPECT_EQ(reader.problem()->param, "body.a");
    EXPECT_NE(reader.problem()->message.find(problem), std::string::npos) << text;
  }
}

TEST(LaxReader, ReadsBooleansAsPydanticDoes) {
  for (const std::string_view text :
       {"true", "1", "1.0", "\"true\"", "\"YES\"", "\"on\"", "\"t\""}) {
    Json json;
    LaxReader reader(json(std::string(R"({"a":)").append(text).append("}")));
    EXPECT_EQ(reader.boolean("a"), true) << text;
    EXPECT_FALSE(reader.problem());
  }
  for (const std::string_view text : {"false", "0", "\"no\"", "\"Off\"", "\"0\""}) {
    Json json;
    LaxReader reader(json(std::string(R"({"a":)").append(text).append("}")));
    EXPECT_EQ(reader.boolean("a"), false) << text;
  }
  for (const std::string_view text : {"2", "-1", "0.5", "\"\"", "\"2\"", "\"ja\"", "[]", "{}"}) {
    Json json;
    LaxReader reader(json(std::string(R"({"a":)").append(text).append("}")));
    EXPECT_EQ(reader.boolean("a"), std::nullopt) << text;
    EXPECT_TRUE(reader.problem()) << text;
  }
}

TEST(LaxReader, ReadsNumbersAndStrings) {
  Json json;
  LaxReader reader(json(R"({"a":"0.5","b":true,"c":2,"d":"x","e":null})"));
  EXPECT_EQ(reader.number("a"), 0.5);
  EXPECT_EQ(reader.number("b"), 1.0);
  EXPECT_EQ(reader.number("c"), 2.0);
  EXPECT_EQ(reader.number("e"), std::nullopt);
  EXPECT_EQ(reader.string("d"), "x");
  EXPECT_EQ(reader.string("e"), std::nullopt);
  EXPECT_EQ(reader.string("absent"), std::nullopt);
  EXPECT_FALSE(reader.problem());
  EXPECT_EQ(reader.string("c"), std::nullopt);
  EXPECT_EQ(reader.number("d"), std::nullopt);
  EXPECT_EQ(reader.problem()->param, "body.c");  // the first one
}

}  // namespace
}  // namespace gh::simulator
