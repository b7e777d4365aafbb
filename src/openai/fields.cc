#include "openai/fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "openai/messages.h"
#include "openai/output.h"
#include "openai/prompt.h"
#include "openai/structure.h"
#include "openai/tools.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr unsigned kChat = 1u << std::to_underlying(vllm::Endpoint::chat);
constexpr unsigned kText = 1u << std::to_underlying(vllm::Endpoint::completions);
constexpr unsigned kEmbed = 1u << std::to_underlying(vllm::Endpoint::embeddings);
constexpr unsigned kGenerate = kChat | kText;
constexpr unsigned kAll = kChat | kText | kEmbed;

constexpr Field pass(std::string_view name, unsigned on, Check check, Idle idle = nullptr,
                     OnlyIf only_if = nullptr) {
  return {name, on, Action::pass, check, idle, only_if, {}};
}
constexpr Field ours(std::string_view name, unsigned on, Check check) {
  return {name, on, Action::ours, check, nullptr, nullptr, {}};
}
constexpr Field drop(std::string_view name, unsigned on) {
  return {name, on, Action::drop, nullptr, nullptr, nullptr, {}};
}
constexpr Field deny(std::string_view name, unsigned on, std::string_view hint,
                     Idle idle = nullptr) {
  return {name, on, Action::deny, nullptr, idle, nullptr, hint};
}

bool is_false(json::Value value) {
  return value.is_bool() && !value.boolean();
}
bool is_true(json::Value value) {
  return value.is_bool() && value.boolean();
}
bool is_zero(json::Value value) {
  return value.int64() == 0;
}
bool is_one(json::Value value) {
  return value.is_number() && value.number() == 1;
}
bool is_one_integer(json::Value value) {
  return value.int64() == 1;
}
bool is_empty_array(json::Value value) {
  return value.is_array() && value.size() == 0;
}
bool is_empty_object(json::Value value) {
  return value.is_object() && value.size() == 0;
}
bool is_empty_string(json::Value value) {
  return value.is_string() && value.string().empty();
}
bool is_text_only(json::Value value) {
  if (!value.is_array() || value.size() != 1) return false;
  const json::Value only = *value.elements().begin();
  return only.is_string() && only.string() == "text";
}

bool has_tools(const RequestFacts& facts) {
  return facts.has_tools;
}
bool wants_logprobs(const RequestFacts& facts) {
  return facts.alternatives.has_value();
}

constexpr char kLeft[] = "left";
constexpr char kRight[] = "right";
constexpr char kFloat[] = "float";
constexpr char kBase64[] = "base64";
constexpr char kFloat32[] = "float32";
constexpr char kFloat16[] = "float16";
constexpr char kBfloat16[] = "bfloat16";
constexpr char kNative[] = "native";
constexpr char kBig[] = "big";
constexpr char kLittle[] = "little";
constexpr char kNone[] = "none";
constexpr char kMinimal[] = "minimal";
constexpr char kLow[] = "low";
constexpr char kMedium[] = "medium";
constexpr char kHigh[] = "high";
constexpr char kExtraHigh[] = "xhigh";
constexpr char kMax[] = "max";

constexpr std::int64_t kInt64Least = INT64_MIN;
constexpr std::int64_t kInt64Most = INT64_MAX;

bool check_encoding_format(Inspection& in, const Path& at, json::Value value) {
  if (!word<kFloat, kBase64>(in, at, value)) return false;
  in.facts.wants_base64 = value.string() == kBase64;
  return true;
}

constexpr auto kCheckSide = word<kLeft, kRight>;
constexpr auto kCheckEffort = word<kNone, kMinimal, kLow, kMedium, kHigh, kExtraHigh, kMax>;

constexpr std::string_view kTemplate = "the prompt template is the server's";
constexpr std::string_view kCost = "it multiplies what a request costs";
constexpr std::string_view kLength = "it forces full-length output; use `max_tokens`";
constexpr std::string_view kLeak = "it reveals more than the answer";
constexpr std::string_view kEngine = "it reaches into the engine";
constexpr std::string_view kToken = "it manipulates single tokens; use `stop` or the prompt";
constexpr std::string_view kRegex =
    "grammars and regular expressions are not accepted; use `response_format`";
constexpr std::string_view kMedia = "how media is read is the server's";
constexpr std::string_view kLegacy = "use `tools` and `tool_choice`";
constexpr std::string_view kDocuments = "put documents into a message";

// Sorted by name. A name may stand here twice, for different endpoints.
constexpr Field kFields[] = {
    pass("add_generation_prompt", kChat, boolean),
    deny("add_special_tokens", kChat, kTemplate, is_false),
    deny("add_special_tokens", kText | kEmbed, kTemplate, is_true),
    deny("additional_data", kEmbed, kEngine),
    deny("allowed_token_ids", kGenerate, kToken, is_empty_array),
    deny("audio", kChat, "answers are text"),
    deny("bad_words", kGenerate, kToken, is_empty_array),
    deny("best_of", kGenerate, kCost, is_one_integer),
    drop("cache_salt", kAll),
    deny("chat_template", kChat, kTemplate),
    deny("chat_template_kwargs", kChat, kTemplate, is_empty_object),
    pass("continue_final_message", kChat, boolean),
    pass("dimensions", kEmbed, integer<1, 65536>),
    deny("documents", kChat, kDocuments, is_empty_array),
    deny("early_stopping", kGenerate, kCost, is_false),
    deny("ec_transfer_params", kGenerate, kEngine),
    deny("echo", kGenerate, kLeak, is_false),
    pass("embed_dtype", kEmbed, word<kFloat32, kFloat16, kBfloat16>),
    pass("encoding_format", kEmbed, check_encoding_format),
    pass("endianness", kEmbed, word<kNative, kBig, kLittle>),
    pass("frequency_penalty", kGenerate, number<-2.0, 2.0>),
    deny("function_call", kChat, kLegacy),
    deny("functions", kChat, kLegacy, is_empty_array),
    pass("guided_choice", kGenerate, check_guided_choice),
    deny("guided_decoding_backend", kGenerate, kEngine),
    deny("guided_grammar", kGenerate, kRegex),
    pass("guided_json", kGenerate, check_guided_json),
    deny("guided_regex", kGenerate, kRegex),
    deny("guided_whitespace_pattern", kGenerate, kRegex),
    deny("ignore_eos", kGenerate, kLength, is_false),
    pass("include_reasoning", kChat, boolean),
    pass("include_stop_str_in_output", kGenerate, boolean),
    pass("input", kEmbed, check_input),
    deny("kv_transfer_params", kGenerate, kEngine),
    deny("length_penalty", kGenerate, kCost, is_one),
    deny("logit_bias", kGenerate, kToken, is_empty_object),
    deny("logits_processors", kGenerate, kEngine, is_empty_array),
    deny("logprob_token_ids", kGenerate, kLeak, is_empty_array),
    pass("logprobs", kChat, check_chat_logprobs, is_false, wants_logprobs),
    pass("logprobs", kText, check_text_logprobs, nullptr, wants_logprobs),
    ours("max_completion_tokens", kChat, check_max_tokens),
    ours("max_tokens", kGenerate, check_max_tokens),
    deny("media_io_kwargs", kChat, kMedia, is_empty_object),
    pass("messages", kChat, check_messages),
    pass("min_p", kGenerate, number<0.0, 1.0>),
    pass("min_tokens", kGenerate, integer<0, kInt64Most>, is_zero),
    deny("mm_payload", kGenerate, kMedia),
    deny("mm_processor_kwargs", kChat | kEmbed, kMedia, is_empty_object),
    deny("modalities", kChat, "answers are text", is_text_only),
    ours("model", kAll, check_model),
    pass("n", kGenerate, check_n, is_one_integer),
    pass("normalize", kEmbed, boolean),
    deny("padding", kEmbed, kCost),
    pass("parallel_tool_calls", kChat, boolean, nullptr, has_tools),
    deny("prediction", kChat, "vLLM takes no predicted output; leave it out"),
    pass("presence_penalty", kGenerate, number<-2.0, 2.0>),
    drop("priority", kAll),
    pass("prompt", kText, check_prompt),
    deny("prompt_embeds", kText, kEngine),
    deny("prompt_logprobs", kGenerate, kLeak),
    pass("reasoning_effort", kChat, kCheckEffort),
    deny("repetition_detection", kGenerate, kEngine),
    pass("repetition_penalty", kGenerate, positive_number<2.0>),
    drop("request_id", kAll),
    pass("response_format", kGenerate, check_response_format),
    deny("return_assistant_tokens_mask", kChat, kLeak, is_false),
    deny("return_mm_kwargs", kGenerate, kLeak, is_false),
    deny("return_prompt_text", kChat, kLeak, is_false),
    deny("return_token_ids", kGenerate, kLeak, is_false),
    deny("return_token_offsets", kGenerate, kLeak, is_false),
    deny("return_tokens_as_token_ids", kGenerate, kLeak, is_false),
    deny("return_weight_versions", kGenerate, kLeak, is_false),
    deny("routed_experts_prompt_start", kGenerate, kLeak, is_zero),
    pass("seed", kGenerate, integer<kInt64Least, kInt64Most>),
    drop("session_id", kAll),
    pass("skip_special_tokens", kGenerate, boolean),
    pass("spaces_between_special_tokens", kGenerate, boolean),
    pass("stop", kGenerate, check_stop, is_empty_array),
    pass("stop_token_ids", kGenerate, check_stop_token_ids, is_empty_array),
    pass("stream", kGenerate, check_stream),
    pass("stream_interval", kGenerate, integer<1, 1024>),
    ours("stream_options", kGenerate, check_stream_options),
    deny("structural_tag", kChat, kRegex),
    pass("structured_outputs", kGenerate, check_structured_outputs),
    deny("suffix", kText, "vLLM cannot insert text", is_empty_string),
    pass("temperature", kGenerate, number<0.0, 2.0>),
    deny("thinking_token_budget", kGenerate, kEngine),
    pass("tool_choice", kChat, check_tool_choice, nullptr, has_tools),
    pass("tools", kChat, check_tools, is_empty_array),
    pass("top_k", kGenerate, integer<-1, INT32_MAX>),
    pass("top_logprobs", kChat, check_top_logprobs, is_zero, wants_logprobs),
    pass("top_p", kGenerate, positive_number<1.0>),
    pass("truncate_prompt_tokens", kAll, check_truncation),
    pass("truncation_side", kAll, kCheckSide),
    pass("use_activation", kEmbed, boolean),
    deny("use_beam_search", kGenerate, kCost, is_false),
    deny("vllm_xargs", kGenerate, kEngine, is_empty_object),
    deny("watermarking", kGenerate, kEngine),
    deny("web_search_options", kChat, "vLLM searches nothing; use `tools`"),
};
static_assert(std::ranges::is_sorted(kFields, {}, &Field::name));

// Where the names with a first letter begin: a look-up compares a handful of names, and most of
// those by their length alone.
constexpr auto kBegin = [] {
  std::array<std::uint8_t, 27> begin{};
  for (std::size_t letter = 0; letter < begin.size(); ++letter) {
    while (begin[letter] < std::size(kFields) &&
           kFields[begin[letter]].name[0] < static_cast<char>('a' + letter)) {
      ++begin[letter];
    }
  }
  return begin;
}();

}  // namespace

std::span<const Field> fields() {
  return kFields;
}

const Field* find_field(vllm::Endpoint endpoint, std::string_view name) {
  if (name.empty() || name[0] < 'a' || name[0] > 'z') return nullptr;
  const unsigned bit = 1u << std::to_underlying(endpoint);
  const auto letter = static_cast<std::size_t>(name[0] - 'a');
  for (std::size_t i = kBegin[letter]; i < kBegin[letter + 1]; ++i) {
    if (same_name(kFields[i].name, name) && (kFields[i].on & bit) != 0) return &kFields[i];
  }
  return nullptr;
}

}  // namespace gh::openai
