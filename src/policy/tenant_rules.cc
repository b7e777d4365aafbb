#include "policy/tenant_rules.h"

#include <algorithm>
#include <array>
#include <span>

namespace gh::policy {
namespace {

// What the tenant's models can do together.
struct Reach {
  bool chat = false;
  bool completions = false;
  bool embeddings = false;
  std::uint64_t context = 0;  // the longest of a model that writes text

  bool text() const { return chat || completions; }
};

Reach reach_of(const Tenant& tenant, const std::vector<Model>& models) {
  Reach reach;
  for (const Grant& grant : tenant.grants) {
    const Model& model = models[grant.model];
    const bool chat = model.endpoints.has(vllm::Endpoint::chat);
    const bool completions = model.endpoints.has(vllm::Endpoint::completions);
    reach.chat |= chat;
    reach.completions |= completions;
    reach.embeddings |= model.endpoints.has(vllm::Endpoint::embeddings);
    if (chat || completions)
      reach.context = std::max<std::uint64_t>(reach.context, model.max_model_len);
  }
  return reach;
}

void check_tokens(const Section& request, const Tenant& tenant, const Reach& reach) {
  const RequestCaps& caps = tenant.request;
  Report& report = request.report();
  if (caps.default_max_tokens > caps.max_tokens) {
    report.problem(request.at("default_max_tokens"),
                   "`default_max_tokens`: {} is more than `max_tokens`, {}: no request without "
                   "`max_tokens` could pass",
                   caps.default_max_tokens, caps.max_tokens);
  }
  if (request.has("n_times_max_tokens") && caps.n_times_max_tokens < caps.default_max_tokens) {
    report.problem(request.at("n_times_max_tokens"),
                   "`n_times_max_tokens`: {} is less than `default_max_tokens`, {}: no request "
                   "without `max_tokens` could pass",
                   caps.n_times_max_tokens, caps.default_max_tokens);
  }
  if (caps.n_times_max_tokens > std::uint64_t{caps.n} * caps.max_tokens) {
    report.note(request.at("n_times_max_tokens"),
                "`n_times_max_tokens` never binds: `n` times `max_tokens` is {}",
                std::uint64_t{caps.n} * caps.max_tokens);
  }
  if (!reach.text()) return;
  if (request.has("max_tokens") && caps.max_tokens > reach.context) {
    report.problem(request.at("max_tokens"),
                   "`max_tokens`: {} is more than the context of every model of tenant `{}`, {}",
                   caps.max_tokens, tenant.name, reach.context);
  }
  if (request.has("default_max_tokens") && caps.default_max_tokens >= reach.context) {
    report.problem(request.at("default_max_tokens"),
                   "`default_max_tokens`: {} leaves no room for a prompt in any model of tenant "
                   "`{}`, the longest context is {}",
                   caps.default_max_tokens, tenant.name, reach.context);
  }
  if (request.written("max_prompt_tokens") && caps.max_prompt_tokens > reach.context) {
    report.note(request.at("max_prompt_tokens"),
                "`max_prompt_tokens` never binds: the longest context is {}", reach.context);
  }
}

// Caps that a tenant writes for something that it cannot do.
void check_purpose(const Section& request, const Tenant& tenant, const Reach& reach) {
  static constexpr std::array<std::string_view, 2> kTools = {"tool_count", "tool_bytes"};
  static constexpr std::array<std::string_view, 2> kMedia = {"media_count", "media_bytes"};
  static constexpr std::array<std::string_view, 7> kChat = {
      "messages", "tools", "tool_count", "tool_bytes", "media", "media_count", "media_bytes"};
  static constexpr std::array<std::string_view, 8> kText = {
      "max_tokens", "default_max_tokens", "n",           "n_times_max_tokens", "stop",
      "logprobs",   "schema_bytes",       "schema_depth"};
  static constexpr std::array<std::string_view, 1> kCompletions = {"prompts"};
  static constexpr std::array<std::string_view, 1> kEmbeddings = {"inputs"};

  const auto refuse = [&](std::span<const std::string_view> names, std::string_view reason) {
    for (std::string_view name : names) {
      if (!request.written(name)) continue;
      request.report().problem(request.at(name), "`{}` can never apply: {}; remove it", name,
                               reason);
    }
  };
  if (tenant.grants.empty()) return;
  if (reach.chat && !tenant.request.tools) refuse(kTools, "`tools` is deny");
  if (reach.chat && tenant.request.media == Media::deny) refuse(kMedia, "`media` is deny");
  if (!reach.chat) refuse(kChat, "no model of the tenant has `chat`");
  if (!reach.text()) refuse(kText, "no model of the tenant has `chat` or `completions`");
  if (!reach.completions) refuse(kCompletions, "no model of the tenant has `completions`");
  if (!reach.embeddings) refuse(kEmbeddings, "no model of the tenant has `embeddings`");
}

}  // namespace

void check_request(const Section& request, const Tenant& tenant, const std::vector<Model>& models) {
  const Reach reach = reach_of(tenant, models);
  check_tokens(request, tenant, reach);
  check_purpose(request, tenant, reach);
}

}  // namespace gh::policy
