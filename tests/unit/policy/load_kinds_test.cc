#include "policy_cases.h"

namespace gh::policy {
namespace {

TEST(LoadKinds, RefusesOtherKinds) {
  const std::vector<Case> cases = {
      {"a list where a mapping belongs",
       {{"state: { directory: state }", "state: [directory]"}},
       {"5:8: `state` is a list; write a mapping { … }"}},
      {"a value where a mapping belongs",
       {{"state: { directory: state }", "state: here"}},
       {"5:8: `state` is a single value, `here`; write a mapping { … }"}},
      {"a mapping where a list belongs",
       {{"listen:\n  - address: 127.0.0.1:8443", "listen:\n    address: 127.0.0.1:8443"}},
       {"3:5: `listen` is a mapping; write a list of mappings"}},
      {"a mapping where a value belongs",
       {{"drain: 30s", "drain: { s: 30 }"}},
       {"37:8: `drain` is a mapping; write a duration like 500ms, 30s or 5m"}},
      {"a value where a list belongs",
       {{"    models: [small]\n", "    models: small\n"}},
       {"33:13: `models` is a single value, `small`; write a list [ … ]"}},
      {"a rate as one value",
       {{"requests: { rate: 200/min, burst: 20 }", "requests: 200/min"}},
       {"26:15: `requests` is a single value, `200/min`; write { rate: 20/min, burst: 5 }"}},
      {"an entry that is no mapping",
       {{"listen:\n  - address: 127.0.0.1:8443", "listen:\n  - 127.0.0.1:8443"}},
       {"3:5: an entry of `listen` is a single value; write a mapping { … }"}},
      {"a list inside a list",
       {{"models: [small]\n", "models: [[small]]\n"}},
       {"33:14: an entry of `models` is a list; write a single value"}},
      {"an empty entry",
       {{"models: [small]\n", "models: [small, ~]\n"}},
       {"33:21: an entry of `models` is empty; write a single value"}},
      {"a name twice in a list",
       {{"models: [small]\n", "models: [small, small]\n"}},
       {"33:21: `small` is in `models` twice; the first is on line 33"}},
  };
  expect_problems(cases);
}

}  // namespace
}  // namespace gh::policy
