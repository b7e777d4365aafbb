#include "policy/snapshot.h"

#include <gmock/gmock.h>

#include "policy_cases.h"

namespace gh::policy {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

std::shared_ptr<const Snapshot> snapshot_of(std::vector<Edit> edits = {}) {
  const Loaded loaded = load_edited(edits);
  for (const Problem& problem : loaded.problems) ADD_FAILURE() << format(problem);
  return loaded.snapshot;
}

TEST(Snapshot, AddressesAreWhatTheSystemTakes) {
  const Edit edits[] = {{"127.0.0.1:8443", "localhost:0"},
                        {"127.0.0.1:9443", "unix:../run/admin.sock"},
                        {"unix:/run/own.sock", "unix:own.sock"}};
  const auto loaded = load_edited(edits);
  ASSERT_NE(loaded.snapshot, nullptr);
  EXPECT_EQ(loaded.snapshot->listeners[0].address, "127.0.0.1:0");
  EXPECT_EQ(loaded.snapshot->admin->address, "unix:/run/admin.sock");
  EXPECT_EQ(loaded.snapshot->upstreams[1].urls[0].host, "/nonexistent/own.sock");
}

TEST(Snapshot, KeepsWhatTheFileSays) {
  const auto s = snapshot_of();
  ASSERT_NE(s, nullptr);
  EXPECT_EQ(s->file, "/nonexistent/p.yaml");
  EXPECT_EQ(s->state_directory, "/nonexistent/state");
  EXPECT_EQ(s->pepper_file, "/nonexistent/state/secrets/pepper");
  EXPECT_EQ(s->salt_key_file, "/nonexistent/state/secrets/salt");
  ASSERT_EQ(s->listeners.size(), 1u);
  EXPECT_EQ(s->listeners[0].address, "127.0.0.1:8443");
  ASSERT_TRUE(s->admin);
  EXPECT_EQ(s->admin->address, "127.0.0.1:9443");
  ASSERT_EQ(s->upstreams.size(), 2u);
  EXPECT_EQ(s->upstreams[0].surface.version, (vllm::Version{0, 10, 2, 0}));
  EXPECT_EQ(s->upstreams[1].urls[0].host, "/run/own.sock");
  EXPECT_EQ(s->drain, seconds(30));
  EXPECT_EQ(s->workers, 0u);
  EXPECT_TRUE(s->global.whole.requests.empty());
}

TEST(Snapshot, DefaultsAreThoseOfTheHeader) {
  const auto s = snapshot_of({{"  request: { max_tokens: 1024 }\n", ""}});
  ASSERT_NE(s, nullptr);
  const Listener& listener = s->listeners[0];
  const Listener fresh;
  EXPECT_EQ(listener.timeouts.handshake, fresh.timeouts.handshake);
  EXPECT_EQ(listener.timeouts.head, fresh.timeouts.head);
  EXPECT_EQ(listener.timeouts.body, fresh.timeouts.body);
  EXPECT_EQ(listener.timeouts.keep_alive, fresh.timeouts.keep_alive);
  EXPECT_EQ(listener.timeouts.write, fresh.timeouts.write);
  EXPECT_EQ(listener.connections, fresh.connections);
  EXPECT_EQ(listener.connections_per_ip, fresh.connections_per_ip);
  EXPECT_FALSE(listener.requests_per_ip);
  EXPECT_EQ(listener.failed_auth_per_ip,
            (Rate{30, minutes(1), 10, "listen[0].limits.per_ip.failed_auth"}));
  const Upstream& upstream = s->upstreams[0];
  const Upstream::Timeouts timeouts;
  EXPECT_EQ(upstream.timeouts.connect, timeouts.connect);
  EXPECT_EQ(upstream.timeouts.first_byte, timeouts.first_byte);
  EXPECT_EQ(upstream.timeouts.idle, timeouts.idle);
  EXPECT_EQ(upstream.timeouts.total, timeouts.total);
  EXPECT_EQ(upstream.health, seconds(10));
  EXPECT_TRUE(upstream.prefix_caching);
  EXPECT_TRUE(upstream.api_key.empty());
  const RequestCaps& caps = s->tenant("alpha")->request;
  const RequestCaps usual;
  EXPECT_EQ(caps.max_body, usual.max_body);
  EXPECT_EQ(caps.max_prompt_tokens, usual.max_prompt_tokens);
  EXPECT_EQ(caps.max_tokens, usual.max_tokens);
  EXPECT_EQ(caps.default_max_tokens, usual.default_max_tokens);
  EXPECT_EQ(caps.n_times_max_tokens, 1024u);
  EXPECT_EQ(caps.inputs, usual.inputs);
  EXPECT_EQ(caps.messages, usual.messages);
  EXPECT_EQ(caps.logprobs, 0u);
  EXPECT_TRUE(caps.tools);
  EXPECT_EQ(caps.tool_bytes, usual.tool_bytes);
  EXPECT_EQ(caps.schema_bytes, usual.schema_bytes);
  EXPECT_EQ(caps.schema_depth, usual.schema_depth);
  EXPECT_EQ(caps.media, Media::deny);
  EXPECT_EQ(caps.media_bytes, usual.media_bytes);
  const Snapshot plain;
  EXPECT_EQ(s->body_bytes_per_worker, plain.body_bytes_per_worker);
  EXPECT_EQ(s->body_bytes_per_tenant, plain.body_bytes_per_tenant);
  EXPECT_EQ(s->log_level, plain.log_level);
}

TEST(Snapshot, TenantsStartFromTheDefaults) {
  const auto s = snapshot_of({{"    request: { n: 4 }",
                               "    request: { n: 4, max_tokens: 100 }\n"
                               "    limits: { requests: { rate: 60/min }, concurrent: 2 }"}});
  ASSERT_NE(s, nullptr);
  const Tenant& alpha = *s->tenant("alpha");
  const Tenant& beta = *s->tenant("beta");
  EXPECT_EQ(alpha.request.n, 1u);
  EXPECT_EQ(alpha.request.max_tokens, 1024u);
  EXPECT_THAT(alpha.limits.whole.requests,
              ElementsAre(Rate{200, minutes(1), 20, "tenants.alpha.limits.requests"}));
  EXPECT_EQ(beta.request.n, 4u);
  EXPECT_EQ(beta.request.max_tokens, 100u);
  EXPECT_EQ(beta.request.default_max_tokens, 100u);
  EXPECT_EQ(beta.request.n_times_max_tokens, 400u);
  // A rate is one rule: the burst of the defaults is not that of another rate.
  EXPECT_THAT(beta.limits.whole.requests,
              ElementsAre(Rate{60, minutes(1), 6, "tenants.beta.limits.requests"}));
  EXPECT_EQ(beta.limits.whole.concurrent, (Concurrency{2, "tenants.beta.limits.concurrent"}));
  EXPECT_THAT(beta.limits.per_key.requests,
              ElementsAre(Rate{20, minutes(1), 5, "tenants.beta.limits.per_key.requests"}));
}

TEST(Snapshot, GlobalLimitsOfKeysAndUsersReachEveryTenant) {
  const auto per_key = [](std::string_view global) {
    const std::string limits = "limits: { per_key: { " + std::string(global) + " } }";
    const auto s = snapshot_of({{"drain: 30s", limits}});
    return s == nullptr ? Limit{} : s->tenant("beta")->limits.per_key;
  };
  // The tenant's own is { rate: 20/min, burst: 5 }.
  const std::string own = "tenants.beta.limits.per_key.requests";
  const std::string global = "limits.per_key.requests";
  const Rate of_tenant{20, minutes(1), 5, own};
  EXPECT_THAT(per_key("requests: { rate: 1/s, burst: 9 }").requests, ElementsAre(of_tenant));
  EXPECT_THAT(per_key("requests: { rate: 20/min, burst: 5 }").requests, ElementsAre(of_tenant));
  EXPECT_THAT(per_key("requests: { rate: 10/min, burst: 3 }").requests,
              ElementsAre(Rate{10, minutes(1), 3, global}));
  // Each is tighter in one way, so both are in force.
  EXPECT_THAT(per_key("requests: { rate: 10/min, burst: 9 }").requests,
              ElementsAre(of_tenant, Rate{10, minutes(1), 9, global}));
  EXPECT_THAT(per_key("requests: { rate: 30/min, burst: 2 }").requests,
              ElementsAre(of_tenant, Rate{30, minutes(1), 2, global}));
  EXPECT_EQ(per_key("concurrent: 3").concurrent, (Concurrency{3, "limits.per_key.concurrent"}));
  const auto s = snapshot_of({{"drain: 30s", "limits: { per_user: { concurrent: 2 } }"}});
  ASSERT_NE(s, nullptr);
  EXPECT_EQ(s->tenant("alpha")->limits.per_user.concurrent,
            (Concurrency{2, "limits.per_user.concurrent"}));
}

TEST(Snapshot, AdaptersAreModels) {
  const auto s = snapshot_of({{"    adapters", "    limits: { concurrent: 3 }\n    adapters"}});
  ASSERT_NE(s, nullptr);
  std::vector<std::string> names;
  for (const Model& model : s->models) names.push_back(model.name);
  EXPECT_THAT(names, ElementsAre("embed", "small", "support"));
  const Model& support = *s->model("support");
  EXPECT_EQ(support.adapter, "support");
  EXPECT_EQ(support.served_as, "support");
  EXPECT_EQ(support.base, "small");
  EXPECT_EQ(support.upstream, s->model("small")->upstream);
  EXPECT_EQ(support.endpoints, s->model("small")->endpoints);
  EXPECT_EQ(support.max_model_len, 8192u);
  EXPECT_EQ(support.limits.whole.concurrent, (Concurrency{3, "models.small.limits.concurrent"}));
  EXPECT_EQ(s->model("small")->adapter, "");
}

TEST(Snapshot, FindsByNameAndNothingElse) {
  const auto s = snapshot_of();
  ASSERT_NE(s, nullptr);
  const Tenant& alpha = *s->tenant("alpha");
  const Tenant& beta = *s->tenant("beta");
  for (const char* none : {"", "a", "alph", "alphaa", "Alpha", "gamma", "zeta"}) {
    EXPECT_EQ(s->tenant(none), nullptr) << none;
    EXPECT_EQ(s->model(none), nullptr) << none;
    EXPECT_EQ(s->grant(alpha, none), nullptr) << none;
  }
  ASSERT_NE(s->grant(alpha, "support"), nullptr);
  EXPECT_EQ(s->models[s->grant(alpha, "support")->model].name, "support");
  EXPECT_EQ(s->grant(beta, "support"), nullptr);
  EXPECT_EQ(s->grant(beta, "embed"), nullptr);
}

TEST(Snapshot, ATenantsOwnInstanceTakesItsAdaptersAlong) {
  const auto s = snapshot_of({{"    models: [small]\n", "    models: [small, support]\n"}});
  ASSERT_NE(s, nullptr);
  const auto upstream = [&](const char* tenant, const char* model) {
    return s->upstreams[s->grant(*s->tenant(tenant), model)->upstream].name;
  };
  EXPECT_EQ(upstream("alpha", "small"), "llama");
  EXPECT_EQ(upstream("alpha", "support"), "llama");
  EXPECT_EQ(upstream("beta", "small"), "own");
  EXPECT_EQ(upstream("beta", "support"), "own");
}

TEST(Snapshot, AnAdapterNamedItselfGoesItsOwnWay) {
  const auto s = snapshot_of({{"    models: [small]\n", "    models: [small, support]\n"},
                              {"{ small: own }", "{ small: own, support: llama }"}});
  ASSERT_NE(s, nullptr);
  const Tenant& beta = *s->tenant("beta");
  EXPECT_EQ(s->upstreams[s->grant(beta, "small")->upstream].name, "own");
  EXPECT_EQ(s->upstreams[s->grant(beta, "support")->upstream].name, "llama");
}

TEST(Snapshot, ReadsIsolation) {
  using Kind = CacheIsolation::Kind;
  const auto kind = [](std::string_view mode) {
    const std::string text = "isolation: { cache: \"" + std::string(mode) + "\" }";
    const auto s = snapshot_of({{"request: { n: 4 }", text}});
    return s == nullptr ? CacheIsolation{} : s->tenant("beta")->isolation;
  };
  EXPECT_EQ(kind("tenant").kind, Kind::tenant);
  EXPECT_EQ(kind("user").kind, Kind::user);
  EXPECT_EQ(kind("request").kind, Kind::request);
  EXPECT_EQ(kind("shared").kind, Kind::shared);
  EXPECT_EQ(kind("group:red").kind, Kind::group);
  EXPECT_EQ(kind("group:red").group, "red");
}

TEST(Snapshot, ReadsProxiesAndLogs) {
  const auto s =
      snapshot_of({{"  - address: 127.0.0.1:8443",
                    "  - address: 127.0.0.1:8443\n"
                    "    proxies: { trusted: [10.0.0.0/8, 192.0.2.7], address: x-forwarded-for }\n"
                    "  - address: unix:/run/g.sock\n"
                    "    proxies: { trusted: [unix], address: proxy-v2 }"},
                   {"{ requests: stdout, level: info }", "{ requests: none, level: debug }"},
                   {"drain: 30s", "drain: 5s\nworkers: 3\nmemory: { bodies_per_worker: 8MiB }"}});
  ASSERT_NE(s, nullptr);
  using ClientAddress = Listener::ClientAddress;
  EXPECT_EQ(s->listeners[0].client_address, ClientAddress::x_forwarded_for);
  ASSERT_EQ(s->listeners[0].trusted_proxies.size(), 2u);
  EXPECT_EQ(s->listeners[0].trusted_proxies[0].bits, 104);
  EXPECT_FALSE(s->listeners[0].trust_unix_peers);
  EXPECT_EQ(s->listeners[1].client_address, ClientAddress::proxy_v2);
  EXPECT_TRUE(s->listeners[1].trust_unix_peers);
  EXPECT_EQ(s->request_log, RequestLog::none);
  EXPECT_EQ(s->log_level, "debug");
  EXPECT_EQ(s->drain, seconds(5));
  EXPECT_EQ(s->workers, 3u);
  EXPECT_EQ(s->body_bytes_per_worker, 8u << 20);
}

TEST(Snapshot, WordsStandForNumbers) {
  const auto s = snapshot_of({{"    url: http://127.0.0.1:8000\n",
                               "    urls: [http://127.0.0.1:8000, http://127.0.0.1:8001]\n"
                               "    health: off\n"},
                              {"{ n: 4 }", "{ n: 4, logprobs: 5, tools: deny, media: data }"}});
  ASSERT_NE(s, nullptr);
  EXPECT_FALSE(s->upstreams[0].health);
  EXPECT_EQ(s->upstreams[0].urls.size(), 2u);
  EXPECT_EQ(s->tenant("beta")->request.logprobs, 5u);
  EXPECT_FALSE(s->tenant("beta")->request.tools);
  EXPECT_EQ(s->tenant("beta")->request.media, Media::data);
}

// A version without one of the endpoints would need a check that models do not ask for it.
TEST(Snapshot, EveryKnownVersionHasEveryEndpoint) {
  for (const char* text :
       {"0.4.3", "0.5.5", "0.6.6", "0.7.3", "0.8.5", "0.9.2", "0.11.0", "0.33.0"}) {
    const auto surface = vllm::surface(*vllm::parse_version(text));
    ASSERT_TRUE(surface) << text;
    for (const auto& fields : surface->request_fields) EXPECT_FALSE(fields.empty()) << text;
  }
}

}  // namespace
}  // namespace gh::policy
