#include <algorithm>

#include "identity/directory.h"

namespace gh::identity {
namespace {

// Whether `a` refills more slowly than `b`. 128 bits hold any product of two 64-bit numbers.
bool slower(const policy::Rate& a, const policy::Rate& b) {
  using Wide = unsigned __int128;
  return Wide{a.count} * static_cast<std::uint64_t>(b.period.count()) <
         Wide{b.count} * static_cast<std::uint64_t>(a.period.count());
}

void narrow(std::optional<policy::Rate>& rate, const policy::Rate& by, const std::string& rule) {
  if (!rate) {
    rate = by;
    rate->rule = rule;
    return;
  }
  if (slower(by, *rate)) {
    rate->count = by.count;
    rate->period = by.period;
    rate->rule = rule;
  }
  if (by.burst < rate->burst) {
    rate->burst = by.burst;
    rate->rule = rule;
  }
}

void narrow(std::optional<policy::Concurrency>& concurrency, std::uint32_t most,
            const std::string& rule) {
  if (!concurrency || most < concurrency->most) concurrency = policy::Concurrency{most, rule};
}

void narrow(policy::RequestCaps& caps, const KeyLimits& by) {
  const auto lower = [](std::uint32_t& cap, std::optional<std::uint32_t> to) {
    if (to) cap = std::min(cap, *to);
  };
  lower(caps.max_tokens, by.max_tokens);
  lower(caps.default_max_tokens, by.max_tokens);
  lower(caps.max_prompt_tokens, by.max_prompt_tokens);
  lower(caps.n, by.n);
}

bool may_use(const KeyRecord& key, const std::string& model) {
  return key.models.empty() || std::ranges::find(key.models, model) != key.models.end();
}

}  // namespace

Principal Principal::resolve(const policy::Snapshot& policy, const policy::Tenant& tenant,
                             const KeyRecord& key) {
  Principal principal;
  principal.tenant = &tenant;
  principal.key_id = key.id;
  principal.user = key.user;
  principal.endpoints = key.endpoints.empty() ? policy::EndpointSet::all() : key.endpoints;
  for (const policy::Grant& grant : tenant.grants) {
    if (may_use(key, policy.models[grant.model].name)) {
      principal.grants.push_back(grant);
    }
  }
  principal.caps = tenant.request;
  narrow(principal.caps, key.limits);
  principal.limit = tenant.limits.per_key;
  const std::string rule = "keys." + key.id + ".limits.";
  if (key.limits.requests) {
    narrow(principal.limit.requests, *key.limits.requests, rule + "requests");
  }
  if (key.limits.concurrent) {
    narrow(principal.limit.concurrent, *key.limits.concurrent, rule + "concurrent");
  }
  return principal;
}

const policy::Grant* Principal::grant(const policy::Snapshot& policy,
                                      std::string_view model) const {
  const auto client_name = [&policy](const policy::Grant& grant) -> std::string_view {
    return policy.models[grant.model].name;
  };
  const auto at = std::ranges::lower_bound(grants, model, {}, client_name);
  return at != grants.end() && client_name(*at) == model ? &*at : nullptr;
}

std::vector<policy::Grant> Principal::usable_grants(const policy::Snapshot& policy) const {
  std::vector<policy::Grant> usable;
  for (const policy::Grant& grant : grants) {
    if (can_ask(policy.models[grant.model])) usable.push_back(grant);
  }
  return usable;
}

}  // namespace gh::identity
