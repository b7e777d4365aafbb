#include "adapter/base.h"

#include <algorithm>
#include <array>

#include "adapter/names.h"
#include "json/json.h"

namespace gh::adapter {

namespace {

// Kinds of models whose projections have the sizes that `read_config` computes, in every layer.
constexpr auto kOrdinary = std::to_array<std::string_view>(
    {"llama",  "mistral",     "ministral", "qwen2",   "qwen3",   "gemma",           "gemma2",
     "gemma3", "gemma3_text", "granite",   "phi3",    "olmo",    "olmo2",           "stablelm",
     "cohere", "glm",         "glm4",      "smollm3", "exaone4", "hunyuan_v1_dense"});
// Kinds of models with Conv1D of transformers (5.19), whose tables are [in, out].
constexpr auto kConv1D = std::to_array<std::string_view>(
    {"gpt2", "openai-gpt", "imagegpt", "decision_transformer", "clvp"});
constexpr std::int64_t kMaxSize = 1U << 24;  // of a field; no model is near it

std::optional<std::uint64_t> number(json::Value config, std::string_view name) {
  const auto value = config[name].is_integer() ? config[name].int64() : std::nullopt;
  if (!value || *value <= 0 || *value > kMaxSize) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

// Any JSON can be given; other files of a model state none of these.
bool is_of_a_model(json::Value config) {
  return config["model_type"].is_string() || number(config, "hidden_size") ||
         number(config, "num_hidden_layers");
}

bool has_conv1d(const BaseFacts& facts) {
  json::Parser parser;
  const auto document = parser.parse(facts.config.value_or(""));
  if (!document) return false;
  const json::Value type = document->root()["model_type"];
  return type.is_string() && std::ranges::find(kConv1D, type.string()) != kConv1D.end();
}

bool is_conv1d(std::string_view module) {
  constexpr auto kNames = std::to_array<std::string_view>({"c_attn", "c_proj", "c_fc", "q_attn"});
  return std::ranges::find(kNames, last_part(module)) != kNames.end();
}

}  // namespace

Base::Base(const BaseFacts& facts) {
  if (facts.table != nullptr) read_table(*facts.table, has_conv1d(facts));
  if (facts.config) read_config(*facts.config);
}

void Base::read_table(const tensors::TensorTable& table, bool turned) {
  constexpr std::string_view kWeight = ".weight";
  known_ = true;
  for (const tensors::Tensor& tensor : table.tensors) {
    if (const auto layer = layer_of(tensor.name); layer && *layer < kNoLayer)
      layers_ = std::max(layers_.value_or(0), *layer + 1);
    if (tensor.shape.size() != 2 || !tensor.name.ends_with(kWeight)) continue;
    const std::string module = tensor.name.substr(0, tensor.name.size() - kWeight.size());
    const std::size_t in = turned && is_conv1d(module) ? 0 : 1;
    modules_[module] = {.in = tensor.shape[in], .out = tensor.shape[1 - in]};
    if (last_part(module) == "embed_tokens") vocabulary_ = tensor.shape[0];
  }
}

void Base::read_config(std::string_view text) {
  json::Parser parser;
  const auto document = parser.parse(text);
  if (!document || !document->root().is_object()) {
    fault_ = text.empty() ? "the base's config.json is empty"
                          : "the base's config.json is no JSON object";
    return;
  }
  json::Value config = document->root();
  if (config["text_config"].is_object()) config = config["text_config"];
  if (!is_of_a_model(config) && !is_of_a_model(document->root())) {
    fault_ =
        "what was given as the base's config.json is none: it has no model_type, hidden_size or "
        "num_hidden_layers";
    return;
  }
  known_ = true;
  if (!layers_) layers_ = number(config, "num_hidden_layers");
  if (!vocabulary_) vocabulary_ = number(config, "vocab_size");
  const json::Value type = config["model_type"];
  if (!type.is_string() || std::ranges::find(kOrdinary, type.string()) == kOrdinary.end()) return;
  const auto hidden = number(config, "hidden_size");
  const auto between = number(config, "intermediate_size");
  const auto heads = number(config, "num_attention_heads");
  if (!hidden || !between || !heads) return;
  const std::uint64_t width = number(config, "head_dim").value_or(*hidden / *heads);
  const std::uint64_t keys = number(config, "num_key_value_heads").value_or(*heads) * width;
  by_ending_ = {{"q_proj", {*hidden, *heads * width}}, {"k_proj", {*hidden, keys}},
                {"v_proj", {*hidden, keys}},           {"o_proj", {*heads * width, *hidden}},
                {"gate_proj", {*hidden, *between}},    {"up_proj", {*hidden, *between}},
                {"down_proj", {*between, *hidden}}};
  const std::string_view kind = type.string();
  if (kind != "phi3" && kind != "glm" && kind != "glm4") return;
  // Some of them are one matrix there.
  by_ending_["qkv_proj"] = {*hidden, *heads * width + 2 * keys};
  by_ending_["gate_up_proj"] = {*hidden, 2 * *between};
}

std::optional<ModuleSize> Base::size_of(std::string_view module) const {
  if (const auto exact = modules_.find(module); exact != modules_.end()) return exact->second;
  if (is_in_tower(module)) return std::nullopt;
  const auto ending = by_ending_.find(last_part(module));
  if (ending == by_ending_.end()) return std::nullopt;
  return ending->second;
}

}  // namespace gh::adapter
