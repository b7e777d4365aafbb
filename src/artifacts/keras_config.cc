#include "artifacts/keras_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "artifacts/keras_rules.h"
#include "artifacts/keras_weights.h"
#include "base/text.h"
#include "hub/keras.h"
#include "pickle/dangerous.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

std::string_view text_of(json::Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

bool is_in(std::string_view module, std::string_view package) {
  return module == package ||
         (module.starts_with(package) && module.substr(package.size()).starts_with('.'));
}

// Where functions that are parts of models live; others do something when they are called.
bool has_model_functions(std::string_view module) {
  constexpr std::array<std::string_view, 9> kModules = {
      "keras.activations",  "keras.losses",      "keras.metrics",
      "keras.initializers", "keras.ops",         "keras.src.activations",
      "keras.src.losses",   "keras.src.metrics", "keras.regularizers"};
  return std::ranges::any_of(kModules, [&](auto known) { return is_in(module, known); });
}

class Configuration {
 public:
  explicit Configuration(findings::Examination& examination) : examination_(examination) {}

  void walk(json::Value value) {
    if (value.is_object() && value["class_name"].is_string()) {
      judge(value);
      hub::examine_keras_files(value, examination_);
    }
    for (const auto& [key, member] : value.members()) walk(member);
    for (const json::Value element : value.elements()) walk(element);
  }

 private:
  void judge(json::Value object) {
    const std::string_view name = text_of(object["class_name"]);
    const std::string_view module = text_of(object["module"]);
    const std::string_view registered = text_of(object["registered_name"]);
    // A wrapped PyTorch module is a pickle that the layer loads without weights_only
    // (CVE-2025-49655).
    if (name == "Lambda" || name == "__lambda__" || name == "TorchModuleWrapper") {
      examination_.add(kKerasLambda, fmt::format("class {}", name));
    } else if (is_in(module, "keras") && is_function_name(name)) {
      foreign(kKerasFunction, module, name);
    } else if (name == "function" && !has_model_functions(module)) {
      const std::string_view function = text_of(object["config"]);
      if (module == "builtins" && pickle::danger_of(module, function))
        foreign(kKerasModule, module, function);
      else if (module == "builtins" || module.empty())
        examination_.add(kKerasCustom, fmt::format("the function \"{}\"", escape(function)));
      else
        foreign(is_in(module, "keras") ? kKerasFunction : kKerasModule, module, function);
    } else if (!module.empty() && !is_in(module, "keras") && !is_in(module, "tf_keras") &&
               !is_in(module, "tensorflow.keras")) {
      foreign(kKerasModule, module, name);
    } else if (registered.contains('>')) {
      examination_.add(kKerasCustom, fmt::format("\"{}\"", escape(registered)));
    } else if (name.contains('>')) {  // as Keras 2 writes it, which has no other field for it
      examination_.add(kKerasCustom, fmt::format("\"{}\"", escape(name)));
    }
  }

  // Classes of Keras begin with a capital letter; anything else that is named as a class is called.
  static bool is_function_name(std::string_view name) {
    return !name.empty() && name != "function" &&
           (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z'));
  }

  void foreign(const Rule& rule, std::string_view module, std::string_view name) {
    examination_.add(rule, fmt::format("\"{}\" of \"{}\"", escape(name), escape(module)));
  }

  findings::Examination& examination_;
};

}  // namespace

void judge_keras_config(json::Value root, findings::Examination& examination) {
  Configuration(examination).walk(root);
}

void judge_keras_weights(json::Value root, std::uint64_t held, findings::Examination& examination) {
  const double weights = weights_of(root);
  if (ask_for_too_much(weights, held))
    examination.add(kKerasWeights,
                    fmt::format("{:.0f} weights or more, beside {} bytes of them", weights, held));
}

void examine_keras_config(std::string_view text, std::uint64_t held,
                          findings::Examination& examination) {
  json::Parser parser(kKerasLimits);
  const auto document = parser.parse(text);
  if (!document) return examination.add(kKerasConfig, document.error().message);
  judge_keras_config(document->root(), examination);
  judge_keras_weights(document->root(), held, examination);
}

}  // namespace gh::artifacts
