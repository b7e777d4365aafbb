#include "hub/engine_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/json_document.h"
#include "hub/target.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

// A Python file, or a module: whatever it is called.
constexpr auto kFiles =
    std::to_array<std::string_view>({"tool-parser-plugin", "reasoning-parser-plugin"});
// "module.Class" or "module:Class", one, several, or one for each name.
constexpr auto kClasses = std::to_array<std::string_view>(
    {"distributed-executor-backend", "logits-processors", "middleware", "model-class-overrides",
     "scheduler-cls", "worker-cls", "worker-extension-cls"});
// Tables, and what in them is a module or a class.
constexpr auto kTables = std::to_array<std::string_view>(
    {"additional-config", "ec-manager-config", "ec-transfer-config", "kv-transfer-config"});
constexpr auto kMembers = std::to_array<std::string_view>(
    {"ec_connector_module_path", "encoder_cache_manager_cls", "kv_connector_module_path",
     "module_path", "spec_module_path"});

// "auto" and "mp" are vLLM's own words, and what lies in vLLM it brings itself.
bool is_own(std::string_view name) {
  if (!name.contains('.') && !name.contains(':')) return true;
  const Target judged = judge_target(name);
  return name.starts_with("vllm.") && judged != Target::runs && judged != Target::loader &&
         !name.contains('/');
}

void names(const Input& input, std::string_view key, Value value) {
  if (value.is_string() && !value.string().contains(' ') && !is_own(value.string()))
    input.add(rule::kEngineImport,
              fmt::format("{} is {}", escape(key, 64), escape(value.string(), kQuoted)),
              value.string());
  for (const Value element : value.elements()) names(input, key, element);
  for (const auto [name, member] : value.members()) names(input, key, member);
}

void table(const Input& input, Value value) {
  for (const Value element : value.elements()) table(input, element);
  for (const auto [name, member] : value.members()) {
    // A module needs no dot: "evil".
    const std::string_view text = member.is_string() ? member.string() : std::string_view();
    if (among(kMembers, name) && !text.empty() && !(text.contains('.') && is_own(text)))
      input.add(rule::kEngineImport,
                fmt::format("{} is {}", escape(name, 64), escape(text, kQuoted)), text);
    table(input, member);
  }
}

}  // namespace

void examine_engine_setting(const Input& input, std::string_view key, Value value) {
  // argparse takes both; a table may be written as JSON, as on the command line.
  std::string option(key);
  std::ranges::replace(option, '_', '-');
  if (among(kClasses, option)) return names(input, key, value);
  if (among(kTables, option)) {
    table(input, value);
    JsonDocument document;
    if (value.is_string() && value.string().starts_with('{'))
      if (const auto inner = document.try_parse(value.string())) table(input, *inner);
    return;
  }
  if (among(kFiles, option) && value.is_string() && !value.string().empty())
    input.add(rule::kEngineImport,
              fmt::format("{} is {}", escape(key, 64), escape(value.string(), kQuoted)),
              value.string());
}

}  // namespace gh::hub
