#include "adapter/base.h"

#include <algorithm>
#include <array>

#include "adapter/families.h"
#include "adapter/names.h"
#include "adapter/sizes.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

// Kinds of models with Conv1D of transformers (5.19), whose tables are [in, out].
constexpr auto kConv1D = std::to_array<std::string_view>(
    {"gpt2", "openai-gpt", "imagegpt", "decision_transformer", "clvp"});

// Any JSON can be given; other files of a model state none of these.
bool is_of_a_model(json::Value config) {
  const Sizes sizes(config, {});
  return config["model_type"].is_string() || sizes.value("hidden_size").value_or(0) > 0 ||
         sizes.value("num_hidden_layers").value_or(0) > 0;
}

std::optional<std::uint64_t> some(const Sizes& sizes, std::string_view sum) {
  const auto value = sizes.value(sum);
  return value == 0 ? std::nullopt : value;
}

bool has_word(std::string_view words, std::string_view word) {
  const auto all = split(words, ' ');
  return std::ranges::find(all, word) != all.end();
}

const Family* family_of(std::string_view kind, std::string_view within) {
  const auto found = std::ranges::find_if(families(), [&](const Family& family) {
    return family.within == within && has_word(family.kinds, kind);
  });
  return found == families().end() ? nullptr : &*found;
}

// Or shares its names with one that does: vLLM reads names of both kinds for these.
bool sees_or_hears(json::Value config) {
  constexpr auto kParts =
      std::to_array<std::string_view>({"text_config", "vision_config", "audio_config", "llm_config",
                                       "language_config", "thinker_config", "sound_config"});
  constexpr auto kKin = std::to_array<std::string_view>({"qwen3_5", "gemma3n", "gemma4"});
  const json::Value kind = config["model_type"];
  return std::ranges::any_of(kParts,
                             [&](std::string_view part) { return config[part].exists(); }) ||
         (kind.is_string() && std::ranges::any_of(kKin, [&](std::string_view kin) {
            return kind.string().starts_with(kin);
          }));
}

bool has_conv1d(const BaseFacts& facts) {
  json::Parser parser;
  const auto document = parser.parse(facts.config.value_or(""));
  if (!document) return false;
  const json::Value type = document->root()["model_type"];
  return type.is_string() && std::ranges::find(kConv1D, type.string()) != kConv1D.end();
}

}  // namespace

Base::Base(const BaseFacts& facts) {
  if (facts.table != nullptr) read_table(*facts.table, has_conv1d(facts));
  if (!facts.whole) language_.layers = std::nullopt;
  if (facts.config) read_config(*facts.config);
  if (fault_.empty()) presence_ = Presence(facts, stated_layers_, many_modes_);
}

void Base::read_table(const tensors::TensorTable& table, bool turned) {
  constexpr std::string_view kWeight = ".weight";
  known_ = true;
  for (const tensors::Tensor& tensor : table.tensors) {
    const auto layer = layer_of(tensor.name);
    if (layer && *layer < kNoLayer && !is_in_tower(tensor.name))
      language_.layers = std::max(language_.layers.value_or(0), *layer + 1);
    if (tensor.shape.size() != 2 || !tensor.name.ends_with(kWeight)) continue;
    // Two numbers of 4 bits in each byte (bitsandbytes, NVFP4): another shape than the module's.
    if (tensor.dtype == "U8") continue;
    const std::string module = tensor.name.substr(0, tensor.name.size() - kWeight.size());
    const std::size_t in = turned && is_conv1d(module) ? 0 : 1;
    const ModuleSize size = {.in = tensor.shape[in], .out = tensor.shape[1 - in]};
    modules_[module] = size;
    if (!is_in_tower(module)) {
      const auto [there, fresh] = places_.try_emplace(place_name(module), size);
      if (!fresh && there->second != size) there->second = std::nullopt;
    }
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
  const auto kind_of = [](json::Value model) {
    const json::Value kind = model["model_type"];
    return kind.is_string() ? kind.string() : "";
  };
  Stated language = stated_by(config, kind_of(config), "");
  stated_layers_ = language.layers;
  // Of a base that is there in part, the last layers may be elsewhere; a model may have one more
  // than its configuration counts.
  if (language_.layers) language.layers = std::max(*language_.layers, language.layers.value_or(0));
  language_ = std::move(language);
  if (!vocabulary_) vocabulary_ = some(Sizes(config, {kCommonSizes}), "vocabulary");

  many_modes_ = sees_or_hears(document->root());
  constexpr std::string_view kSees = "vision_config";
  tower_ = stated_by(document->root()[kSees], kind_of(document->root()), kSees);
}

Base::Stated Base::stated_by(json::Value config, std::string_view kind, std::string_view within) {
  const Family* const family = family_of(kind, within);
  const Sizes sizes(config, {family == nullptr ? "" : family->sizes, kCommonSizes});
  Stated stated;
  if (family == nullptr && !within.empty()) return stated;
  stated.layers = some(sizes, "layers");
  if (family == nullptr) return stated;
  stated.experts = some(sizes, "experts");
  for (const Shape& shape : family->shapes) {
    const auto in = some(sizes, shape.in);
    const auto out = some(sizes, shape.out);
    if (in && out) stated.modules.emplace_back(shape.module, ModuleSize{.in = *in, .out = *out});
  }
  return stated;
}

std::optional<std::uint64_t> Base::layers(std::string_view module) const {
  return (is_in_tower(module) ? tower_ : language_).layers;
}

std::optional<ModuleSize> Base::size_of(std::string_view module) const {
  if (const auto exact = modules_.find(module); exact != modules_.end()) return exact->second;
  if (!is_in_tower(module)) {
    const auto there = places_.find(place_name(module));
    if (there != places_.end() && there->second) return there->second;
  }
  if (const auto apart = size_of_experts(module)) return apart;
  const std::string name = served_name(module);
  for (const auto& [shape, size] : (is_in_tower(module) ? tower_ : language_).modules)
    if (is_named(name, shape)) return size;
  return std::nullopt;
}

// Checkpoints have a module for each expert, under the names that transformers gave them before
// version 5: gate and up side by side are the first matrix of all.
std::optional<ModuleSize> Base::size_of_experts(std::string_view module) const {
  constexpr std::string_view kInner = ".base_layer";
  if (!is_fused_experts(module)) return std::nullopt;
  const bool inner = module.ends_with(kInner);
  if (inner) module.remove_suffix(kInner.size());
  const auto first = [&](std::string_view part) {
    return size_of(std::string(module) + ".0." + std::string(part));
  };
  if (!inner) {
    const auto down = first("down_proj");
    return down ? down : first("w2");
  }
  auto gate = first("gate_proj");
  auto up = first("up_proj");
  if (!gate) gate = first("w1");
  if (!up) up = first("w3");
  if (!gate || gate != up) return std::nullopt;
  return ModuleSize{.in = gate->in, .out = 2 * gate->out};
}

}  // namespace gh::adapter
