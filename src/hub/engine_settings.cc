#include "hub/engine_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "hub/command_line.h"
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
// What in tables is a module or a file, and what a class: that has a dot, or is vLLM's own.
constexpr auto kMembers = std::to_array<std::string_view>(
    {"cache_policy_module_path", "ec_connector_module_path", "encoder_cache_manager_cls",
     "kv_connector_module_path", "module_path", "reasoning_parser_plugin", "spec_module_path"});
constexpr auto kClassMembers =
    std::to_array<std::string_view>({"backpressure_cls", "policy", "policy_cls"});

// "auto" and "mp" are vLLM's own words, and what lies in vLLM it brings itself.
bool is_own(std::string_view name) {
  if (!name.contains('.') && !name.contains(':')) return true;
  const Target judged = judge_target(name);
  return name.starts_with("vllm.") && judged != Target::runs && judged != Target::loader &&
         !name.contains('/');
}

// As vLLM tells a class from the name of a model: "my_module.Proposer", not "Qwen/Qwen3.5" or
// "Qwen2.5". Python's letters are not ASCII alone.
bool is_dotted(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() > 1 && std::ranges::all_of(parts, [](std::string_view part) {
           return !part.empty() && !(part[0] >= '0' && part[0] <= '9') &&
                  std::ranges::all_of(part, [](char c) {
                    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || static_cast<signed char>(c) < 0;
                  });
         });
}

// A key that is cut short may be one of another program: "scheduler: torch.optim.lr_scheduler.X".
bool is_import(std::string_view name) {
  std::string dotted(name);
  std::ranges::replace(dotted, ':', '.');
  return is_dotted(dotted) && judge_target(dotted) != Target::plain;
}

class Settings {
 public:
  explicit Settings(const Input& input) : input_(input) {}

  // What is nested too deeply to be read once more here is not for vLLM.
  void pass_over(const Option& option) {
    label_ = option.label;
    if (option.match != Option::Match::none) add("is nested too deeply to be judged");
  }

  void judge(const Option& option, Value value) {
    label_ = option.label;
    if (option.match == Option::Match::none) {
      if (option.of_known) add(option.name.empty() ? "ends the options" : "is no option of vLLM");
      return;
    }
    if (option.unreadable) add("is JSON that readers take differently");
    const std::string_view name = option.name;
    if (option.smuggled && !option.has_value && name != "trust-remote-code" &&
        (among(kFiles, name) || among(kClasses, name)))
      return add("takes what follows");
    if (among(kClasses, name)) return names(value, option.match == Option::Match::prefix);
    if (among(kFiles, name)) return file(value);
    if (name == "trust-remote-code") return trust(option);
    // Its method may be said elsewhere, twice and cut short.
    if (name == "spec-model") return draft(value, Value());
    if (name == "speculative-config")
      return each(value, [&](Value one) { draft(one["model"], one["method"]); });
    if (name == "compilation-config") return each(value, [&](Value one) { compilation(one); });
    if (name.ends_with("-config")) table(value);
  }

 private:
  void add(std::string_view what) {
    input_.add(rule::kEngineImport, fmt::format("{} {}", label_, what), what);
  }

  void is(std::string_view label, std::string_view text) {
    input_.add(rule::kEngineImport, fmt::format("{} is {}", label, escape(text, kQuoted)), text);
  }

  void names(Value value, bool cut_short) {
    if (value.is_string() && !value.string().contains(' ') && !is_own(value.string()) &&
        (!cut_short || is_import(value.string())))
      is(label_, value.string());
    for (const Value element : value.elements()) names(element, cut_short);
    for (const auto [name, member] : value.members()) names(member, cut_short);
  }

  void file(Value value) {
    if (value.is_string() && !value.string().empty()) is(label_, value.string());
    for (const Value element : value.elements()) file(element);
  }

  // As a key by itself it was seen where all settings are.
  void trust(const Option& option) {
    if (option.match == Option::Match::prefix || option.smuggled)
      input_.add(rule::kTrust, fmt::format("{} is trust-remote-code", label_));
  }

  // Without a method the name alone says that it is a class.
  void draft(Value model, Value method) {
    const bool by_class =
        !method.is_string() || method.string() == "custom_class" || method.string() == "None";
    if (by_class && model.is_string() && is_dotted(model.string()) && !is_own(model.string()))
      is(label_, model.string());
  }

  template <class Judge>
  void each(Value value, const Judge& judge) {
    if (value.is_object()) judge(value);
    for (const Value element : value.elements())
      if (element.is_object()) judge(element);
  }

  // Backends of torch have no dot.
  void compilation(Value value) {
    const Value backend = value["backend"];
    if (backend.is_string() && !is_own(backend.string()))
      is(fmt::format("backend of {}", label_), backend.string());
    for (const auto [name, pass] : value["inductor_passes"].members())
      if (pass.is_string() && !is_own(pass.string()))
        is(fmt::format("{} of inductor_passes", escape(name, 64)), pass.string());
  }

  void table(Value value) {
    for (const Value element : value.elements()) table(element);
    for (const auto [name, member] : value.members()) {
      const std::string_view text = member.is_string() ? member.string() : std::string_view();
      // A module needs no dot: "evil".
      const bool own = text.contains('.') && is_own(text);
      if ((among(kMembers, name) && !text.empty() && !own) ||
          (among(kClassMembers, name) && is_dotted(text) && !own))
        is(escape(name, 64), text);
      table(member);
    }
  }

  const Input& input_;
  std::string label_;
};

}  // namespace

void examine_engine_settings(const Input& input, Value root,
                             const std::function<void(Value)>& walk) {
  Settings settings(input);
  JsonDocument document;
  for (const Option& option : options_of(root)) {
    const auto parsed = document.try_parse(option.json);
    if (!parsed && !option.json.empty()) {
      settings.pass_over(option);
      continue;
    }
    const Value value = parsed ? (*parsed)[option.name] : Value();
    settings.judge(option, value);
    if (option.rewritten && parsed) walk(*parsed);
  }
}

}  // namespace gh::hub
