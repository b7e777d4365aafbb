#include "policy/explain.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace gh::policy {
namespace {

class Explainer {
 public:
  Explainer(const Loaded& loaded, const Question& question)
      : loaded_(loaded), snapshot_(*loaded.snapshot), question_(question) {}

  Explanation answer() && {
    out_.grant = decide();
    if (out_.grant != nullptr) {
      const Model& model = snapshot_.models[out_.grant->model];
      list_limits(model, snapshot_.upstreams[out_.grant->upstream]);
      list_caps(model);
    }
    return std::move(out_);
  }

 private:
  // The grant that the request would use; null when it is refused before. In the order of the
  // gateway: route, caller, endpoint, model.
  const Grant* decide() {
    const auto endpoint = std::ranges::find(vllm::kEndpoints, question_.endpoint,
                                            [](vllm::Endpoint e) { return vllm::name(e); });
    if (endpoint == std::end(vllm::kEndpoints)) {
      return refuse(Code::not_found, "routes",
                    fmt::format("no endpoint `{}`; they are chat, completions and embeddings",
                                escape(question_.endpoint, 64)));
    }
    tenant_ = snapshot_.tenant(question_.tenant);
    if (tenant_ == nullptr) {
      return refuse(Code::invalid_api_key, "authentication",
                    fmt::format("no tenant `{}`", escape(question_.tenant, 64)));
    }
    if (!question_.key_endpoints.empty()) {
      out_.grants.push_back({key_path("endpoints"), names(question_.key_endpoints), key()});
      if (!question_.key_endpoints.has(*endpoint)) {
        return refuse(Code::endpoint_not_allowed, key_path("endpoints"),
                      "the key is narrowed to other endpoints");
      }
    }
    const Grant* grant = granted();
    return grant == nullptr ? nullptr : placed(*grant, *endpoint);
  }

  const Grant* granted() {
    grant_step(tenant_path("models"));
    const Grant* grant = snapshot_.grant(*tenant_, question_.model);
    if (grant == nullptr) {
      return refuse(Code::model_not_found, tenant_path("models"),
                    fmt::format("tenant `{}` may not use a model `{}`", tenant_->name,
                                escape(question_.model, 128)));
    }
    const auto& only = question_.key_models;
    if (only.empty()) return grant;
    out_.grants.push_back({key_path("models"), fmt::format("[{}]", fmt::join(only, ", ")), key()});
    if (std::ranges::find(only, question_.model) != only.end()) return grant;
    return refuse(Code::model_not_found, key_path("models"), "the key is narrowed to other models");
  }

  const Grant* placed(const Grant& grant, vllm::Endpoint endpoint) {
    const Model& model = snapshot_.models[grant.model];
    const std::string rule = model_rule(model) + ".endpoints";
    grant_step(rule);
    // To a client the same as a model that is not there.
    if (!model.endpoints.has(endpoint)) {
      return refuse(
          Code::model_not_found, rule,
          fmt::format("model `{}` is not offered for `{}`", model.name, question_.endpoint));
    }
    for (const std::string& place :
         {tenant_path("upstream." + model.name), tenant_path("upstream." + model.base),
          model_rule(model) + ".upstream"}) {
      if (grant_step(place)) break;
    }
    grant_step(tenant_path("isolation.cache"));
    return &grant;
  }

  void list_limits(const Model& model, const Upstream& upstream) {
    const auto scope = [&](const Limits& limits) {
      for (const Limit* limit : {&limits.whole, &limits.per_key, &limits.per_user}) {
        for (const Rate& rate : limit->requests) add_rate(rate);
        if (limit->concurrent) add(out_.limits, limit->concurrent->rule);
      }
    };
    // The rest of the global limits is in the tenant's.
    scope({.whole = snapshot_.global.whole, .per_key = {}, .per_user = {}});
    scope(model.limits);
    scope(tenant_->limits);
    add(out_.limits, fmt::format("upstreams.{}.in_flight", upstream.name));
    add(out_.limits, "memory.bodies_per_worker");
    add(out_.limits, "memory.bodies_per_tenant");
  }

  // Rate and burst are one rule.
  void add_rate(const Rate& rate) {
    const Effective* value = loaded_.find(rate.rule + ".rate");
    if (value == nullptr) return;
    out_.limits.push_back({rate.rule,
                           fmt::format("{{ rate: {}, burst: {} }}", value->value, rate.burst),
                           value->origin});
  }

  void list_caps(const Model& model) {
    const std::string prefix = tenant_path("request.");
    for (const Effective& value : loaded_.effective) {
      if (value.path.starts_with(prefix)) add(out_.caps, value.path);
    }
    add(out_.caps, model_rule(model) + ".max_model_len");
  }

  const Grant* refuse(Code code, std::string rule, std::string message) {
    out_.refusal = Refusal{.code = code,
                           .message = std::move(message),
                           .param = code == Code::model_not_found ? "model" : "",
                           .rule = std::move(rule),
                           .retry_after = {}};
    return nullptr;
  }

  bool grant_step(const std::string& path) { return add(out_.grants, path); }

  // False when there is no such value.
  bool add(std::vector<Step>& steps, const std::string& path) {
    const Effective* value = loaded_.find(path);
    if (value == nullptr) return false;
    steps.push_back({value->path, value->value, value->origin});
    return true;
  }

  std::string tenant_path(std::string_view name) const {
    return fmt::format("tenants.{}.{}", tenant_->name, name);
  }

  // An adapter has the settings of the model that it is on.
  std::string model_rule(const Model& model) const {
    return fmt::format("models.{}", model.base.empty() ? model.name : model.base);
  }

  std::string key_path(std::string_view name) const {
    return fmt::format("keys.{}.{}", question_.key_id, name);
  }

  std::string key() const { return fmt::format("key {}", escape(question_.key_id, 64)); }

  static std::string names(EndpointSet set) {
    std::vector<std::string_view> names;
    for (vllm::Endpoint endpoint : vllm::kEndpoints) {
      if (set.has(endpoint)) names.push_back(vllm::name(endpoint));
    }
    return fmt::format("[{}]", fmt::join(names, ", "));
  }

  const Loaded& loaded_;
  const Snapshot& snapshot_;
  const Question& question_;
  const Tenant* tenant_ = nullptr;
  Explanation out_;
};

}  // namespace

Explanation explain(const Loaded& loaded, const Question& question) {
  GH_DCHECK(loaded.snapshot != nullptr);
  return Explainer(loaded, question).answer();
}

}  // namespace gh::policy
