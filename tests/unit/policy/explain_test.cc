#include "policy/explain.h"

#include <gmock/gmock.h>

#include "policy_cases.h"

namespace gh::policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

Explanation ask(const Question& question, std::vector<Edit> edits = {}) {
  const Loaded loaded = load_edited(edits, {.effective = true});
  EXPECT_NE(loaded.snapshot, nullptr);
  return explain(loaded, question);
}

std::vector<std::string> rules(const std::vector<Step>& steps) {
  std::vector<std::string> names;
  for (const Step& step : steps) names.push_back(step.rule);
  return names;
}

TEST(Explain, NamesTheRuleThatRefuses) {
  EndpointSet chat;
  chat.add(vllm::Endpoint::chat);
  struct Row {
    Question question;
    Code code;
    const char* rule;
  };
  const Row rows[] = {
      {{.tenant = "nobody", .endpoint = "chat", .model = "small"},
       Code::invalid_api_key,
       "authentication"},
      {{.tenant = "beta", .endpoint = "responses", .model = "small"}, Code::not_found, "routes"},
      {{.tenant = "beta", .endpoint = "", .model = "small"}, Code::not_found, "routes"},
      {{.tenant = "beta", .endpoint = "chat", .model = "embed"},
       Code::model_not_found,
       "tenants.beta.models"},
      {{.tenant = "beta", .endpoint = "chat", .model = "nothing"},
       Code::model_not_found,
       "tenants.beta.models"},
      {{.tenant = "beta", .endpoint = "embeddings", .model = "small"},
       Code::model_not_found,
       "models.small.endpoints"},
      {{.tenant = "alpha", .endpoint = "embeddings", .model = "support"},
       Code::model_not_found,
       "models.small.endpoints"},
      {{.tenant = "alpha",
        .endpoint = "chat",
        .model = "small",
        .key_id = "key_1",
        .key_models = {"support"}},
       Code::model_not_found,
       "keys.key_1.models"},
      {{.tenant = "alpha",
        .endpoint = "completions",
        .model = "small",
        .key_id = "key_1",
        .key_models = {},
        .key_endpoints = chat},
       Code::endpoint_not_allowed,
       "keys.key_1.endpoints"},
  };
  for (const Row& row : rows) {
    const Explanation explanation = ask(row.question);
    ASSERT_TRUE(explanation.refusal) << row.rule;
    EXPECT_EQ(explanation.refusal->code, row.code) << row.rule;
    EXPECT_EQ(explanation.refusal->rule, row.rule);
    EXPECT_THAT(explanation.limits, IsEmpty());
    EXPECT_THAT(explanation.caps, IsEmpty());
  }
}

TEST(Explain, ListsWhatTheRequestMeets) {
  const Explanation explanation =
      ask({.tenant = "beta", .endpoint = "chat", .model = "small"},
          {{"    adapters", "    limits: { concurrent: 3 }\n    adapters"},
           {"drain: 30s", "limits: { requests: { rate: 9/s } }"}});
  EXPECT_FALSE(explanation.refusal);
  EXPECT_THAT(rules(explanation.grants),
              ElementsAre("tenants.beta.models", "models.small.endpoints",
                          "tenants.beta.upstream.small", "tenants.beta.isolation.cache"));
  EXPECT_THAT(rules(explanation.limits),
              ElementsAre("limits.requests", "models.small.limits.concurrent",
                          "tenants.beta.limits.requests", "tenants.beta.limits.concurrent",
                          "tenants.beta.limits.per_key.requests", "upstreams.own.in_flight",
                          "memory.bodies_per_worker", "memory.bodies_per_tenant"));
  EXPECT_THAT(explanation.limits.front().value,
              testing::MatchesRegex("\\{ rate: 9/s, burst: 54 \\}"));
  EXPECT_THAT(explanation.caps, Contains(Field(&Step::rule, "tenants.beta.request.n")));
  EXPECT_EQ(explanation.caps.size(), 20u);
  EXPECT_EQ(explanation.caps.back().rule, "models.small.max_model_len");
}

TEST(Explain, TellsWhereEachValueComesFrom) {
  const Explanation explanation = ask({.tenant = "beta", .endpoint = "chat", .model = "small"});
  const auto step = [&](const std::vector<Step>& steps, std::string_view rule) {
    for (const Step& s : steps) {
      if (s.rule == rule) return s.value + " from " + s.origin;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(step(explanation.caps, "tenants.beta.request.n"), "4 from p.yaml:34:19");
  EXPECT_EQ(step(explanation.caps, "tenants.beta.request.max_tokens"), "1024 from p.yaml:24:26");
  EXPECT_EQ(step(explanation.caps, "tenants.beta.request.max_body"), "1MiB from default");
  EXPECT_EQ(step(explanation.caps, "tenants.beta.request.n_times_max_tokens"), "4096 from default");
  EXPECT_EQ(step(explanation.grants, "tenants.beta.upstream.small"), "own from p.yaml:35:24");
  EXPECT_EQ(step(explanation.limits, "tenants.beta.limits.concurrent"), "8 from p.yaml:27:17");
}

TEST(Explain, AnAdapterIsPlacedWithItsModel) {
  const Explanation explanation =
      ask({.tenant = "beta", .endpoint = "chat", .model = "support"},
          {{"    models: [small]\n", "    models: [small, support]\n"}});
  EXPECT_FALSE(explanation.refusal);
  EXPECT_THAT(rules(explanation.grants), Contains("tenants.beta.upstream.small"));
}

TEST(Explain, EscapesWhatItWasAsked) {
  const Explanation explanation =
      ask({.tenant = "alpha", .endpoint = "chat", .model = "x\x1b[31m\n"});
  ASSERT_TRUE(explanation.refusal);
  EXPECT_EQ(explanation.refusal->message, "tenant `alpha` may not use a model `x\\x1b[31m\\x0a`");
}

}  // namespace
}  // namespace gh::policy
