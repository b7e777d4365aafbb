#include "policy/tenant_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gh::policy {
namespace {

// What the tenant's models can do together.
struct Reach {
  bool chat = false;
  bool completions = false;
  bool embeddings = false;
  bool tools = false;              // of the fields that caps are for the one that a version lacks
  std::uint64_t text_context = 0;  // the longest of a model that writes text
  std::uint64_t context = 0;       // the longest of any

  bool text() const { return chat || completions; }
};

// What could not be told is as much as can be: its mistake was said.
std::uint64_t context_of(const Model& model) {
  return model.max_model_len == 0 ? UINT64_MAX : model.max_model_len;
}

bool takes(const Model& model, vllm::Endpoint endpoint) {
  return model.endpoints.empty() || model.endpoints.has(endpoint);
}

bool takes_tools(const Grant& grant, const Snapshot& snapshot) {
  if (grant.upstream >= snapshot.upstreams.size()) return true;
  const vllm::Surface& surface = snapshot.upstreams[grant.upstream].surface;
  return surface.version == vllm::Version{} || surface.has(vllm::Endpoint::chat, "tools");
}

// A tenant without a model named one that there is not, or none: that was said, and what it would
// have had could do anything.
constexpr Reach kAnything = {.chat = true,
                             .completions = true,
                             .embeddings = true,
                             .tools = true,
                             .text_context = UINT64_MAX,
                             .context = UINT64_MAX};

Reach reach_of(const Tenant& tenant, const Snapshot& snapshot) {
  if (tenant.grants.empty()) return kAnything;
  Reach reach;
  for (const Grant& grant : tenant.grants) {
    const Model& model = snapshot.models[grant.model];
    const std::uint64_t context = context_of(model);
    const bool chat = takes(model, vllm::Endpoint::chat);
    const bool completions = takes(model, vllm::Endpoint::completions);
    reach.chat |= chat;
    reach.tools |= chat && takes_tools(grant, snapshot);
    reach.completions |= completions;
    reach.embeddings |= takes(model, vllm::Endpoint::embeddings);
    reach.context = std::max(reach.context, context);
    if (chat || completions) reach.text_context = std::max(reach.text_context, context);
  }
  return reach;
}

void check_tokens(const Section& request, const Tenant& tenant, const Reach& reach) {
  const RequestCaps& caps = tenant.request;
  Report& report = request.report();
  const auto known = [&](auto... names) { return !(request.refused(names) || ...); };
  const auto written = [&](std::string_view name) { return request.has(name) && known(name); };
  if (known("default_max_tokens", "max_tokens") && caps.default_max_tokens > caps.max_tokens) {
    report.problem(request.at("default_max_tokens"),
                   "`default_max_tokens`: {} is more than `max_tokens`, {}: no request without "
                   "`max_tokens` could pass; lower it to that, or raise `max_tokens`",
                   caps.default_max_tokens, caps.max_tokens);
  }
  if (written("n_times_max_tokens") && known("default_max_tokens", "max_tokens") &&
      caps.n_times_max_tokens < caps.default_max_tokens) {
    report.problem(request.at("n_times_max_tokens"),
                   "`n_times_max_tokens`: {} is less than `default_max_tokens`, {}: no request "
                   "without `max_tokens` could pass; raise it to that, or lower "
                   "`default_max_tokens`",
                   caps.n_times_max_tokens, caps.default_max_tokens);
  }
  if (!reach.text()) return;
  if (written("max_tokens") && caps.max_tokens > reach.text_context) {
    report.problem(request.at("max_tokens"),
                   "`max_tokens`: {} is more than the context of every model of tenant `{}`, {}; "
                   "write that or less",
                   caps.max_tokens, tenant.name, reach.text_context);
  }
  if (written("default_max_tokens") && caps.default_max_tokens >= reach.text_context) {
    report.problem(request.at("default_max_tokens"),
                   "`default_max_tokens`: {} leaves no room for a prompt in any model of tenant "
                   "`{}`, the longest context is {}; write less",
                   caps.default_max_tokens, tenant.name, reach.text_context);
  }
}

// Caps on what the tenant cannot do, and caps that another one makes meaningless. Equal to that
// one is right: so a tenant says "as much as goes" where `defaults` says less.
class CapJudge {
 public:
  CapJudge(const Section& request, const Tenant& tenant, const Reach& reach, IdleValues& idle)
      : request_(request), tenant_(tenant), reach_(reach), idle_(idle) {}

  void judge() {
    const RequestCaps& caps = tenant_.request;
    const std::string_view text = unless(reach_.text(), kNoText);
    const std::string_view chat = unless(reach_.chat, kNoChat);
    const bool has_tools = caps.tools || request_.refused("tools");
    const bool has_media = caps.media != Media::deny || request_.refused("media");
    const std::string_view tools = !chat.empty() ? chat
                                   : !has_tools  ? "`tools` is deny; remove it"
                                                 : unless(reach_.tools, kNoTools);
    const std::string_view media =
        !chat.empty() ? chat : unless(has_media, "`media` is deny; remove it");
    for (std::string_view name : {"max_tokens", "default_max_tokens", "n", "stop", "logprobs"})
      idle_.judge(request_, name, text);
    idle_.judge(request_, "schema_depth", text);
    for (std::string_view name : {"messages", "tools", "media"}) idle_.judge(request_, name, chat);
    idle_.judge(request_, "tool_count", tools);
    idle_.judge(request_, "media_count", media);
    idle_.judge(request_, "prompts", unless(reach_.completions, kNoCompletions));
    idle_.judge(request_, "inputs", unless(reach_.embeddings, kNoEmbeddings));

    judge_body_part("schema_bytes", text, caps.schema_bytes);
    judge_body_part("tool_bytes", tools, caps.tool_bytes);
    judge_body_part("media_bytes", media, caps.media_bytes);
    judge_product(text);
    std::string reason;
    if (caps.max_prompt_tokens > reach_.context) {
      reason =
          fmt::format("the longest context of a model of tenant `{}` is {}; write that or less",
                      tenant_.name, reach_.context);
    }
    idle_.judge(request_, "max_prompt_tokens", {}, reason);
  }

 private:
  static constexpr std::string_view kNoText =
      "no model that it is for has `chat` or `completions`; remove it";
  static constexpr std::string_view kNoChat = "no model that it is for has `chat`; remove it";
  static constexpr std::string_view kNoTools = "no vLLM that it is for takes `tools`; remove it";
  static constexpr std::string_view kNoCompletions =
      "no model that it is for has `completions`; remove it";
  static constexpr std::string_view kNoEmbeddings =
      "no model that it is for has `embeddings`; remove it";

  static std::string_view unless(bool applies, std::string_view reason) {
    return applies ? std::string_view() : reason;
  }

  void judge_body_part(std::string_view name, std::string_view purpose, std::uint64_t bytes) {
    std::string reason;
    if (bytes > tenant_.request.max_body) {
      reason = fmt::format(
          "no body may have more than `max_body`, {} bytes; lower it to that, or "
          "raise `max_body`",
          tenant_.request.max_body);
    }
    idle_.judge(request_, name, purpose, reason);
  }

  void judge_product(std::string_view purpose) {
    const RequestCaps& caps = tenant_.request;
    const std::uint64_t product = std::uint64_t{caps.n} * caps.max_tokens;
    std::string reason;
    if (caps.n_times_max_tokens > product) {
      reason = fmt::format("`n` times `max_tokens` is {}; lower it or remove it", product);
    }
    idle_.judge(request_, "n_times_max_tokens", purpose, reason);
  }

  const Section& request_;
  const Tenant& tenant_;
  const Reach& reach_;
  IdleValues& idle_;
};

}  // namespace

void check_request(const Section& request, const Tenant& tenant, const Snapshot& snapshot,
                   IdleValues& idle) {
  const Reach reach = reach_of(tenant, snapshot);
  check_tokens(request, tenant, reach);
  CapJudge(request, tenant, reach, idle).judge();
}

void check_isolation(const Section& isolation, const Tenant& tenant, const Snapshot& snapshot,
                     IdleValues& idle) {
  using Kind = CacheIsolation::Kind;
  const Kind kind = tenant.isolation.kind;
  // `tenant` is what everybody has, and `shared` has a note of its own.
  const bool splits = kind == Kind::user || kind == Kind::request || kind == Kind::group;
  const bool cached = std::ranges::any_of(tenant.grants, [&](const Grant& grant) {
    return grant.upstream >= snapshot.upstreams.size() ||
           snapshot.upstreams[grant.upstream].prefix_caching;
  });
  const bool idles = splits && !cached && !tenant.grants.empty();
  idle.judge(
      isolation, "cache", {},
      idles ? fmt::format("every upstream of tenant `{}` has `prefix_caching: false`", tenant.name)
            : "");
}

std::string above_in_flight(std::uint32_t most, const std::set<std::size_t>& upstreams,
                            const Snapshot& snapshot) {
  if (upstreams.empty() || *upstreams.rbegin() >= snapshot.upstreams.size()) return {};
  std::uint64_t room = 0;
  for (const std::size_t upstream : upstreams) room += snapshot.upstreams[upstream].in_flight;
  if (most <= room) return {};
  const std::string who =
      upstreams.size() == 1
          ? fmt::format("upstream `{}` takes", snapshot.upstreams[*upstreams.begin()].name)
          : fmt::format("its {} upstreams take", upstreams.size());
  return fmt::format("{} is more than {} at once, {} (`in_flight`): what is above that gets 503",
                     most, who, room);
}

void check_concurrency(const Section& limits, const Tenant& tenant, const Snapshot& snapshot,
                       IdleValues& idle) {
  std::set<std::size_t> upstreams;
  for (const Grant& grant : tenant.grants) upstreams.insert(grant.upstream);
  const auto judge = [&](const Section& part, bool binds) {
    std::string excess;
    if (binds) excess = above_in_flight(part.number32("concurrent"), upstreams, snapshot);
    if (!excess.empty()) excess = fmt::format("`concurrent`: {}", excess);
    idle.judge_as_told(part, "concurrent", excess);
  };
  judge(limits, true);
  // Those of the whole tenant are tighter, or what they say is said of them.
  const bool alone = !tenant.limits.whole.concurrent;
  judge(limits.section("per_key"), alone);
  judge(limits.section("per_user"), alone);
}

}  // namespace gh::policy
