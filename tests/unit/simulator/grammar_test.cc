#include "simulator/grammar.h"

#include <gtest/gtest.h>

namespace gh::simulator {
namespace {

bool is_refused(const std::string& body) {
  json::Parser parser;
  const auto document = parser.parse(body);
  EXPECT_TRUE(document.has_value()) << body;
  return document && grammar_error(document->root()).has_value();
}

TEST(Grammar, ThatDoesNotCloseIsRefused) {
  for (const char* pattern : {"([", "[", "(", "a)", "(a", "[a", "((a)", "[\\\\]"})
    EXPECT_TRUE(is_refused(std::string(R"({"structured_outputs":{"regex":")") + pattern + "\"}}"))
        << pattern;
  for (const char* pattern :
       {"", "a", "(a)", "[a]", "[(]", "\\\\[", "\\\\(", "([a-z]+)*", "[\\\\]]"})
    EXPECT_FALSE(is_refused(std::string(R"({"structured_outputs":{"regex":")") + pattern + "\"}}"))
        << pattern;
  EXPECT_TRUE(is_refused(R"({"guided_regex":"["})"));
}

TEST(Grammar, OfATypeThatIsNoneIsRefused) {
  const auto with = [](const std::string& schema) {
    return R"({"response_format":{"type":"json_schema","json_schema":{"schema":)" + schema + "}}}";
  };
  EXPECT_TRUE(is_refused(with(R"({"type":"nonsense"})")));
  EXPECT_TRUE(is_refused(R"({"structured_outputs":{"json":{"type":"nonsense"}}})"));
  for (const char* schema : {R"({"type":"object"})", R"({"type":["string","null"]})", "{}", "null"})
    EXPECT_FALSE(is_refused(with(schema))) << schema;
  EXPECT_FALSE(is_refused(R"({"response_format":{"type":"json_object"}})"));
  EXPECT_FALSE(is_refused("{}"));
}

}  // namespace
}  // namespace gh::simulator
