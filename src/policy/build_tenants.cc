#include <algorithm>
#include <map>

#include "base/text.h"
#include "policy/build.h"
#include "policy/tenant_rules.h"

namespace gh::policy {
namespace {

CacheIsolation read_isolation(const Section& section) {
  using Kind = CacheIsolation::Kind;
  const std::string mode = section.text("cache");
  if (mode.starts_with("group:")) return {Kind::group, mode.substr(6)};
  if (mode == "user") return {Kind::user, ""};
  if (mode == "request") return {Kind::request, ""};
  if (mode == "shared") return {Kind::shared, ""};
  return {Kind::tenant, ""};
}

class TenantBuilder {
 public:
  TenantBuilder(Draft& draft, const Section& root)
      : draft_(draft), report_(draft.report), defaults_(root.section("defaults")) {}

  void build(const Section& section) {
    Tenant tenant;
    tenant.name = section.text("name");
    instances(section, grants(section, tenant), tenant);
    const Section request = section.section_over("request", defaults_);
    const Section isolation = section.section_over("isolation", defaults_);
    tenant.request = read_request(request);
    check_request(request, tenant, draft_.snapshot, idle_);
    const Section limits = section.section_over("limits", defaults_);
    tenant.limits = read_limits(limits);
    note_idle(limits, tenant.limits.whole, draft_.snapshot.global.whole);
    check_concurrency(limits, tenant, draft_.snapshot, idle_);
    // A key and a user have one tenant, so what binds each of them everywhere binds them there.
    narrow(tenant.limits.per_key, draft_.snapshot.global.per_key);
    narrow(tenant.limits.per_user, draft_.snapshot.global.per_user);
    tenant.isolation = read_isolation(isolation);
    check_isolation(isolation, tenant, draft_.snapshot, idle_);
    if (!enter_name(section, "tenant", draft_.snapshot.tenants.size(), draft_.tenant_names)) return;
    draft_.snapshot.tenants.push_back(std::move(tenant));
    draft_.tenants.push_back({section.at("name"), request.at("max_body"), isolation.at("cache")});
  }

  // After the last one.
  void tell_idle_values() const { idle_.tell(report_); }

 private:
  // Whether every one of them could be resolved.
  bool grants(const Section& section, Tenant& tenant) {
    bool all = section.written("models");
    for (const Word& word : section.words("models")) {
      const auto found = draft_.model_names.find(word.text);
      if (found == draft_.model_names.end()) {
        report_unknown(report_, word, "model", draft_.model_names);
        all = false;
        continue;
      }
      const std::size_t model = found->second.index;
      tenant.grants.push_back({model, draft_.snapshot.models[model].upstream});
    }
    std::ranges::sort(tenant.grants, {}, &Grant::model);
    return all && !tenant.grants.empty();
  }

  // Its own instances. Adapters go where their model goes, unless they are named themselves.
  void instances(const Section& section, bool all_granted, Tenant& tenant) {
    std::map<std::string_view, std::size_t> moved;
    const std::vector<Route> routes = section.routes("upstream");
    for (const Route& route : routes) {
      const auto upstream = draft_.upstream_names.find(route.upstream.text);
      if (upstream == draft_.upstream_names.end()) {
        report_unknown(report_, route.upstream, "upstream", draft_.upstream_names);
      } else {
        moved.emplace(route.model.text, upstream->second.index);
      }
      if (all_granted) check_route(route, tenant);
    }
    for (Grant& grant : tenant.grants) {
      const auto of_base = moved.find(draft_.snapshot.models[grant.model].base);
      const auto of_itself = moved.find(draft_.snapshot.models[grant.model].name);
      if (of_base != moved.end()) grant.upstream = of_base->second;
      if (of_itself != moved.end()) grant.upstream = of_itself->second;
    }
  }

  void check_route(const Route& route, const Tenant& tenant) {
    const auto found = draft_.model_names.find(route.model.text);
    if (found == draft_.model_names.end()) {
      report_unknown(report_, route.model, "model", draft_.model_names);
      return;
    }
    const bool used = std::ranges::any_of(tenant.grants, [&](const Grant& grant) {
      return grant.model == found->second.index ||
             draft_.snapshot.models[grant.model].base == route.model.text;
    });
    if (!used) {
      report_.problem(
          route.model.at,
          "`upstream`: `{}` is not among the tenant's `models`; add it there, or remove "
          "this",
          route.model.text);
    }
  }

  Draft& draft_;
  Report& report_;
  Section defaults_;
  IdleValues idle_;
};

}  // namespace

RequestCaps read_request(const Section& section) {
  RequestCaps caps;
  caps.max_body = section.number("max_body");
  caps.max_prompt_tokens = section.number32("max_prompt_tokens");
  caps.max_tokens = section.number32("max_tokens");
  caps.default_max_tokens = section.number32("default_max_tokens");
  if (!section.has("default_max_tokens") && caps.default_max_tokens > caps.max_tokens) {
    caps.default_max_tokens = caps.max_tokens;
    section.computed("default_max_tokens", std::to_string(caps.default_max_tokens));
  }
  caps.n = section.number32("n");
  caps.n_times_max_tokens = section.number("n_times_max_tokens");
  if (caps.n_times_max_tokens == 0) {
    caps.n_times_max_tokens = std::uint64_t{caps.n} * caps.max_tokens;
    section.computed("n_times_max_tokens", std::to_string(caps.n_times_max_tokens));
  }
  caps.prompts = section.number32("prompts");
  caps.inputs = section.number32("inputs");
  caps.messages = section.number32("messages");
  caps.stop = section.number32("stop");
  caps.logprobs = section.number32("logprobs");
  caps.tools = section.text("tools") == "allow";
  caps.tool_count = section.number32("tool_count");
  caps.tool_bytes = section.number("tool_bytes");
  caps.schema_bytes = section.number("schema_bytes");
  caps.schema_depth = section.number32("schema_depth");
  caps.media = section.text("media") == "data" ? Media::data : Media::deny;
  caps.media_count = section.number32("media_count");
  caps.media_bytes = section.number("media_bytes");
  return caps;
}

void build_tenants(Draft& draft, const Section& root) {
  TenantBuilder builder(draft, root);
  for (const Section& section : root.sections("tenants")) builder.build(section);
  builder.tell_idle_values();
  std::vector<std::size_t> order;
  for (const auto& [name, named] : draft.tenant_names) order.push_back(named.index);
  std::vector<Tenant> sorted;
  std::vector<TenantPlace> places;
  for (std::size_t index : order) {
    sorted.push_back(std::move(draft.snapshot.tenants[index]));
    places.push_back(draft.tenants[index]);
  }
  draft.snapshot.tenants = std::move(sorted);
  draft.tenants = std::move(places);
}

}  // namespace gh::policy
