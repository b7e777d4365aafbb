#include "artifacts/keras_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "artifacts/keras_rules.h"
#include "artifacts/keras_weights.h"
#include "base/text.h"
#include "hub/keras.h"
#include "hub/keras_rules.h"
#include "pickle/dangerous.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

std::string_view text_of(json::Value value) {
  return value.is_string() ? value.string() : std::string_view();
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
    const auto names = hub::keras_names(object);
    const std::string_view module = text_of(object["module"]);
    const std::string_view registered = text_of(object["registered_name"]);
    if (const auto code = std::ranges::find_if(names, hub::is_code_of_keras); code != names.end())
      return examination_.add(kKerasLambda, fmt::format("class {}", *code));
    if (const auto inside = hub::module_of_keras(module)) {
      const std::string_view function = hub::function_of_keras(object, *inside);
      if (!function.empty()) return foreign(hub::rule::kKerasFunction, module, function);
    } else if (names[0] == "function") {
      return judge_function(module, text_of(object["config"]), registered);
    } else if (!module.empty()) {
      return foreign(kKerasModule, module, names[0]);
    }
    // Keras 2 has no other field for it than the class.
    for (const std::string_view custom : {registered, names[0]})
      if (custom.contains('>'))
        return examination_.add(kKerasCustom, fmt::format("\"{}\"", escape(custom)));
  }

  // Of another module than Keras'.
  void judge_function(std::string_view module, std::string_view function,
                      std::string_view registered) {
    if (module != "builtins" && !module.empty()) return foreign(kKerasModule, module, function);
    for (const std::string_view name : {function, registered})
      if (module == "builtins" && pickle::danger_of(module, name))
        return foreign(kKerasModule, module, name);
    examination_.add(kKerasCustom, fmt::format("the function \"{}\"", escape(function)));
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
