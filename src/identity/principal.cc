#include <algorithm>

#include "identity/directory.h"

namespace gh::identity {
namespace {

policy::Limit limit_of(const KeyRecord& key) {
  const std::string rule = "keys." + key.id + ".limits.";
  policy::Limit limit;
  if (key.limits.requests) {
    limit.requests.push_back(*key.limits.requests);
    limit.requests.front().rule = rule + "requests";
  }
  if (key.limits.concurrent) {
    limit.concurrent = policy::Concurrency{*key.limits.concurrent, rule + "concurrent"};
  }
  return limit;
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
  policy::narrow(principal.limit, limit_of(key));
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
