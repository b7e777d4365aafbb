#include "hub/part_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/target.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

bool begins_with_one_of(std::string_view text, auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return text.starts_with(p); });
}

// The modules that one part of a pipeline comes from: ["diffusers", "UNet2DConditionModel"], and of
// modular pipelines [null, null, {"type_hint": ["diffusers", "UNet2DConditionModel"], …}].
std::vector<std::string_view> libraries_of(Value part) {
  std::vector<std::string_view> libraries;
  const auto add = [&](Value pair) {
    if (pair.is_array() && pair.size() >= 1 && (*pair.elements().begin()).is_string())
      libraries.push_back((*pair.elements().begin()).string());
  };
  add(part);
  for (const Value element : part.elements()) add(element["type_hint"]);
  return libraries;
}

}  // namespace

// sentence-transformers' modules.json: [{"type": "sentence_transformers.models.Pooling", …}].
void examine_module_list(const Input& input, Value root) {
  static constexpr std::array<std::string_view, 2> kUsual = {"sentence_transformers.",
                                                             "pylate.models."};
  for (const Value module : root.elements()) {
    // Where its weights and settings are read; no writer makes it absolute.
    const Value path = module["path"];
    if (path.is_string() && path.string().starts_with('/'))
      input.add(rule::kLeaves, fmt::format("the path {}", escape(path.string(), kQuoted)),
                path.string());
    const Value type = module["type"];
    if (!type.is_string()) continue;
    const std::string_view name = type.string();
    const std::string_view last = name.substr(name.rfind('.') + 1);
    const char initial = last.empty() ? ' ' : last[0];
    if (begins_with_one_of(name, kUsual) && initial >= 'A' && initial <= 'Z' &&
        judge_target(name) == Target::unknown)
      continue;
    input.add(rule::kImport, fmt::format("the type {}", escape(name, kQuoted)), name);
  }
}

// diffusers' model_index.json and modular_model_index.json: {"unet": […], …}. A library is one
// that is installed, or a pipeline of diffusers with parts of its own.
void examine_pipeline_index(const Input& input, Value root) {
  static constexpr auto kUsual = std::to_array<std::string_view>({"diffusers",
                                                                  "transformers",
                                                                  "onnxruntime",
                                                                  "optimum",
                                                                  "alt_diffusion",
                                                                  "amused",
                                                                  "audioldm2",
                                                                  "blip_diffusion",
                                                                  "deepfloyd_if",
                                                                  "kandinsky",
                                                                  "kolors",
                                                                  "latent_diffusion",
                                                                  "omnigen",
                                                                  "paint_by_example",
                                                                  "shap_e",
                                                                  "spectrogram_diffusion",
                                                                  "stable_audio",
                                                                  "stable_cascade",
                                                                  "stable_diffusion",
                                                                  "stable_diffusion_safe",
                                                                  "stable_diffusion_xl",
                                                                  "unclip",
                                                                  "unidiffuser",
                                                                  "versatile_diffusion",
                                                                  "wuerstchen"});
  const auto is_usual = [](std::string_view library) {
    return std::ranges::find(kUsual, library.substr(0, library.find('.'))) != kUsual.end() &&
           judge_target(library) == Target::unknown;
  };
  for (const auto [key, value] : root.members())
    for (const std::string_view library : libraries_of(value))
      if (!library.empty() && !is_usual(library))
        input.add(rule::kImport,
                  fmt::format("{} comes from the module {}", escape(key, 64), escape(library, 64)),
                  library);
}

}  // namespace gh::hub
