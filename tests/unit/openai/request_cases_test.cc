// Runs tests/cases/request.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_case.h"

namespace gh::openai {
namespace {

struct Outcome {
  std::string upstream;
  policy::Refusal refusal;
};

Outcome run(const RequestCase& test, const vllm::Surface& surface) {
  json::Parser parser;
  const auto document = parser.parse(test.client);
  if (!document) return {"", refusal(document.error())};
  const json::Value body = document->root();
  const auto model = requested_model(body);
  if (!model) return {"", model.error()};
  EXPECT_EQ(*model, "m");
  const RequestRules rules{test.endpoint, &surface, &test.caps, test.context};
  const auto facts = check(body, rules);
  if (!facts) return {"", facts.error()};
  const bool salted = surface.cache_salt[static_cast<std::size_t>(test.endpoint)];
  Outcome outcome;
  write(outcome.upstream, body, rules, *facts, {"served", salted ? "SALT" : ""});
  return outcome;
}

class RequestCases : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(RequestCases, HasItsOutcome) {
  const RequestCase test = read_request_case(GetParam());
  const auto version = vllm::parse_version(test.version);
  ASSERT_TRUE(version.has_value());
  const auto surface = vllm::surface(*version);
  ASSERT_TRUE(surface.has_value());

  const Outcome outcome = run(test, *surface);
  if (!test.upstream.empty()) {
    EXPECT_EQ(outcome.upstream, test.upstream) << outcome.refusal.message;
    return;
  }
  ASSERT_EQ(outcome.upstream, "") << "was not refused";
  EXPECT_EQ(policy::name(outcome.refusal.code), test.code) << outcome.refusal.message;
  EXPECT_EQ(outcome.refusal.param, test.param) << outcome.refusal.message;
  EXPECT_THAT(outcome.refusal.message, testing::HasSubstr(test.says));
  EXPECT_FALSE(outcome.refusal.message.empty());
  EXPECT_FALSE(outcome.refusal.rule.empty());
}

INSTANTIATE_TEST_SUITE_P(Files, RequestCases, testing::ValuesIn(request_case_files()),
                         [](const auto& one) { return one.param.stem().string(); });

TEST(RequestCaseFiles, AreThere) {
  EXPECT_GE(request_case_files().size(), 150u);
}

}  // namespace
}  // namespace gh::openai
