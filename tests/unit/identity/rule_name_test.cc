// Rules by the paths of their settings, whoever asks.

#include "identity/rule_name.h"

#include <gtest/gtest.h>

namespace gh::identity {
namespace {

// alpha may use `base` and its adapter `lora`; gamma exists and is not alpha's.
struct Callers {
  Callers() {
    for (const char* name : {"base", "gamma", "lora"}) {
      policy.models.emplace_back();
      policy.models.back().name = name;
      policy.models.back().endpoints.add(vllm::Endpoint::chat);
    }
    policy.models[2].base = "base";
    policy.tenants.emplace_back();
    policy::Tenant& alpha = policy.tenants.back();
    alpha.name = "alpha";
    alpha.grants = {{0, 0}, {2, 0}};
    alpha.request.n = 4;
    KeyRecord record;
    record.id = "key_1";
    plain = Principal::resolve(policy, alpha, record);
    record.id = "key_2";
    record.models = {"lora"};
    record.limits.n = 2;
    record.limits.max_tokens = 9;
    record.limits.max_prompt_tokens = 1u << 30;  // wider: the tenant's stays
    narrow = Principal::resolve(policy, alpha, record);
  }
  policy::Snapshot policy;
  Principal plain;
  Principal narrow;
};

TEST(RuleName, IsThePathOfTheSettingInForce) {
  const Callers callers;
  struct Row {
    const char* rule;
    const char* plain;
    const char* narrow;
  };
  for (const Row& row : {
           Row{"request.n", "tenants.alpha.request.n", "keys.key_2.request.n"},
           Row{"request.max_tokens", "tenants.alpha.request.max_tokens",
               "keys.key_2.request.max_tokens"},
           Row{"request.default_max_tokens", "tenants.alpha.request.default_max_tokens",
               "keys.key_2.request.default_max_tokens"},
           Row{"request.max_prompt_tokens", "tenants.alpha.request.max_prompt_tokens",
               "tenants.alpha.request.max_prompt_tokens"},
           Row{"request.tools", "tenants.alpha.request.tools", "tenants.alpha.request.tools"},
           Row{"request.n_times_max_tokens", "tenants.alpha.request.n_times_max_tokens",
               "tenants.alpha.request.n_times_max_tokens"},
           Row{"models.max_model_len", "models.base.max_model_len", "models.base.max_model_len"},
           // No settings of a caller.
           Row{"request.json", "request.json", "request.json"},
           Row{"request.fields", "request.fields", "request.fields"},
           Row{"request.", "request.", "request."},
           Row{"request", "request", "request"},
           Row{"authentication", "authentication", "authentication"},
           Row{"tenants.alpha.limits.requests", "tenants.alpha.limits.requests",
               "tenants.alpha.limits.requests"},
           Row{"drain", "drain", "drain"},
           Row{"", "", ""},
       }) {
    const policy::Model& model = callers.policy.models[2];
    EXPECT_EQ(rule_name(row.rule, callers.plain, &model), row.plain);
    EXPECT_EQ(rule_name(row.rule, callers.narrow, &model), row.narrow);
  }
  EXPECT_EQ(rule_name("request.n", callers.plain, nullptr), "tenants.alpha.request.n");
  EXPECT_EQ(rule_name("models.max_model_len", callers.plain, nullptr), "models.max_model_len");
}

TEST(RuleName, OfAModelThatIsNotThere) {
  const Callers callers;
  struct Row {
    const char* model;
    const char* plain;
    const char* narrow;
  };
  for (const Row& row : {
           Row{"nothing", "tenants.alpha.models", "tenants.alpha.models"},
           Row{"", "tenants.alpha.models", "tenants.alpha.models"},
           Row{"gamma", "tenants.alpha.models", "tenants.alpha.models"},
           Row{"base", "models.base.endpoints", "keys.key_2.models"},
           Row{"lora", "models.base.endpoints", "models.base.endpoints"},
       }) {
    EXPECT_EQ(model_rule(callers.policy, callers.plain, row.model), row.plain) << row.model;
    EXPECT_EQ(model_rule(callers.policy, callers.narrow, row.model), row.narrow) << row.model;
  }
}

}  // namespace
}  // namespace gh::identity
