#pragma once
// The request body, checked and written anew.
//
// `check` holds a parsed document against the fields that this endpoint and vLLM version have, the
// deny list, the JSON types and the policy's caps, and says what it amounts to. `write` produces
// what vLLM gets: only fields that were checked, plus what the gateway decides. Nothing here keeps
// state; views into the document live as long as the document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.h"
#include "policy/refusal.h"
#include "policy/snapshot.h"
#include "vllm/surface.h"

namespace gh::openai {

// What a body that is no acceptable JSON means for the client.
policy::Refusal refusal(const json::ParseError& error);

// The client's model name, before anything else is looked at: the rest of the rules depend on it.
// Refuses a body that is no object and a `model` that is absent, not a string, empty, longer than
// 256 bytes or with control characters.
policy::Decision<std::string_view> requested_model(json::Value body);

struct RequestRules {
  vllm::Endpoint endpoint = vllm::Endpoint::chat;
  const vllm::Surface* surface = nullptr;     // of the upstream that will serve it
  const policy::RequestCaps* caps = nullptr;  // the principal's
  std::uint32_t max_model_len = 0;            // of the model, in tokens
};

// What a request amounts to.
struct RequestFacts {
  bool stream = false;
  bool wants_usage = false;             // stream_options.include_usage
  bool wants_continuous_usage = false;  // stream_options.continuous_usage_stats
  bool has_tools = false;
  bool wants_base64 = false;  // embeddings as text
  // For each token, beside its own; nothing when log probabilities were not asked for.
  std::optional<std::uint32_t> alternatives = {};
  std::uint32_t n = 1;
  std::uint32_t prompts = 1;         // entries of a list `prompt` or `input`
  std::uint32_t max_tokens = 0;      // output bound per choice, always set; 0 for embeddings
  std::uint64_t prompt_tokens = 0;   // estimate, Σ over prompts; docs/limits.md has the formula
  bool prompt_needs_count = false;   // the estimate is within ±30 % of the cap: ask /tokenize
  std::uint32_t ignored_fields = 0;  // harmless ones that were dropped
  std::uint32_t max_model_len = 0;   // of the model: no prompt has more tokens
  // Upper bounds: prompts × max_model_len, and prompts × n × max_tokens.
  std::uint64_t prompt_bound() const;
  std::uint64_t completion_bound() const;
};

policy::Decision<RequestFacts> check(json::Value body, const RequestRules& rules);

// What the gateway adds or overwrites.
struct Placement {
  std::string_view served_as;   // the upstream's model name
  std::string_view cache_salt;  // "" where the version or endpoint has none
};

// Appends the upstream body. `body` must have passed `check` with the same rules.
void write(std::string& out, json::Value body, const RequestRules& rules, const RequestFacts& facts,
           const Placement& placement);

// Appends the body of POST /tokenize for the same prompt: chat messages, one text, a list of one.
void write_tokenize(std::string& out, json::Value body, const RequestRules& rules,
                    std::string_view served_as);

}  // namespace gh::openai
