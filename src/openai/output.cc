#include "openai/output.h"

#include <algorithm>

#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kLongestStop = 256;
constexpr std::size_t kMostStopTokenIds = 64;

// The most tokens a request may ask for per choice: the policy's cap, within the model's context.
std::uint32_t output_cap(const Inspection& in) {
  const std::uint32_t context = in.rules.max_model_len;
  return context == 0 ? in.caps.max_tokens : std::min(in.caps.max_tokens, context);
}

// What a client that does not say gets. Where vLLM refuses what does not fit behind the prompt, no
// more than fits by the estimate.
std::uint32_t default_tokens(const Inspection& in) {
  const std::uint32_t most = std::min(in.caps.default_max_tokens, output_cap(in));
  const std::uint32_t context = in.rules.max_model_len;
  if (in.rules.surface->cuts_output || in.facts.prompts > 1 || in.facts.prompt_tokens >= context)
    return most;
  return std::min(most, context - static_cast<std::uint32_t>(in.facts.prompt_tokens));
}

bool check_stop_string(Inspection& in, const Path& at, json::Value value) {
  if (!string_up_to(in, at, value, kLongestStop)) return false;
  return !value.string().empty() || in.invalid(at, "must not be empty");
}

bool refuse_logprobs(Inspection& in, const Path& at) {
  return in.forbidden(at, "request.logprobs", "is not allowed here: log probabilities are off");
}

bool check_logprob_count(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_integer()) return in.wrong_type(at, "an integer", value);
  const auto count = value.int64();
  if (count && *count < 0) return in.invalid(at, "must not be negative");
  if (count == 0) return true;
  if (in.caps.logprobs == 0) return refuse_logprobs(in, at);
  if (count && *count <= in.caps.logprobs) return true;
  return in.exceeds(at, "request.logprobs", "must be at most {}", in.caps.logprobs);
}

// A member of stream_options. True on false or null; on true only where the version has it.
bool check_stream_option(Inspection& in, const Path& at, json::Value value, bool supported,
                         bool& wanted) {
  if (value.is_null()) return true;
  if (!value.is_bool()) return in.wrong_type(at, "a boolean", value);
  wanted = value.boolean();
  return !wanted || supported || in.unsupported(at);
}

bool is_true(json::Value value) {
  return value.is_bool() && value.boolean();
}

bool is_given(json::Value value) {
  return value.exists() && !value.is_null();
}

}  // namespace

bool check_max_tokens(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_integer()) return in.wrong_type(at, "an integer", value);
  const auto tokens = value.int64();
  if (tokens && *tokens < 1) return in.invalid(at, "must be at least 1");
  const std::uint32_t most = output_cap(in);
  if (tokens && *tokens <= most) return true;
  const bool by_policy = most == in.caps.max_tokens;
  return in.exceeds(at, by_policy ? "request.max_tokens" : "models.max_model_len",
                    "is above the limit of {}", most);
}

bool check_n(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_integer()) return in.wrong_type(at, "an integer", value);
  const auto n = value.int64();
  if (n && *n < 1) return in.invalid(at, "must be at least 1");
  if (!n || *n > in.caps.n) {
    return in.exceeds(at, "request.n", "is above the limit of {}", in.caps.n);
  }
  in.facts.n = static_cast<std::uint32_t>(*n);
  return true;
}

bool check_stop(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array() && !value.is_string()) {
    return in.wrong_type(at, "a string or an array of strings", value);
  }
  const std::size_t entries = value.is_array() ? value.size() : 1;
  if (entries > in.caps.stop) {
    return in.exceeds(at, "request.stop", "has {} entries, above the limit of {}", entries,
                      in.caps.stop);
  }
  if (value.is_string()) return check_stop_string(in, at, value);
  std::size_t index = 0;
  for (const json::Value stop : value.elements()) {
    if (!check_stop_string(in, Path(at, index++), stop)) return false;
  }
  return true;
}

bool check_stop_token_ids(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_array()) return in.wrong_type(at, "an array of token ids", value);
  if (value.size() > kMostStopTokenIds) {
    return in.invalid(at, "must have at most {} entries", kMostStopTokenIds);
  }
  std::size_t index = 0;
  for (const json::Value id : value.elements()) {
    if (!integer<0, INT32_MAX>(in, Path(at, index++), id)) return false;
  }
  return true;
}

bool check_chat_logprobs(Inspection& in, const Path& at, json::Value value) {
  if (!boolean(in, at, value)) return false;
  if (value.boolean() && in.caps.logprobs == 0) return refuse_logprobs(in, at);
  // `top_logprobs` may have said how many.
  if (value.boolean() && !in.facts.alternatives) in.facts.alternatives = 0;
  return true;
}

bool check_top_logprobs(Inspection& in, const Path& at, json::Value value) {
  if (!check_logprob_count(in, at, value)) return false;
  if (value.int64() == 0) return true;
  if (!is_true(in.body["logprobs"])) return in.invalid(at, "needs `logprobs: true`");
  in.facts.alternatives = static_cast<std::uint32_t>(*value.int64());
  return true;
}

bool check_text_logprobs(Inspection& in, const Path& at, json::Value value) {
  if (!check_logprob_count(in, at, value)) return false;
  // 0 asks for the chosen tokens' own, and is what leaves it out where the policy has them off.
  if (in.caps.logprobs > 0) in.facts.alternatives = static_cast<std::uint32_t>(*value.int64());
  return true;
}

bool check_stream(Inspection& in, const Path& at, json::Value value) {
  if (!boolean(in, at, value)) return false;
  in.facts.stream = value.boolean();
  return true;
}

bool check_stream_options(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_object()) return in.wrong_type(at, "an object", value);
  if (!is_true(in.body["stream"])) return in.invalid(at, "needs `stream: true`");
  const vllm::Surface& surface = *in.rules.surface;
  bool obfuscation = false;
  for (const auto [key, option] : value.members()) {
    const Path member(at, key);
    if (key == "include_usage") {
      if (!check_stream_option(in, member, option, surface.stream_options, in.facts.wants_usage)) {
        return false;
      }
    } else if (key == "continuous_usage_stats") {
      if (!check_stream_option(in, member, option, surface.continuous_usage,
                               in.facts.wants_continuous_usage)) {
        return false;
      }
    } else if (key == "include_obfuscation") {  // OpenAI's padding, which vLLM does not have
      if (!check_stream_option(in, member, option, true, obfuscation)) return false;
    } else {
      static constexpr std::string_view kNames[] = {"include_usage", "continuous_usage_stats",
                                                    "include_obfuscation"};
      return in.unknown(member, key, kNames);
    }
  }
  return true;
}

bool settle_output(Inspection& in) {
  if (in.rules.endpoint == vllm::Endpoint::embeddings) return true;
  const json::Value old_name = in.body["max_tokens"];
  const json::Value new_name =
      in.rules.endpoint == vllm::Endpoint::chat ? in.body["max_completion_tokens"] : json::Value();
  if (is_given(old_name) && is_given(new_name) && old_name.int64() != new_name.int64()) {
    return in.invalid(Path("max_completion_tokens"), "and `max_tokens` differ: send one of them");
  }
  const json::Value asked = is_given(new_name) ? new_name : old_name;
  const bool is_default = !is_given(asked);
  const std::uint32_t tokens =
      is_default ? default_tokens(in) : static_cast<std::uint32_t>(*asked.int64());
  in.facts.max_tokens = tokens;

  const Path name(is_given(new_name) ? "max_completion_tokens" : "max_tokens");
  const std::uint64_t total = std::uint64_t{in.facts.n} * tokens;
  if (total > in.caps.n_times_max_tokens) {
    return in.exceeds(name, "request.n_times_max_tokens",
                      "({}{}) times `n` is {}, above the limit of {}", tokens,
                      is_default ? ", the default" : "", total, in.caps.n_times_max_tokens);
  }
  const json::Value least = in.body["min_tokens"];
  if (is_given(least) && *least.int64() > tokens) {
    return in.invalid(Path("min_tokens"), "is above `max_tokens`, which is {}", tokens);
  }
  return true;
}

}  // namespace gh::openai
