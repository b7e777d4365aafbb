#include "simulator/request.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "simulator/grammar.h"
#include "simulator/lax_reader.h"
#include "simulator/prompt.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

constexpr std::int64_t kMostChoices = 16384;       // VLLM_MAX_N_SEQUENCES
constexpr std::uint64_t kMostSequences = 1 << 16;  // ours: what one request may occupy
constexpr std::size_t kMostStops = 4;              // VLLM_MAX_STOP_STRINGS
constexpr std::int64_t kMostLogprobs = 20;
constexpr std::size_t kLongestSalt = 128;
constexpr std::uint32_t kCompletionTokens = 16;

std::unexpected<ApiError> bad_value(std::string message, std::string_view field,
                                    std::string_view value) {
  return refuse(fmt::format("{} (parameter={}, value={})", message, field, value),
                std::string(field));
}

Expected<void> check_object(json::Value body) {
  if (body.is_null()) return invalid("missing", "body", "Field required", "None");
  if (!body.is_object()) {
    return invalid("model_attributes_type", "body",
                   "Input should be a valid dictionary or object to extract fields from",
                   show(body));
  }
  return {};
}

Expected<void> check_object(json::Value body, const Profile& profile, vllm::Endpoint endpoint) {
  if (auto ok = check_object(body); !ok || !profile.surface.refuses_unknown_fields) return ok;
  for (const auto [key, value] : body.members()) {
    if (profile.surface.has(endpoint, key)) continue;
    return invalid("extra_forbidden", fmt::format("body.{}", key), "Extra inputs are not permitted",
                   show(value));
  }
  return {};
}

// The model's name in the answer; the base model when none is asked for.
Expected<std::string> read_model(LaxReader& body, const Profile& profile) {
  const auto asked = body.string("model");
  if (!asked || asked->empty() || *asked == profile.options.model) return profile.options.model;
  if (profile.is_adapter(*asked)) return std::string(*asked);
  ApiError error;
  error.status = 404;
  error.type = "NotFoundError";
  error.message = fmt::format("The model `{}` does not exist.", *asked);
  if (profile.nested_errors) {
    error.message += fmt::format(" Valid aliases: {}.", profile.options.model);
    error.param = "model";
  }
  return std::unexpected(std::move(error));
}

Expected<void> read_length(LaxReader& body, const Profile& profile, GenerationRequest& request) {
  const bool chat = request.endpoint == vllm::Endpoint::chat;
  const auto old_name = body.integer("max_tokens");
  const auto new_name = chat && profile.surface.max_completion_tokens
                            ? body.integer("max_completion_tokens")
                            : std::nullopt;
  const std::string_view field = new_name ? "max_completion_tokens" : "max_tokens";
  std::optional<std::int64_t> tokens = new_name ? new_name : old_name;
  if (!tokens && !chat) tokens = kCompletionTokens;
  if (!tokens) return {};
  const std::int64_t limit = profile.options.max_model_len;
  const std::string value = std::to_string(*tokens);
  if (*tokens < 1) {
    return bad_value(fmt::format("{} must be at least 1, got {}.", field, value), field, value);
  }
  if (*tokens > limit) {
    return bad_value(fmt::format("{}={} cannot be greater than max_model_len={}. Please request "
                                 "fewer output tokens.",
                                 field, value, limit),
                     field, value);
  }
  if (body.integer("min_tokens").value_or(0) > *tokens) {
    return refuse(fmt::format("min_tokens must be less than or equal to max_tokens={}, got {}.",
                              value, *body.integer("min_tokens")));
  }
  request.max_tokens = static_cast<std::uint32_t>(*tokens);
  return {};
}

Expected<void> read_sampling(LaxReader& body, const Profile& profile, GenerationRequest& request) {
  const double temperature = body.number("temperature").value_or(1.0);
  if (!std::isfinite(temperature)) {
    const auto value = fmt::format("{}", temperature);
    return bad_value(fmt::format("temperature must be a finite number, got {}.", value),
                     "temperature", value);
  }
  if (temperature < 0 || (profile.modern && temperature > 2)) {
    const auto value = fmt::format("{:.1f}", temperature);
    return bad_value(fmt::format("temperature must be in [0, 2], got {}.", value), "temperature",
                     value);
  }
  const double top_p = body.number("top_p").value_or(1.0);
  if (!(top_p > 0 && top_p <= 1)) {
    const auto value = fmt::format("{:.1f}", top_p);
    return bad_value(fmt::format("top_p must be in (0, 1], got {}.", value), "top_p", value);
  }
  const std::int64_t n = body.integer("n").value_or(1);
  if (n < 1) return refuse(fmt::format("n must be at least 1, got {}.", n));
  if (n > kMostChoices) {
    return refuse(
        fmt::format("n must be at most {}, got {}. To increase this limit, set the "
                    "VLLM_MAX_N_SEQUENCES environment variable.",
                    kMostChoices, n));
  }
  const bool beams = body.boolean("use_beam_search").value_or(false);
  if (n > 1 && temperature == 0 && !beams) {
    return refuse(fmt::format("n must be 1 when using greedy sampling, got {}.", n));
  }
  if (beams && request.stream && request.endpoint == vllm::Endpoint::completions) {
    return refuse("Streaming is not currently supported with beam search");
  }
  request.n = static_cast<std::uint32_t>(n);
  request.seed = static_cast<std::uint64_t>(body.integer("seed").value_or(0));
  return {};
}

Expected<void> read_stop(const LaxReader& body, const Profile& profile,
                         GenerationRequest& request) {
  const json::Value stop = body["stop"];
  if (!stop.exists() || stop.is_null()) return {};
  if (profile.modern && stop.size() > kMostStops) {
    return invalid("too_long", "body.stop",
                   fmt::format("List should have at most {} items after validation, not {}",
                               kMostStops, stop.size()),
                   show(stop));
  }
  if (stop.is_string()) request.stop.emplace_back(stop.string());
  for (const json::Value entry : stop.elements()) {
    if (!entry.is_string()) {
      return invalid("string_type", "body.stop", "Input should be a valid string", show(entry));
    }
    request.stop.emplace_back(entry.string());
  }
  for (const std::string& text : request.stop) {
    if (text.empty()) return refuse("stop cannot contain an empty string.");
  }
  return {};
}

Expected<void> read_logprobs(LaxReader& body, GenerationRequest& request) {
  std::optional<std::int64_t> asked;
  if (request.endpoint == vllm::Endpoint::completions) {
    asked = body.integer("logprobs");
  } else {
    const bool wanted = body.boolean("logprobs").value_or(false);
    asked = body.integer("top_logprobs");
    if (asked.value_or(0) != 0 && !wanted) {
      return refuse("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs");
    }
    if (!wanted) return {};
    asked = asked.value_or(0);
  }
  if (!asked) return {};
  const std::int64_t count = *asked == -1 ? std::int64_t{kVocabulary} : *asked;
  if (count < 0 || count > kMostLogprobs) {
    return bad_value(fmt::format("Requested sample logprobs of {}, which is greater than max "
                                 "allowed: {}",
                                 count, kMostLogprobs),
                     "logprobs", std::to_string(count));
  }
  request.logprobs = static_cast<std::uint32_t>(count);
  return {};
}

Expected<void> read_stream(LaxReader& body, const Profile& profile, GenerationRequest& request) {
  request.stream = body.boolean("stream").value_or(false);
  const json::Value options = body["stream_options"];
  if (options.is_object() && profile.surface.stream_options) {
    if (!request.stream) {
      return refuse(
          "Stream options can only be defined when `stream=True`. (parameter=stream_options)",
          "stream_options");
    }
    LaxReader reader(options, "body.stream_options");
    request.include_usage = reader.boolean("include_usage").value_or(false);
    request.continuous_usage = request.include_usage && profile.surface.continuous_usage &&
                               reader.boolean("continuous_usage_stats").value_or(false);
    if (reader.problem()) return std::unexpected(*reader.problem());
  }
  if (profile.options.force_include_usage) {
    request.include_usage = true;
    request.continuous_usage = true;
  }
  return {};
}

Expected<void> read_salt(LaxReader& body, const Profile& profile, GenerationRequest& request) {
  if (!profile.surface.cache_salt[static_cast<std::size_t>(request.endpoint)]) return {};
  const json::Value salt = body["cache_salt"];
  if (!salt.exists() || salt.is_null()) return {};
  const auto text = salt.is_string() ? salt.string() : std::string_view();
  if (text.empty()) {
    return refuse(
        "Parameter 'cache_salt' must be a non-empty string if provided. (parameter=cache_salt)",
        "cache_salt");
  }
  using namespace std::string_view_literals;
  if (text.size() > kLongestSalt || text.find_first_of("@/\\\0"sv) != std::string_view::npos) {
    return refuse(
        "Parameter 'cache_salt' must be at most 128 characters and must not contain '@', '/', "
        "'\\\\', or NUL. (parameter=cache_salt)",
        "cache_salt");
  }
  request.cache_salt = text;
  return {};
}

Expected<void> read_tools(json::Value body, GenerationRequest& request) {
  const json::Value choice = body["tool_choice"];
  const bool required = choice.is_string() && choice.string() == "required";
  const bool asked_by_fault = request.fault && request.fault->kind() == Fault::Kind::tool_call;
  if (!choice.is_object() && !required && !asked_by_fault) return {};
  const json::Value wanted = choice["function"]["name"];
  json::Value function;
  for (const json::Value tool : body["tools"].elements()) {
    const json::Value name = tool["function"]["name"];
    if (!name.is_string()) continue;
    if (function.exists() ||
        (choice.is_object() && wanted.is_string() && wanted.string() != name.string())) {
      continue;
    }
    function = tool["function"];
  }
  if (!function.exists() && choice.is_object()) {
    return refuse(
        "The tool specified in `tool_choice` does not match any of the specified `tools` "
        "(parameter=tool_choice)",
        "tool_choice");
  }
  ToolCall call{"weather", "{\"city\": \"Oslo\"}", choice.is_object()};
  if (function.exists()) {
    call.name = function["name"].string();
    call.arguments = example(function["parameters"]);
  }
  if (asked_by_fault) call.name = request.fault->text("name", call.name);
  request.tool_call = std::move(call);
  return {};
}

// Everything that does not depend on the endpoint's prompts.
Expected<void> read_common(LaxReader& body, const Profile& profile, GenerationRequest& request) {
  auto model = read_model(body, profile);
  if (body.problem()) return std::unexpected(*body.problem());
  if (!model) return std::unexpected(std::move(model.error()));
  request.model = *std::move(model);
  request.request_id = body.string("request_id").value_or("");
  request.echo =
      request.endpoint == vllm::Endpoint::completions && body.boolean("echo").value_or(false);
  Expected<void> ok = read_stream(body, profile, request);
  if (ok) ok = read_length(body, profile, request);
  if (ok) ok = read_sampling(body, profile, request);
  if (ok) ok = read_stop(body, profile, request);
  if (ok) ok = read_logprobs(body, request);
  if (ok) ok = read_salt(body, profile, request);
  // What has the wrong type is found before anything is judged.
  if (body.problem()) return std::unexpected(*body.problem());
  return ok;
}

Expected<GenerationRequest> with_prompts(GenerationRequest request, Expected<Prompts> prompts) {
  if (!prompts) return std::unexpected(std::move(prompts.error()));
  request.prompts = std::move(prompts->list);
  request.fault = std::move(prompts->fault);
  if (std::uint64_t{request.n} * request.prompts.size() > kMostSequences) {
    return refuse(fmt::format("simulator: n times prompts is above {}", kMostSequences));
  }
  return request;
}

// Grammars are compiled where the model runs: a stream has begun by then.
Expected<GenerationRequest> with_grammar(GenerationRequest request, json::Value body) {
  const auto error = grammar_error(body);
  if (!error) return request;
  if (!request.stream) return refuse(*error);
  request.fault = *Fault::parse("sim:fault=error_event,after=0");
  return request;
}

}  // namespace

std::uint64_t GenerationRequest::prompt_tokens() const {
  std::uint64_t sum = 0;
  for (const Prompt& prompt : prompts) sum += prompt.tokens;
  return sum;
}

Expected<GenerationRequest> read_chat(json::Value body, const Profile& profile) {
  GenerationRequest request;
  request.endpoint = vllm::Endpoint::chat;
  if (auto ok = check_object(body, profile, request.endpoint); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  // Before anything else vLLM walks the messages, and trips over what has no elements.
  if (const json::Value messages = body["messages"];
      messages.exists() && !messages.is_array() && !messages.is_string() && !messages.is_object()) {
    return refuse("messages is not iterable");
  }
  LaxReader reader(body);
  if (auto ok = read_common(reader, profile, request); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  const json::Value kwargs_template = body["chat_template_kwargs"]["chat_template"];
  if (body["chat_template"].is_string() || kwargs_template.is_string()) {
    return refuse(
        "Chat template is passed with request, but --trust-request-chat-template is not set. "
        "Refused request with untrusted chat template.");
  }
  auto whole = with_prompts(std::move(request), read_messages(body, profile));
  if (!whole) return whole;
  if (auto ok = read_tools(body, *whole); !ok) return std::unexpected(std::move(ok.error()));
  return with_grammar(*std::move(whole), body);
}

Expected<GenerationRequest> read_completion(json::Value body, const Profile& profile) {
  GenerationRequest request;
  request.endpoint = vllm::Endpoint::completions;
  if (auto ok = check_object(body, profile, request.endpoint); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  LaxReader reader(body);
  if (auto ok = read_common(reader, profile, request); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (body["suffix"].is_string()) {
    return refuse("suffix is only supported for models with FIM completion rendering", "suffix");
  }
  auto whole = with_prompts(std::move(request), read_texts(body, "prompt", profile));
  return whole ? with_grammar(*std::move(whole), body) : std::move(whole);
}

Expected<EmbeddingRequest> read_embedding(json::Value body, const Profile& profile) {
  if (auto ok = check_object(body, profile, vllm::Endpoint::embeddings); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  LaxReader reader(body);
  EmbeddingRequest request;
  auto model = read_model(reader, profile);
  const auto dimensions = reader.integer("dimensions");
  const auto format = reader.string("encoding_format").value_or("float");
  if (reader.problem()) return std::unexpected(*reader.problem());
  if (!model) return std::unexpected(std::move(model.error()));
  request.model = *std::move(model);
  if (dimensions && (*dimensions < 1 || *dimensions > kEmbeddingSize)) {
    return bad_value(
        fmt::format("dimensions must be in [1, {}], got {}.", kEmbeddingSize, *dimensions),
        "dimensions", std::to_string(*dimensions));
  }
  if (format != "float" && format != "base64") {
    return invalid("literal_error", "body.encoding_format",
                   "Input should be \"float\" or \"base64\"", format);
  }
  request.dimensions = static_cast<std::uint32_t>(dimensions.value_or(kEmbeddingSize));
  request.base64 = format == "base64";
  auto inputs = read_texts(body, "input", profile);
  if (!inputs) return std::unexpected(std::move(inputs.error()));
  request.inputs = std::move(inputs->list);
  request.fault = std::move(inputs->fault);
  return request;
}

Expected<Prompt> read_tokenize(json::Value body, const Profile& profile) {
  if (auto ok = check_object(body); !ok) return std::unexpected(std::move(ok.error()));
  LaxReader reader(body);
  auto model = read_model(reader, profile);
  if (!body["messages"].exists()) (void)reader.string("prompt");  // no list, as elsewhere
  if (reader.problem()) return std::unexpected(*reader.problem());
  if (!model) return std::unexpected(std::move(model.error()));
  auto prompts = body["messages"].exists() ? read_messages(body, profile)
                                           : read_texts(body, "prompt", profile);
  if (!prompts) return std::unexpected(std::move(prompts.error()));
  return std::move(prompts->list.front());
}

}  // namespace gh::simulator
