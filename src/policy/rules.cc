#include "policy/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policy/tenant_rules.h"

namespace gh::policy {
namespace {

using Kind = CacheIsolation::Kind;

bool is_unlimited(const Limits& limits) {
  return limits.whole.empty() && limits.per_key.empty() && limits.per_user.empty();
}

// The endpoints of `model` on which `upstream` would mix what its tenants send: it caches
// prefixes, and the endpoint takes no salt.
std::string unsalted_endpoints(const Upstream& upstream, const Model& model) {
  std::string names;
  if (!upstream.prefix_caching || upstream.surface.version == vllm::Version{}) return names;
  for (vllm::Endpoint endpoint : vllm::kEndpoints) {
    if (!model.endpoints.has(endpoint)) continue;
    if (upstream.surface.cache_salt[static_cast<std::size_t>(endpoint)]) continue;
    names += (names.empty() ? "" : ", ") + std::string(vllm::name(endpoint));
  }
  return names;
}

// Tenants that may share a cache have the same one.
std::string sharing_domain(const Tenant& tenant) {
  switch (tenant.isolation.kind) {
    case Kind::group:
      return "group:" + tenant.isolation.group;
    case Kind::shared:
      return "shared";
    case Kind::tenant:
    case Kind::user:
    case Kind::request:
      break;
  }
  return "tenant:" + tenant.name;
}

// Isolation by salt where the upstream has no salt: possible only while everybody on the upstream
// may share.
class UnsaltedCaches {
 public:
  explicit UnsaltedCaches(Draft& draft) : draft_(draft), caches_(draft.snapshot.upstreams.size()) {}

  void check() {
    const std::vector<Tenant>& tenants = draft_.snapshot.tenants;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      for (const Grant& grant : tenants[i].grants) add(tenants[i], draft_.tenants[i], grant);
    }
    for (std::size_t i = 0; i < caches_.size(); ++i) {
      if (caches_[i].domains.size() < 2) continue;
      const Upstream& upstream = draft_.snapshot.upstreams[i];
      draft_.report.problem(
          draft_.upstreams[i],
          "tenants {} would share the prefix cache of upstream `{}`: vLLM {} takes no cache_salt "
          "for {}; give each an upstream of its own (`upstream` of the tenant), start it without "
          "prefix caching and write `prefix_caching: false`, or use a newer vLLM",
          caches_[i].tenants, upstream.name, upstream.surface.version.text(), caches_[i].endpoints);
    }
  }

 private:
  struct Cache {
    std::set<std::string> domains;
    std::string tenants;  // one of each domain, for the message
    std::string endpoints;
  };

  void add(const Tenant& tenant, const TenantPlace& place, const Grant& grant) {
    if (grant.upstream == kNowhere) return;
    const Upstream& upstream = draft_.snapshot.upstreams[grant.upstream];
    const std::string endpoints = unsalted_endpoints(upstream, draft_.snapshot.models[grant.model]);
    if (endpoints.empty()) return;
    const Kind kind = tenant.isolation.kind;
    if (kind == Kind::user || kind == Kind::request) {
      draft_.report.problem(
          place.isolation,
          "`cache`: tenant `{}` cannot have `{}` on upstream `{}`: vLLM {} takes no cache_salt for "
          "{}; write `prefix_caching: false` when it was started so, or use a newer vLLM",
          tenant.name, kind == Kind::user ? "user" : "request", upstream.name,
          upstream.surface.version.text(), endpoints);
    }
    Cache& cache = caches_[draft_.caches[grant.upstream]];
    if (cache.endpoints.empty()) cache.endpoints = endpoints;
    if (cache.domains.insert(sharing_domain(tenant)).second && cache.domains.size() <= 4) {
      cache.tenants += fmt::format("{}`{}`", cache.tenants.empty() ? "" : ", ", tenant.name);
    }
  }

  Draft& draft_;
  std::vector<Cache> caches_;
};

// A body for which there is no room even when it is the only one would get 503 for ever, and a
// client would try again for ever.
void check_body_room(Draft& draft) {
  const Snapshot& snapshot = draft.snapshot;
  const bool tenant_is_less = snapshot.body_bytes_per_tenant <= snapshot.body_bytes_per_worker;
  const std::uint64_t room =
      tenant_is_less ? snapshot.body_bytes_per_tenant : snapshot.body_bytes_per_worker;
  for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
    const std::uint64_t most = snapshot.tenants[i].request.max_body;
    if (most <= room) continue;
    draft.report.note(draft.tenants[i].max_body,
                      "`max_body`: {} bytes never fit into `memory.{}`, {}: each such body would "
                      "be refused for ever; lower it, or raise that",
                      most, tenant_is_less ? "bodies_per_tenant" : "bodies_per_worker", room);
  }
}

void check_unused(Draft& draft) {
  const Snapshot& snapshot = draft.snapshot;
  std::set<std::string_view> used;  // models, and the models that used adapters are on
  std::vector<bool> upstream_used(snapshot.upstreams.size());
  std::vector<bool> granted(snapshot.models.size());
  for (const Tenant& tenant : snapshot.tenants) {
    for (const Grant& grant : tenant.grants) {
      granted[grant.model] = true;
      used.insert(snapshot.models[grant.model].name);
      used.insert(snapshot.models[grant.model].base);
      if (grant.upstream != kNowhere) upstream_used[grant.upstream] = true;
    }
  }
  for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
    const Model& model = snapshot.models[i];
    const yaml::Position at = draft.models[i];
    if (granted[i]) continue;
    const bool binds = used.contains(model.name) || !model.adapter.empty();
    if (!binds && !is_unlimited(model.limits)) {
      draft.report.problem(
          at,
          "the `limits` of model `{}` bind nobody: no tenant may use it; list it in the "
          "`models` of one, or remove them",
          model.name);
    } else {
      draft.report.note(at, "no tenant may use {} `{}`",
                        model.adapter.empty() ? "model" : "adapter", model.name);
    }
  }
  for (std::size_t i = 0; i < snapshot.upstreams.size(); ++i) {
    if (upstream_used[i]) continue;
    draft.report.note(draft.upstreams[i], "nothing is sent to upstream `{}`",
                      snapshot.upstreams[i].name);
  }
}

// An adapter counts as the model that it is on.
void note_concurrency(Draft& draft) {
  const Snapshot& snapshot = draft.snapshot;
  std::map<std::string_view, std::set<std::size_t>> upstreams;  // by the model's name
  for (const Tenant& tenant : snapshot.tenants) {
    for (const Grant& grant : tenant.grants) {
      const Model& model = snapshot.models[grant.model];
      upstreams[model.base.empty() ? model.name : model.base].insert(grant.upstream);
    }
  }
  for (std::size_t i = 0; i < snapshot.models.size(); ++i) {
    const Model& model = snapshot.models[i];
    const auto& most = model.limits.whole.concurrent;
    if (!most || !model.base.empty()) continue;
    const std::string excess = above_in_flight(most->most, upstreams[model.name], snapshot);
    if (!excess.empty()) draft.report.note(draft.models[i], "`{}`: {}", most->rule, excess);
  }
}

void note_sharing(Draft& draft) {
  const std::vector<Tenant>& tenants = draft.snapshot.tenants;
  std::map<std::string_view, std::size_t> members;
  for (const Tenant& tenant : tenants) ++members[tenant.isolation.group];
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    const CacheIsolation& isolation = tenants[i].isolation;
    const yaml::Position at = draft.tenants[i].isolation;
    if (isolation.kind == Kind::shared) {
      draft.report.note(at, "`cache: shared`: tenant `{}` can learn by timing what others asked",
                        tenants[i].name);
    } else if (isolation.kind == Kind::group && members[isolation.group] == 1) {
      draft.report.note(at, "`cache`: tenant `{}` is alone in group `{}`", tenants[i].name,
                        isolation.group);
    }
  }
}

}  // namespace

void check_rules(Draft& draft) {
  UnsaltedCaches(draft).check();
  check_body_room(draft);
  check_unused(draft);
  note_concurrency(draft);
  note_sharing(draft);
}

}  // namespace gh::policy
