#include "policy_cases.h"

namespace gh::policy {
namespace {

TEST(LoadReferences, RefusesDanglingOnes) {
  const std::vector<Case> cases = {
      {"a model on an unknown upstream",
       {{"    upstream: llama", "    upstream: lama"}},
       {"15:15: unknown upstream `lama`; did you mean `llama`?"}},
      {"a tenant with an unknown model",
       {{"models: [small]\n", "models: [smal]\n"}},
       {"33:14: unknown model `smal`; did you mean `small`?"}},
      {"a tenant with a model unlike any",
       {{"models: [small]\n", "models: [gpt-4]\n"}},
       {"33:14: unknown model `gpt-4`; there is `embed`, `small`, `support`"}},
      {"an instance of an unknown model",
       {{"{ small: own }", "{ big: own }"}},
       {"35:17: unknown model `big`; there is `embed`, `small`, `support`"}},
      {"an instance on an unknown upstream",
       {{"{ small: own }", "{ small: owm }"}},
       {"35:24: unknown upstream `owm`; did you mean `own`?"}},
      {"an instance of a model that the tenant has not",
       {{"{ small: own }", "{ embed: own }"}},
       {"35:17: `upstream`: `embed` is not among the tenant's `models`; add it there, or"}},
      {"two tenants of one name",
       {{"  - name: beta", "  - name: alpha"}},
       {"32:11: a second tenant `alpha`; the first is at p.yaml:30:11; give one of them another "
        "name, "
        "or remove it"}},
      {"two upstreams of one name",
       {{"  - name: own", "  - name: llama"}},
       {"10:11: a second upstream `llama`; the first is at p.yaml:7:11",
        "20:15: unknown upstream `own`; there is `llama`", "35:24: unknown upstream `own`"}},
      {"two models of one name",
       {{"  - name: embed", "  - name: small"}},
       {"19:11: a second model `small`; the first is at p.yaml:14:11",
        "31:30: unknown model `embed`"}},
      {"an adapter named like a model",
       {{"adapters: [support]", "adapters: [small]"}},
       {"18:16: `adapters`: `small` is a model already, at p.yaml:14:11",
        "31:21: unknown model `support`"}},
      {"an adapter on two models",
       {{"    endpoints: [embeddings]", "    endpoints: [embeddings]\n    adapters: [support]"}},
       {"23:16: `adapters`: `support` is a model already, at p.yaml:18:16"}},
  };
  expect_problems(cases);
}

}  // namespace
}  // namespace gh::policy
