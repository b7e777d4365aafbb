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

}  // namespace

TensorName parse_name(std::string_view name) {
  std::string_view module = name;
  if (module.starts_with(kPrefix)) module.remove_prefix(kPrefix.size());
  for (const auto& [text, part] : kEndings) {
    if (!module.ends_with(text) || module.size() == text.size()) continue;
    module.remove_suffix(text.size());
    return {.module = module, .part = part};
  }
  return {.module = module, .part = Part::other};
}

std::string_view last_part(std::string_view module) {
  const std::size_t dot = module.rfind('.');
  return dot == std::string_view::npos ? module : module.substr(dot + 1);
}

std::optional<std::uint64_t> layer_of(std::string_view module) {
  const auto parts = split(module, '.');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] != "layers" && parts[i] != "h" && parts[i] != "blocks") continue;
    std::uint64_t layer = 0;
    const std::string_view text = parts[i + 1];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), layer);
    if (error == std::errc() && end == text.data() + text.size()) return layer;
  }
  return std::nullopt;
}

bool is_embedding_module(std::string_view module) {
  constexpr std::array<std::string_view, 7> kNames = {
      "embed_tokens", "lm_head", "wte", "wpe", "embed_in", "embed_out", "word_embeddings"};
  return std::ranges::find(kNames, last_part(module)) != kNames.end();
}

}  // namespace gh::adapter
