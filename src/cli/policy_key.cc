#include "cli/policy_key.h"

#include <fmt/ranges.h>

#include "identity/directory.h"

namespace gh::cli {
namespace {

using policy::Effective;

std::string per(Duration period) {
  if (period == std::chrono::seconds(1)) return "s";
  if (period == std::chrono::minutes(1)) return "min";
  return period == std::chrono::hours(1) ? "h" : "day";
}

class KeyValues {
 public:
  KeyValues(const policy::Loaded& loaded, const policy::Tenant& tenant,
            const identity::KeyRecord& key)
      : loaded_(loaded),
        tenant_(tenant),
        key_(key),
        principal_(identity::Principal::resolve(*loaded.snapshot, tenant, key)) {}

  std::vector<Effective> list() && {
    grants();
    cap("max_tokens", principal_.caps.max_tokens, tenant_.request.max_tokens);
    cap("default_max_tokens", principal_.caps.default_max_tokens,
        tenant_.request.default_max_tokens);
    cap("max_prompt_tokens", principal_.caps.max_prompt_tokens, tenant_.request.max_prompt_tokens);
    cap("n", principal_.caps.n, tenant_.request.n);
    limits();
    return std::move(out_);
  }

 private:
  void grants() {
    std::vector<std::string_view> models;
    for (const policy::Grant& grant : principal_.grants) {
      models.push_back(loaded_.snapshot->models[grant.model].name);
    }
    std::vector<std::string_view> endpoints;
    for (vllm::Endpoint endpoint : vllm::kEndpoints) {
      if (principal_.endpoints.has(endpoint)) endpoints.push_back(vllm::name(endpoint));
    }
    add("tenant", key_.tenant, own());
    add("models", fmt::format("[{}]", fmt::join(models, ", ")),
        key_.models.empty() ? tenants("models") : own());
    add("endpoints", fmt::format("[{}]", fmt::join(endpoints, ", ")),
        key_.endpoints.empty() ? "default" : own());
  }

  void cap(std::string_view name, std::uint64_t value, std::uint64_t of_tenant) {
    const std::string setting = fmt::format("request.{}", name);
    add(setting, std::to_string(value), value == of_tenant ? tenants(setting) : own());
  }

  void limits() {
    const policy::Limit& limit = principal_.limit;
    for (const policy::Rate& rate : limit.requests) {
      add("limits.requests",
          fmt::format("{{ rate: {}/{}, burst: {} }}", rate.count, per(rate.period), rate.burst),
          origin(rate.rule, ".rate"));
    }
    if (limit.concurrent) {
      add("limits.concurrent", std::to_string(limit.concurrent->most),
          origin(limit.concurrent->rule, ""));
    }
  }

  // A rule of the policy is told by its place, any other is the key's.
  std::string origin(const std::string& rule, std::string_view leaf) const {
    const Effective* value = loaded_.find(rule + std::string(leaf));
    return value == nullptr ? own() : value->origin;
  }

  std::string tenants(std::string_view setting) const {
    return origin(fmt::format("tenants.{}.{}", tenant_.name, setting), "");
  }

  std::string own() const { return fmt::format("key {}", key_.id); }

  void add(std::string_view setting, std::string value, std::string origin) {
    out_.push_back(
        {fmt::format("keys.{}.{}", key_.id, setting), std::move(value), std::move(origin)});
  }

  const policy::Loaded& loaded_;
  const policy::Tenant& tenant_;
  const identity::KeyRecord& key_;
  identity::Principal principal_;
  std::vector<Effective> out_;
};

}  // namespace

std::vector<Effective> of_key(const policy::Loaded& loaded, const policy::Tenant& tenant,
                              const identity::KeyRecord& key) {
  return KeyValues(loaded, tenant, key).list();
}

}  // namespace gh::cli
