#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answers.h"
#include "fixture.h"

namespace gh::openai {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using vllm::Endpoint;

TEST(Rewrite, LogprobsOnlyWhenAsked) {
  const auto answer = replaced(
      kChat, R"("logprobs":null)",
      R"("logprobs":{"content":[{"token":"Hi","logprob":-0.5,"bytes":[72,105],"top_logprobs":[]}]})");
  EXPECT_THAT(rewritten(answer, rules_for(Endpoint::chat)), HasSubstr(R"("logprobs":null)"));
  EXPECT_THAT(rewritten(answer, rules_for(Endpoint::chat, {.alternatives = 0})),
              HasSubstr(R"("logprob":-0.5,"bytes":[72,105],"top_logprobs":[]}]})"));
}

TEST(Rewrite, NoMoreAlternativesThanAskedOfAChat) {
  const auto answer = [](std::string_view alternatives) {
    return replaced(kChat, R"("logprobs":null)",
                    R"("logprobs":{"content":[{"token":"a","top_logprobs":[)" +
                        std::string(alternatives) + R"(]},{"token":"b","top_logprobs":[)" +
                        std::string(alternatives) + "]}]}");
  };
  const std::string one = R"({"token":"a","logprob":-1.5})";
  const std::string two = one + "," + one;
  const std::string three = two + "," + one;
  struct Row {
    std::uint32_t asked;
    const std::string& said;
    const std::string& passed;
    std::uint32_t dropped;
  };
  const std::string none;
  for (const Row& row : {Row{2, three, two, 2}, Row{2, two, two, 0}, Row{2, one, one, 0},
                         Row{0, three, none, 6}, Row{0, none, none, 0}}) {
    std::string out;
    const auto result = rewrite(out, parse(answer(row.said)),
                                rules_for(Endpoint::chat, {.alternatives = row.asked}));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->dropped_fields, row.dropped);
    EXPECT_EQ(out, replaced(answer(row.passed), R"("up")", R"("client-model")"));
  }
}

TEST(Rewrite, NoMoreAlternativesThanAskedBesideTheTextsOwn) {
  const auto answer = [](std::string_view first, std::string_view second) {
    return text_with(R"("top_logprobs":[{)" + std::string(first) + "},{" + std::string(second) +
                     "}]");
  };
  const std::string two = R"("a":-1,"b":-2)";
  const std::string three = R"("a":-1,"b":-2,"c":-3)";
  const ResponseRules rules = rules_for(Endpoint::completions, {.alternatives = 1});
  EXPECT_EQ(rewritten(answer(two, two), rules), answer(two, two));
  std::string out;
  const auto result = rewrite(out, parse(answer(three, three)), rules);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(out, answer(two, two));
  EXPECT_EQ(result->dropped_fields, 2u);
  EXPECT_EQ(rewritten(answer(three, two), rules_for(Endpoint::completions, {.alternatives = 0})),
            answer(R"("a":-1)", R"("a":-1)"));
  EXPECT_THAT(rewritten(text_with(R"("top_logprobs":[{"a":"b"}])"), rules), HasSubstr("refused: "));
  EXPECT_THAT(rewritten(text_with(R"("top_logprobs":[5])"), rules), HasSubstr("refused: "));
  EXPECT_THAT(rewritten(text_with(R"("top_logprobs":{"a":-1})"), rules), HasSubstr("refused: "));
}

// Tokens are names there, and what a model says is not logged.
TEST(Rewrite, ProblemsDoNotRepeatTokens) {
  const ResponseRules rules = rules_for(Endpoint::completions, {.alternatives = 1});
  for (const char* wrong :
       {R"("top_logprobs":[{"secret":"b"}])", R"("top_logprobs":[{"secret":{}}])",
        R"("top_logprobs":[{"a":-1,"secret":[]}])"}) {
    const std::string said = rewritten(text_with(wrong), rules);
    EXPECT_THAT(said, EndsWith("has another type"));
    EXPECT_THAT(said, Not(HasSubstr("secret")));
  }
}

TEST(ParseProblem, DoesNotRepeatNames) {
  json::Parser parser;
  const auto twice = parser.parse(text_with(R"("top_logprobs":[{"secret":-1,"secret":-2}])"));
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(parse_problem(twice.error()), "a name is there twice");
  const auto broken = parser.parse(R"({"secret":)");
  ASSERT_FALSE(broken.has_value());
  EXPECT_THAT(parse_problem(broken.error()), Not(HasSubstr("secret")));
  EXPECT_FALSE(parse_problem(broken.error()).empty());
}

}  // namespace
}  // namespace gh::openai
