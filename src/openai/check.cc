#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "openai/estimate.h"
#include "openai/fields.h"
#include "openai/inspection.h"
#include "openai/output.h"
#include "openai/prompt.h"
#include "openai/request.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

using vllm::Endpoint;

const vllm::IgnoredField* find_ignored(Endpoint endpoint, std::string_view name) {
  const auto& ignored = vllm::ignored_fields(endpoint);
  const auto at = std::ranges::find(ignored, name, &vllm::IgnoredField::name);
  return at == ignored.end() ? nullptr : &*at;
}

bool has_type(json::Value value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "object") return value.is_object();
  GH_BUG("openai: a type in data/openai/ignored that is not known");
  return false;
}

bool check_ignored(Inspection& in, const Path& at, const vllm::IgnoredField& field,
                   json::Value value) {
  if (!value.is_null() && !has_type(value, field.type)) {
    return in.invalid(at, "must be of type {}", field.type);
  }
  ++in.facts.ignored_fields;
  return true;
}

bool refuse_unknown(Inspection& in, const Path& at, std::string_view name) {
  std::vector<std::string_view> candidates;
  for (const Field& field : fields()) {
    const bool offered = field.action == Action::pass || field.action == Action::ours;
    if (offered && find_field(in.rules.endpoint, field.name) == &field) {
      candidates.push_back(field.name);
    }
  }
  return in.unknown(at, name, candidates);
}

bool check_member(Inspection& in, std::string_view name, json::Value value) {
  const Path at(name);
  // Also those that some vLLM version knows: they are the gateway's to drop.
  if (const auto* ignored = find_ignored(in.rules.endpoint, name)) {
    return check_ignored(in, at, *ignored, value);
  }
  const Field* field = find_field(in.rules.endpoint, name);
  if (field == nullptr) return refuse_unknown(in, at, name);
  if (field->action == Action::drop || is_idle(*field, value)) return true;
  if (field->action == Action::deny) return in.denied(at, "is not accepted: {}", field->hint);
  if (field->action == Action::pass && !in.rules.surface->has(in.rules.endpoint, name)) {
    return in.unsupported(at);
  }
  return field->check(in, at, value);
}

std::string_view prompt_field(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat:
      return "messages";
    case Endpoint::completions:
      return "prompt";
    case Endpoint::embeddings:
      return "input";
  }
  return {};
}

bool settle_prompt(Inspection& in) {
  const Path at(prompt_field(in.rules.endpoint));
  const json::Value prompt = in.body[prompt_field(in.rules.endpoint)];
  if (!prompt.exists() || prompt.is_null()) return in.invalid(at, "is required");
  const vllm::Surface& surface = *in.rules.surface;
  if (in.rules.endpoint == Endpoint::chat) {
    in.facts.prompt_tokens = tokens_of_weight(in.chat_weight) + in.media_tokens +
                             prompt.size() * kTokensPerMessage + kTokensPerChat;
    if (!check_prompt_fit(in, at, in.facts.prompt_tokens)) return false;
    // A count of the text alone would say nothing about images.
    in.facts.prompt_needs_count &= surface.tokenize_chat && in.media_parts == 0;
  } else {
    in.facts.prompt_needs_count &= surface.tokenize && in.facts.prompts == 1;
  }
  return true;
}

bool check_all(Inspection& in) {
  for (const auto [name, value] : in.body.members()) {
    if (!check_member(in, name, value)) return false;
  }
  return settle_prompt(in) && settle_output(in);
}

}  // namespace

policy::Refusal refusal(const json::ParseError& error) {
  if (error.kind == json::ParseErrorKind::duplicate_key) {
    return {policy::Code::duplicate_key, error.message, error.path, "request.json", {}};
  }
  return {policy::Code::invalid_json, error.message, "", "request.json", {}};
}

policy::Decision<std::string_view> requested_model(json::Value body) {
  const auto refuse = [](std::string_view param, std::string message) {
    return std::unexpected(policy::Refusal{
        policy::Code::invalid_value, std::move(message), std::string(param), "request.fields", {}});
  };
  if (!body.is_object()) return refuse("", "The body must be a JSON object.");
  const json::Value model = body["model"];
  if (const auto fault = model_fault(model); !fault.empty()) {
    return refuse("model", fmt::format("`model` {}", fault));
  }
  return model.string();
}

policy::Decision<RequestFacts> check(json::Value body, const RequestRules& rules) {
  Inspection in(body, rules);
  in.facts.max_model_len = rules.max_model_len;
  if (!check_all(in)) return std::unexpected(in.take_refusal());
  return in.facts;
}

std::uint64_t RequestFacts::prompt_bound() const {
  return std::uint64_t{prompts} * max_model_len;
}

std::uint64_t RequestFacts::completion_bound() const {
  return std::uint64_t{prompts} * n * max_tokens;
}

}  // namespace gh::openai
