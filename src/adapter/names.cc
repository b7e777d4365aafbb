#include "adapter/names.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace gh::adapter {

namespace {

constexpr std::string_view kPrefix = "base_model.model.";

struct Ending {
  std::string_view text;
  Part part;
};
constexpr Ending kEndings[] = {{".lora_A.weight", Part::a},
                               {".lora_B.weight", Part::b},
                               {".lora_embedding_A", Part::embedding_a},
                               {".lora_embedding_B", Part::embedding_b},
                               {".base_layer.weight", Part::base}};

std::string_view take_last(std::string_view& name) {
  const std::size_t dot = name.rfind('.');
  const bool whole = dot == std::string_view::npos;
  const std::string_view part = whole ? name : name.substr(dot + 1);
  name = whole ? std::string_view() : name.substr(0, dot);
  return part;
}

}  // namespace

TensorName parse_name(std::string_view name) {
  std::string_view module = name;
  const bool prefixed = module.starts_with(kPrefix);
  if (prefixed) module.remove_prefix(kPrefix.size());
  // PEFT and the first versions of vLLM take the prefix away once, later ones each that there is.
  if (module.contains(kPrefix))
    return {.module = module, .part = Part::other, .prefixed = prefixed};
  for (const auto& [text, part] : kEndings) {
    if (!module.ends_with(text) || module.size() == text.size()) continue;
    module.remove_suffix(text.size());
    return {.module = module, .part = part, .prefixed = prefixed};
  }
  return {.module = module, .part = Part::other, .prefixed = prefixed};
}

bool names_module(std::string_view key, std::string_view module) {
  if (!module.ends_with(key)) return false;
  return module.size() == key.size() || module[module.size() - key.size() - 1] == '.';
}

bool is_fused_experts(std::string_view module) {
  return module.ends_with(".experts") || module.ends_with(".experts.base_layer");
}

std::string served_name(std::string_view module) {
  constexpr std::string_view kInner = ".base_layer";
  if (!is_fused_experts(module)) return std::string(module);
  if (!module.ends_with(kInner)) return std::string(module) + ".down_proj";
  return std::string(module.substr(0, module.size() - kInner.size())) + ".gate_up_proj";
}

bool is_number(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view last_part(std::string_view module) {
  std::size_t dot = module.rfind('.');
  if (dot == std::string_view::npos) return module;
  if (dot > 0 && is_number(module.substr(dot + 1))) {
    dot = module.rfind('.', dot - 1);
    if (dot == std::string_view::npos) return module;
  }
  return module.substr(dot + 1);
}

std::optional<std::uint64_t> layer_of(std::string_view module) {
  const auto parts = split(module, '.');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] != "layers" && parts[i] != "h" && parts[i] != "blocks") continue;
    std::uint64_t layer = 0;
    const std::string_view text = parts[i + 1];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), layer);
    const bool one_form = text.size() == 1 || !text.starts_with('0');
    if (error == std::errc() && end == text.data() + text.size() && one_form) return layer;
    // "-1", "00" and what no 64 bits hold: a number all the same, and no layer's name.
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (is_number(digits)) return kNoLayer;
  }
  return std::nullopt;
}

bool is_in_tower(std::string_view module) {
  for (const std::string_view part : split(module, '.')) {
    if (is_number(part)) return false;  // in a layer of the language model
    if (part.contains("vision") || part.contains("visual") || part.contains("audio")) return true;
  }
  return false;
}

bool is_named(std::string_view module, std::string_view shape) {
  while (!shape.empty()) {
    const std::string_view wanted = take_last(shape);
    const std::string_view part = take_last(module);
    if (wanted == "#" ? !is_number(part) : wanted != part) return false;
  }
  return true;
}

// From `get_mm_mapping` in vllm/model_executor/models of vLLM 0.33, and what transformers calls the
// same parts.
bool is_in_connector(std::string_view module) {
  constexpr std::array<std::string_view, 17> kNames = {"multi_modal_projector",
                                                       "mm_projector",
                                                       "modality_projection",
                                                       "projector",
                                                       "connector",
                                                       "resampler",
                                                       "qformer",
                                                       "language_projection",
                                                       "linear_proj",
                                                       "mlp1",
                                                       "mlp_AR",
                                                       "vit_merger",
                                                       "sound_projection",
                                                       "spatial_projectors",
                                                       "layerwise_projectors",
                                                       "patch_merger",
                                                       "merger"};
  for (const std::string_view part : split(module, '.')) {
    if (is_number(part)) return false;  // in a layer of the language model
    if (std::ranges::find(kNames, part) != kNames.end()) return true;
  }
  return false;
}

bool is_conv1d(std::string_view module) {
  constexpr std::array<std::string_view, 4> kNames = {"c_attn", "c_proj", "c_fc", "q_attn"};
  return std::ranges::find(kNames, last_part(module)) != kNames.end();
}

bool is_embedding_module(std::string_view module) {
  constexpr std::array<std::string_view, 7> kNames = {
      "embed_tokens", "lm_head", "wte", "wpe", "embed_in", "embed_out", "word_embeddings"};
  return std::ranges::find(kNames, last_part(module)) != kNames.end();
}

}  // namespace gh::adapter
