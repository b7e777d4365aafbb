#include "adapter/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "adapter/rules.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

using json::Value;

constexpr std::string_view kLibrary = "parent_library";
constexpr std::string_view kClass = "base_model_class";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What names no code: Unsloth marks its adapters with "unsloth_fixed": true, and how it keeps fused
// experts with a word. A module within another, or an object of one, has a dot or a colon.
bool is_mark(Value value) {
  if (value.is_string()) return std::ranges::all_of(value.string(), is_word);
  for (const Value element : value.elements())
    if (!is_mark(element)) return false;
  for (const auto [key, member] : value.members())
    if (!std::ranges::all_of(key, is_word) || !is_mark(member)) return false;
  return true;
}

bool has_marks_only(Value mapping) {
  for (const auto [key, value] : mapping.members())
    if (key != kLibrary && key != kClass && !is_mark(value)) return false;
  return true;
}

// PEFT writes the class of the base model when no task type was given: a module of transformers,
// which is there already, and a name in it. It reads these two and nothing else.
bool is_own_mapping(Value mapping) {
  const Value library = mapping[kLibrary];
  const Value base = mapping[kClass];
  if (!library.is_string() || !base.is_string()) return false;
  constexpr std::string_view kModels = "transformers.models.";
  return library.string().starts_with(kModels) &&
         std::ranges::all_of(library.string(), [](char c) { return c == '.' || is_word(c); }) &&
         !library.string().contains("..") && !library.string().contains(".__") &&
         !base.string().empty() && base.string()[0] >= 'A' && base.string()[0] <= 'Z' &&
         std::ranges::all_of(base.string(), is_word);
}

}  // namespace

bool is_set(Value value) {
  switch (value.exists() ? value.type() : json::Type::null) {
    case json::Type::null:
      return false;
    case json::Type::boolean:
      return value.boolean();
    case json::Type::string:
      return !value.string().empty();
    case json::Type::array:
    case json::Type::object:
      return value.size() > 0;
    default:
      return value.number() != 0;
  }
}

void check_imports(Value root, findings::Examination& examination) {
  const Value mapping = root["auto_mapping"];
  if (is_set(mapping) && !is_own_mapping(mapping)) {
    const Value library = mapping[kLibrary];
    examination.add(kImports,
                    fmt::format("auto_mapping imports \"{}\"",
                                library.is_string() ? escape(library.string(), 100) : ""));
  } else if (is_set(mapping) && !has_marks_only(mapping)) {
    examination.add(kImports, "auto_mapping has more than a class of transformers");
  }
  if (is_set(root["megatron_config"])) examination.add(kImports, "megatron_config is set");
  // PEFT writes the default into every file.
  const Value core = root["megatron_core"];
  if (is_set(core) && !(core.is_string() && core.string() == "megatron.core")) {
    examination.add(kImports,
                    fmt::format("megatron_core is \"{}\"",
                                core.is_string() ? escape(core.string(), 100) : "not a text"));
  }
  for (const auto [key, value] : root["runtime_config"].members()) {
    if (key == "ephemeral_gpu_offload" && value.is_bool()) continue;
    examination.add(kImports, fmt::format("runtime_config has \"{}\"", escape(key, 100)));
  }
}

// From PEFT 0.21: EVA and LoRA-GA choose the first values of A and B, and save ranks and alphas
// that they redistributed in rank_pattern and alpha_pattern (tuners/lora/eva.py, loraga.py).
void check_training(Value root, findings::Examination& examination) {
  for (const std::string_view name : {"eva_config", "lora_ga_config"}) {
    if (!is_set(root[name])) continue;
    examination.add(kTrainingOnly,
                    fmt::format("{} is set: it chose the first values, what was saved is a plain "
                                "LoRA",
                                name));
  }
  // PEFT never writes it, and takes it out of what it reads.
  if (const Value offload = root["runtime_config"]["ephemeral_gpu_offload"];
      offload.is_bool() && offload.boolean()) {
    examination.add(kTrainingOnly,
                    "runtime_config has \"ephemeral_gpu_offload\": where PEFT does the sums of "
                    "DoRA; PEFT does not read it from a file");
  }
}

}  // namespace gh::adapter
