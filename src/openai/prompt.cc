#include "openai/prompt.h"

#include "openai/estimate.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

// No vocabulary is larger; vLLM refuses ids outside the model's own.
constexpr std::int64_t kMostTokenId = (1 << 24) - 1;

bool check_text(Inspection& in, const Path& at, std::string_view text) {
  if (text.empty()) return in.invalid(at, "must not be empty");
  const std::uint64_t tokens = kTokensPerText + tokens_of_weight(token_weight(text));
  in.facts.prompt_tokens += tokens;
  return check_prompt_fit(in, at, tokens);
}

// Whether vLLM cuts a prompt that is too long, as the client asked.
bool is_truncated(const Inspection& in) {
  const json::Value most = in.body["truncate_prompt_tokens"];
  return most.exists() && !most.is_null();
}

// Of a prompt whose tokens are known: within the policy's cap, and with the shortest answer within
// the model's context.
bool check_exact_fit(Inspection& in, const Path& at, std::uint64_t tokens) {
  const std::uint64_t cap = in.caps.max_prompt_tokens;
  if (tokens > cap) {
    return in.exceeds(at, "request.max_prompt_tokens", "has {} tokens, above the limit of {}",
                      tokens, cap);
  }
  const std::uint32_t context = in.rules.max_model_len;
  const bool answers = in.rules.endpoint != vllm::Endpoint::embeddings;
  if (context == 0 || tokens + (answers ? 1 : 0) <= context || is_truncated(in)) return true;
  return in.exceeds(at, "models.max_model_len", "has {} tokens, {} the model's context of {}",
                    tokens, answers ? "which leaves no room for an answer in" : "above", context);
}

bool check_token_ids(Inspection& in, const Path& at, json::Value ids) {
  if (ids.size() == 0) return in.invalid(at, "must not be empty");
  in.facts.prompt_tokens += ids.size();
  if (!check_exact_fit(in, at, ids.size())) return false;
  std::size_t index = 0;
  for (const json::Value id : ids.elements()) {
    if (is_integer_between(id, 0, kMostTokenId)) {
      ++index;
      continue;
    }
    const Path element(at, index);
    if (!id.is_integer()) return in.wrong_type(element, "a token id", id);
    return in.invalid(element, "must be a token id from 0 to {}", kMostTokenId);
  }
  return true;
}

// A list of prompts: texts, or arrays of token ids, not both.
bool check_list(Inspection& in, const Path& at, json::Value list, std::uint32_t most,
                std::string_view setting) {
  if (list.size() > most) {
    return in.exceeds(at, setting, "has {} entries, above the limit of {}", list.size(), most);
  }
  const bool of_texts = (*list.elements().begin()).is_string();
  std::uint32_t index = 0;
  for (const json::Value entry : list.elements()) {
    const Path element(at, index++);
    if (of_texts) {
      if (!entry.is_string()) return in.wrong_type(element, "a string, as those before it", entry);
      if (!check_text(in, element, entry.string())) return false;
    } else {
      if (!entry.is_array()) {
        return in.wrong_type(element, "an array of token ids, as those before it", entry);
      }
      if (!check_token_ids(in, element, entry)) return false;
    }
  }
  in.facts.prompts = index;
  return true;
}

bool check_prompts(Inspection& in, const Path& at, json::Value value, std::uint32_t most,
                   std::string_view setting) {
  if (value.is_string()) return check_text(in, at, value.string());
  if (!value.is_array()) {
    return in.wrong_type(at, "a string, an array of token ids, or an array of either", value);
  }
  if (value.size() == 0) return in.invalid(at, "must not be empty");
  const json::Value first = *value.elements().begin();
  if (first.is_integer()) return check_token_ids(in, at, value);
  if (first.is_string() || first.is_array()) return check_list(in, at, value, most, setting);
  return in.wrong_type(Path(at, 0), "a string, a token id or an array of token ids", first);
}

}  // namespace

bool check_truncation(Inspection& in, const Path& at, json::Value most) {
  if (!most.is_integer()) return in.wrong_type(at, "an integer", most);
  const std::int64_t context = in.rules.max_model_len == 0 ? INT32_MAX : in.rules.max_model_len;
  if (most.int64() == -1 || is_integer_between(most, 1, context)) return true;
  return in.invalid(at, "must be -1, which is the context, or an integer from 1 to {}", context);
}

bool check_prompt(Inspection& in, const Path& at, json::Value prompt) {
  return check_prompts(in, at, prompt, in.caps.prompts, "request.prompts");
}

bool check_input(Inspection& in, const Path& at, json::Value input) {
  return check_prompts(in, at, input, in.caps.inputs, "request.inputs");
}

bool check_prompt_fit(Inspection& in, const Path& at, std::uint64_t tokens) {
  const std::uint64_t cap = in.caps.max_prompt_tokens;
  switch (prompt_fit(tokens, cap)) {
    case PromptFit::below:
      return true;
    case PromptFit::unclear:
      in.facts.prompt_needs_count = true;
      return true;
    case PromptFit::above:
      break;
  }
  return in.exceeds(at, "request.max_prompt_tokens",
                    "is too long: about {} tokens, above the limit of {}", tokens, cap);
}

}  // namespace gh::openai
