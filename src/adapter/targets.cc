#include "adapter/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "adapter/names.h"
#include "adapter/pattern.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

std::vector<std::string> texts_of(Value value) {
  std::vector<std::string> texts;
  for (const Value element : value.elements())
    if (element.is_string()) texts.emplace_back(element.string());
  return texts;
}

std::optional<std::int64_t> number_from(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-'))
    return std::nullopt;
  return number;
}

// The first number in a name that another part follows, and that stands behind `pattern`; behind
// any two parts when it is "".
std::optional<std::int64_t> index_behind(std::string_view pattern, std::string_view module) {
  const auto parts = split(module, '.');
  for (std::size_t i = pattern.empty() ? 2 : 1; i + 1 < parts.size(); ++i) {
    const auto index = number_from(parts[i]);
    if (!index) continue;
    const auto before = static_cast<std::size_t>(parts[i].data() - module.data()) - 1;
    if (pattern.empty() || names_module(pattern, module.substr(0, before))) return index;
  }
  return std::nullopt;
}

}  // namespace

Targets::Targets(Value config) {
  const Value modules = config["target_modules"];
  if (modules.is_string()) {
    std::string lower(modules.string());
    std::ranges::transform(lower, lower.begin(), to_lower);
    all_linear_ = lower == "all-linear";
    if (!all_linear_) {
      expression_text_ = modules.string();
      expression_.emplace(expression_text_);
    }
  }
  for (std::string& name : texts_of(modules)) names_.push_back({std::move(name)});
  for (std::string& name : texts_of(config["target_parameters"]))
    parameters_.push_back({std::move(name)});
  const Value out = config["exclude_modules"];
  excluded_names_ = texts_of(out);
  if (out.is_string() && !out.string().empty()) excluded_expression_.emplace(out.string());

  const Value layers = config["layers_to_transform"];
  const auto add_layer = [this](Value layer) {
    if (const auto number = layer.is_integer() ? layer.int64() : std::nullopt)
      layers_.push_back(*number);
  };
  add_layer(layers);
  for (const Value layer : layers.elements()) add_layer(layer);
  some_layers_ = layers.is_integer() || (layers.is_array() && layers.size() > 0);
  const Value patterns = config["layers_pattern"];
  layer_patterns_ = texts_of(patterns);
  if (patterns.is_string() && !patterns.string().empty())
    layer_patterns_.emplace_back(patterns.string());
}

std::optional<bool> Targets::states(std::string_view module, bool lone_experts) {
  if (by_parameter(module, lone_experts)) return true;
  const auto out = excluded(module);
  if (out == true) return false;
  auto stated = by_name(module);
  if (stated == true && !out) return std::nullopt;
  return stated;
}

std::optional<bool> Targets::excluded(std::string_view module) {
  if (excluded_expression_) return excluded_expression_->matches(module, steps_);
  return std::ranges::any_of(excluded_names_,
                             [&](const std::string& name) { return names_module(name, module); });
}

std::optional<bool> Targets::by_name(std::string_view module) {
  // PEFT leaves the head out, and takes what is linear only.
  if (all_linear_) return !is_embedding_module(module);
  if (expression_) {
    const auto matched = expression_->matches(module, steps_);
    expression_used_ = expression_used_ || matched != false;
    return matched;
  }
  std::optional<bool> stated = false;
  for (Name& name : names_) {
    if (!names_module(name.text, module)) continue;
    // A whole name is not asked for its layer.
    const auto taken = name.text == module ? std::optional(true) : in_layers(module);
    if (taken == false) continue;
    name.used = true;
    if (stated != true) stated = taken;
  }
  return stated;
}

std::optional<bool> Targets::in_layers(std::string_view module) const {
  if (!some_layers_) return true;
  std::optional<std::int64_t> index;
  if (layer_patterns_.empty()) index = index_behind("", module);
  for (const std::string& pattern : layer_patterns_) {
    if (judge_pattern(pattern) != Pattern::plain) return std::nullopt;
    index = index_behind(pattern, module);
    if (index) break;
  }
  return index && std::ranges::find(layers_, *index) != layers_.end();
}

bool Targets::by_parameter(std::string_view module, bool lone_experts) {
  if (parameters_.empty()) return false;
  const std::string parameter =
      is_fused_experts(module) ? served_name(module) : fmt::format("{}.weight", module);
  bool stated = false;
  for (Name& name : parameters_) {
    const bool is_other = lone_experts && module.ends_with(".experts") &&
                          names_module(name.text, fmt::format("{}.gate_up_proj", module));
    if (!is_other && !names_module(name.text, parameter)) continue;
    name.used = stated = true;
  }
  return stated;
}

// Whether `exclude_modules` may leave nothing of what the name means: which modules there are, only
// the base knows.
bool Targets::is_taken_back(std::string_view name) {
  if (excluded_expression_)
    return excluded_expression_->matches(name, steps_) != false ||
           excluded_expression_->matches(fmt::format("model.layers.0.{}", name), steps_) != false;
  return std::ranges::any_of(excluded_names_, [&](const std::string& excluded) {
    return names_module(name, excluded) || names_module(excluded, name);
  });
}

std::vector<std::string> Targets::unused() {
  std::vector<std::string> unused;
  if (expression_ && !expression_used_)
    unused.push_back(fmt::format("target_modules is \"{}\"", escape(expression_text_, kQuoted)));
  for (const Name& name : names_)
    if (!name.used && !is_taken_back(name.text))
      unused.push_back(fmt::format("target_modules has \"{}\"", escape(name.text, kQuoted)));
  for (const Name& name : parameters_)
    if (!name.used)
      unused.push_back(fmt::format("target_parameters has \"{}\"", escape(name.text, kQuoted)));
  return unused;
}

}  // namespace gh::adapter
