#include "identity/rule_name.h"

#include <fmt/format.h>

#include "policy/settings.h"

namespace gh::identity {
namespace {

bool is_narrowed(std::string_view cap, const Principal& principal) {
  const policy::RequestCaps& whole = principal.tenant->request;
  const policy::RequestCaps& own = principal.caps;
  if (cap == "request.max_tokens") return own.max_tokens != whole.max_tokens;
  if (cap == "request.default_max_tokens")
    return own.default_max_tokens != whole.default_max_tokens;
  if (cap == "request.max_prompt_tokens") return own.max_prompt_tokens != whole.max_prompt_tokens;
  return cap == "request.n" && own.n != whole.n;
}

}  // namespace

std::string rule_name(std::string_view rule, const Principal& principal,
                      const policy::Model* model) {
  if (rule == "models.max_model_len" && model != nullptr) {
    return model_setting(*model, "max_model_len");
  }
  if (!rule.starts_with("request.") ||
      policy::find_setting(fmt::format("tenants[].{}", rule)) == nullptr) {
    return std::string(rule);
  }
  return is_narrowed(rule, principal) ? fmt::format("keys.{}.{}", principal.key_id, rule)
                                      : fmt::format("tenants.{}.{}", principal.tenant->name, rule);
}

std::string model_rule(const policy::Snapshot& policy, const Principal& principal,
                       std::string_view model) {
  if (policy.grant(*principal.tenant, model) == nullptr) {
    return fmt::format("tenants.{}.models", principal.tenant->name);
  }
  const policy::Grant* grant = principal.grant(policy, model);
  if (grant == nullptr) return fmt::format("keys.{}.models", principal.key_id);
  return model_setting(policy.models[grant->model], "endpoints");
}

std::string model_setting(const policy::Model& model, std::string_view setting) {
  return fmt::format("models.{}.{}", model.base.empty() ? model.name : model.base, setting);
}

}  // namespace gh::identity
