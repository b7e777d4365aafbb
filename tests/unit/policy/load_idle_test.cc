// Values that can decide nothing are problems or noted; what looks like one and is none passes.

#include "policy_cases.h"

namespace gh::policy {
namespace {

constexpr std::string_view kListen = "  - address: 127.0.0.1:8443";
constexpr std::string_view kRequest = "  request: { max_tokens: 1024 }";  // of `defaults`

// covers: gateways-3-20
TEST(LoadIdle, NotesCapsThatNeverDecide) {
  const std::vector<Case> cases = {
      {"a product above n times max_tokens",
       {{"{ n: 4 }", "{ n: 4, n_times_max_tokens: 5000 }"}},
       {"34:42: `n_times_max_tokens` can never apply: `n` times `max_tokens` is 4096; lower it "
        "or"}},
      {"a prompt above every context",
       {{"{ n: 4 }", "{ n: 4, max_prompt_tokens: 8193 }"}},
       {"34:41: `max_prompt_tokens` can never apply: the longest context of a model of tenant "
        "`beta` is 8192; write that or less"}},
      {"a prompt above the context of an embedding model",
       {{"[small, support, embed]", "[embed]\n    request: { max_prompt_tokens: 513 }"}},
       {"7:11: nothing is sent to upstream `llama`", "18:16: no tenant may use adapter `support`",
        "32:35: `max_prompt_tokens` can never apply: the longest context of a model of tenant "
        "`alpha` is 512; write that or less"}},
      {"tools above the body",
       {{"{ n: 4 }", "{ max_body: 10KiB, tool_bytes: 20KiB }"}},
       {"34:45: `tool_bytes` can never apply: no body may have more than `max_body`, 10240 "
        "bytes;"}},
      {"a schema above the body",
       {{"{ n: 4 }", "{ max_body: 10KiB, schema_bytes: 10241 }"}},
       {"34:47: `schema_bytes` can never apply: no body may have more than `max_body`, 10240"}},
      {"media above the usual body",
       {{"{ n: 4 }", "{ media: data, media_bytes: 4MiB }"}},
       {"34:42: `media_bytes` can never apply: no body may have more than `max_body`, 1048576"}},
      {"a body above what a tenant may hold",
       {{"{ n: 4 }", "{ max_body: 9MiB }"}, {"drain: 30s", "memory: { bodies_per_tenant: 8MiB }"}},
       {"34:26: `max_body`: 9437184 bytes never fit into `memory.bodies_per_tenant`, 8388608: "
        "each"}},
      {"a body above what a worker may hold",
       {{"{ n: 4 }", "{ max_body: 9MiB }"}, {"drain: 30s", "memory: { bodies_per_worker: 8MiB }"}},
       {"34:26: `max_body`: 9437184 bytes never fit into `memory.bodies_per_worker`, 8388608: "
        "each"}},
      {"a body above the usual room",
       {{kRequest, "  request: { max_body: 64MiB }"},
        {"drain: 30s", "memory: { bodies_per_tenant: 63MiB }"}},
       {"24:24: `max_body`: 67108864 bytes never fit into `memory.bodies_per_tenant`, 66060288:"}},
  };
  expect_notes(cases);
}

TEST(LoadIdle, JudgesDefaultsByAllWhoInheritThem) {
  const std::vector<Case> noted = {
      {"a prompt above every tenant's contexts",
       {{kRequest, "  request: { max_prompt_tokens: 9000 }"}},
       {"24:33: `max_prompt_tokens` can never apply: the longest context of a model of tenant"}},
      {"tools above the body of all",
       {{kRequest, "  request: { max_body: 10KiB, tool_bytes: 20KiB }"}},
       {"24:43: `tool_bytes` can never apply: no body may have more than `max_body`, 10240 "
        "bytes;"}},
      {"tools that nobody may use",
       {{kRequest, "  request: { tools: deny, tool_count: 2 }"}},
       {"24:39: `tool_count` can never apply: `tools` is deny; remove it"}},
      {"media that nobody may send",
       {{kRequest, "  request: { media: deny, media_count: 2 }"}},
       {"24:40: `media_count` can never apply: `media` is deny; remove it"}},
      {"inputs without embeddings",
       {{kRequest, "  request: { inputs: 5 }"}, {"[small, support, embed]", "[small, support]"}},
       {"19:11: no tenant may use model `embed`",
        "24:22: `inputs` can never apply: no model that it is for has `embeddings`; remove it"}},
  };
  expect_notes(noted);
  const std::vector<Case> accepted = {
      {"inputs for the one tenant with embeddings", {{kRequest, "  request: { inputs: 5 }"}}, {}},
      {"a prompt that fits one tenant's model",
       {{kRequest, "  request: { max_prompt_tokens: 8000 }"},
        {"[small, support, embed]", "[small, embed]"},
        {"    adapters: [support]\n", ""},
        {"    models: [small]\n    request: { n: 4 }\n    upstream: { small: own }",
         "    models: [embed]"},
        {"    url: unix:/run/own.sock\n    vllm: 0.10.2",
         "    url: unix:/run/own.sock\n    vllm: 0.10.2\n    prefix_caching: false"}},
       {}},
      {"tools above the small body of one tenant",
       {{kRequest, "  request: { tool_bytes: 64KiB }"}, {"{ n: 4 }", "{ max_body: 10KiB }"}},
       {}},
      {"a cap on tools that one tenant may use",
       {{kRequest, "  request: { tools: deny, tool_count: 2 }"}, {"{ n: 4 }", "{ tools: allow }"}},
       {}},
      {"as much as goes",
       {{kRequest, "  request: { tool_bytes: 1KiB, n_times_max_tokens: 1024 }"},
        {"{ n: 4 }",
         "{ n: 4, n_times_max_tokens: 4096, max_body: 32KiB, tool_bytes: 32KiB, "
         "max_prompt_tokens: 8192 }"}},
       {}},
      {"a body of just the room",
       {{"{ n: 4 }", "{ max_body: 8MiB }"}, {"drain: 30s", "memory: { bodies_per_tenant: 8MiB }"}},
       {}},
      {"usual media above the usual body", {{"{ n: 4 }", "{ media: data }"}}, {}},
  };
  expect_notes(accepted);
}

TEST(LoadIdle, RefusesLimitsPerAddressWithoutAddresses) {
  const std::vector<Case> cases = {
      {"connections by a socket",
       {{kListen, "  - address: unix:/run/g.sock\n    limits: { per_ip: { connections: 3 } }"}},
       {"4:38: `connections` can never apply: connections to a Unix socket have no address"}},
      {"connections by a socket with forwarded requests",
       {{kListen,
         "  - address: unix:/run/g.sock\n"
         "    proxies: { trusted: [unix], address: x-forwarded-for }\n"
         "    limits: { per_ip: { connections: 3, requests: { rate: 1/s } } }"}},
       {"5:38: `connections` can never apply: connections to a Unix socket have no address"}},
      {"requests by a socket",
       {{kListen,
         "  - address: unix:/run/g.sock\n    limits: { per_ip: { requests: { rate: 1/s } } }"}},
       {"4:35: `requests` can never apply to one address: clients of a Unix socket have none"}},
  };
  expect_problems(cases);
  const std::vector<Case> noted = {
      {"more connections of one address than there may be",
       {{kListen,
         "  - address: 127.0.0.1:8443\n    limits: { connections: 100, per_ip: { connections: 101 "
         "} }"}},
       {"4:56: `connections` can never apply: all addresses together have 100 at most,"}},
      {"a handshake without TLS",
       {{kListen, "  - address: 127.0.0.1:8443\n    timeouts: { handshake: 5s }"}},
       {"4:28: `handshake` can never apply: there is no `tls` here; remove it"}},
  };
  expect_notes(noted);
  const std::vector<Case> accepted = {
      {"a proxy that says the address of a connection",
       {{kListen,
         "  - address: unix:/run/g.sock\n"
         "    proxies: { trusted: [unix], address: proxy-v2 }\n"
         "    timeouts: { handshake: 5s }\n"
         "    limits: { per_ip: { connections: 3, requests: { rate: 1/s } } }"}},
       {}},
      {"a proxy that says the address of a request",
       {{kListen,
         "  - address: unix:/run/g.sock\n"
         "    proxies: { trusted: [unix], address: x-forwarded-for }\n"
         "    limits: { per_ip: { requests: { rate: 1/s }, failed_auth: { rate: 1/s } } }"}},
       {}},
      {"connections in all",
       {{kListen, "  - address: unix:/run/g.sock\n    limits: { connections: 30 }"}},
       {}},
  };
  expect_notes(accepted);
}

}  // namespace
}  // namespace gh::policy
