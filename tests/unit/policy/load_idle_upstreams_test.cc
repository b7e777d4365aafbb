// Values of a tenant that its upstreams leave nothing to decide for.

#include "policy_cases.h"

namespace gh::policy {
namespace {

constexpr std::string_view kRequest = "  request: { max_tokens: 1024 }";  // of `defaults`
constexpr std::string_view kLlama = "    url: http://127.0.0.1:8000\n    vllm: 0.10.2";
constexpr std::string_view kOwn = "    url: unix:/run/own.sock\n    vllm: 0.10.2";

TEST(LoadIdleUpstreams, KnowsThatAVersionHasNoTools) {
  constexpr std::string_view kOld = "    url: http://127.0.0.1:8000\n    vllm: 0.4.3";
  const Edit old{kLlama, kOld};
  const Edit by_itself{"{ small: own }", "{ small: llama }"};
  const std::vector<Case> refused = {
      {"a count of tools",
       {old,
        {"{ n: 4 }", "{ tool_count: 4 }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed]"}},
       {"34:28: `tool_count` can never apply: no vLLM that it is for takes `tools`; remove it"}},
      {"tools and their bytes",
       {old,
        {"{ n: 4 }", "{ tool_count: 4, tool_bytes: 2KiB }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed]"}},
       {"34:28: `tool_count` can never apply: no vLLM that it is for takes `tools`; remove it",
        "34:43: `tool_bytes` can never apply: no vLLM that it is for takes `tools`; remove it"}},
      {"tools that are denied as well",
       {old,
        {"{ n: 4 }", "{ tools: deny, tool_count: 4 }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed]"}},
       {"34:41: `tool_count` can never apply: `tools` is deny; remove it"}},
  };
  expect_problems(refused);
  const std::vector<Case> noted = {
      {"in the defaults of all",
       {old,
        {kRequest, "  request: { tool_count: 4 }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed]"}},
       {"18:16: no tenant may use adapter `support`",
        "24:26: `tool_count` can never apply: no model that it is for has `chat`; remove it"}},
  };
  expect_notes(noted);
  const std::vector<Case> accepted = {
      {"an instance of the tenant's own that is newer",
       {old, {"{ n: 4 }", "{ tool_count: 4 }"}, {"[small, support, embed]", "[embed, support]"}},
       {}},
      {"other caps, whose fields are as old",
       {old,
        {"{ n: 4 }", "{ n: 4, stop: 2, logprobs: 3, schema_bytes: 2KiB, schema_depth: 5 }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed, support]"},
        {kOld, "    url: http://127.0.0.1:8000\n    prefix_caching: false\n    vllm: 0.4.3"}},
       {}},
      {"tools: deny by itself",
       {old,
        {"{ n: 4 }", "{ tools: deny }"},
        by_itself,
        {"    models: [small, support, embed]", "    models: [embed, support]"},
        {kOld, "    url: http://127.0.0.1:8000\n    prefix_caching: false\n    vllm: 0.4.3"}},
       {}},
  };
  expect_notes(accepted);
}

TEST(LoadIdleUpstreams, NotesIsolationWhereNothingIsCached) {
  const Edit llama_off{
      kLlama, "    url: http://127.0.0.1:8000\n    vllm: 0.10.2\n    prefix_caching: false"};
  const Edit own_off{kOwn,
                     "    url: unix:/run/own.sock\n    vllm: 0.10.2\n    prefix_caching: false"};
  const std::vector<Case> noted = {
      {"by user",
       {own_off, {"    request: { n: 4 }", "    isolation: { cache: user }"}},
       {"35:25: `cache` can never apply: every upstream of tenant `beta` has `prefix_caching: "
        "false`"}},
      {"by request",
       {own_off, {"    request: { n: 4 }", "    isolation: { cache: request }"}},
       {"35:25: `cache` can never apply: every upstream of tenant `beta` has"}},
      {"for all",
       {llama_off, own_off, {"defaults:", "defaults:\n  isolation: { cache: user }"}},
       {"26:23: `cache` can never apply: every upstream of tenant `alpha` has"}},
  };
  expect_notes(noted);
  const std::vector<Case> accepted = {
      {"where another upstream caches",
       {llama_off, {"    request: { n: 4 }", "    isolation: { cache: user }"}},
       {}},
      {"one tenant of those who inherit it has a cache",
       {own_off, {"defaults:", "defaults:\n  isolation: { cache: user }"}},
       {}},
      {"each tenant by itself, as always",
       {llama_off, own_off, {"    request: { n: 4 }", "    isolation: { cache: tenant }"}},
       {}},
      {"nothing written", {llama_off, own_off}, {}},
  };
  expect_notes(accepted);
}

TEST(LoadIdleUpstreams, NotesMoreAtOnceThanUpstreamsTake) {
  const Edit own_two{kOwn, "    url: unix:/run/own.sock\n    vllm: 0.10.2\n    in_flight: 2"};
  const std::vector<Case> noted = {
      {"a tenant's",
       {own_two, {"    request: { n: 4 }", "    limits: { concurrent: 3 }"}},
       {"35:27: `concurrent`: 3 is more than upstream `own` takes at once, 2 (`in_flight`): what "
        "is above that gets 503"}},
      {"a key's and a user's, with none of the whole",
       {own_two,
        {"    concurrent: 8\n", ""},
        {"    request: { n: 4 }",
         "    limits: { per_key: { concurrent: 3 }, per_user: { concurrent: 4 } }"}},
       {"34:38: `concurrent`: 3 is more than upstream `own` takes at once",
        "34:67: `concurrent`: 4 is more than upstream `own` takes at once"}},
      {"a key's under the tighter one of the whole",
       {own_two,
        {"    request: { n: 4 }", "    limits: { concurrent: 2, per_key: { concurrent: 3 } }"}},
       {"35:53: `tenants.beta.limits.per_key.concurrent` never binds:"}},
      {"of two upstreams together",
       {{kLlama, "    url: http://127.0.0.1:8000\n    vllm: 0.10.2\n    in_flight: 4"},
        own_two,
        {"[small, support, embed]", "[small, support, embed]\n    limits: { concurrent: 7 }"}},
       {"29:17: `concurrent`: 8 is more than upstream `own` takes at once, 2",  // of beta
        "34:27: `concurrent`: 7 is more than its 2 upstreams take at once, 6 (`in_flight`)"}},
      {"a model's",
       {{"    max_model_len: 512", "    max_model_len: 512\n    limits: { concurrent: 1025 }"}},
       {"19:11: `models.embed.limits.concurrent`: 1025 is more than upstream `own` takes at once, "
        "1024"}},
      {"everybody's",
       {{"drain: 30s", "limits: { concurrent: 2049 }"}},
       {"37:23: `concurrent`: 2049 is more than its 2 upstreams take at once, 2048"}},
  };
  expect_notes(noted);
  const std::vector<Case> accepted = {
      {"as many", {own_two, {"    request: { n: 4 }", "    limits: { concurrent: 2 }"}}, {}},
      {"in the defaults, for one who may use more", {own_two}, {}},
      {"a model with a second instance",
       {{"    max_model_len: 8192", "    max_model_len: 8192\n    limits: { concurrent: 1500 }"}},
       {}},
      {"everybody's, as many", {{"drain: 30s", "limits: { concurrent: 2048 }"}}, {}},
  };
  expect_notes(accepted);
}

}  // namespace
}  // namespace gh::policy
