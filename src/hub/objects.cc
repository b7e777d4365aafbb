#include "hub/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/keras.h"
#include "hub/keras_rules.h"
#include "hub/logging_settings.h"
#include "hub/target.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;

std::string_view text_of(Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

// Of builtins, those that are made of values and do nothing.
constexpr auto kTypes =
    std::to_array<std::string_view>({"bool", "bytes", "dict", "float", "frozenset", "int", "list",
                                     "object", "set", "str", "tuple"});

bool is_plain_type(std::string_view name) {
  constexpr std::string_view kModule = "builtins.";
  return name.starts_with(kModule) && among(kTypes, name.substr(kModule.size()));
}

// {"py/object": "module.Class"}
void of_jsonpickle(const Input& input, Value object) {
  for (const auto [key, value] : object.members()) {
    if (!key.starts_with("py/")) continue;
    const std::string_view text = text_of(value);
    input.add(rule::kPickledObject, fmt::format("{} is {}", escape(key, 64), escape(text, kQuoted)),
              text);
  }
}

// A name that is only looked at when it does more than make a plain object.
void examine_if_it_does_more(const Input& input, std::string_view key, std::string_view module,
                             std::string_view name) {
  const std::string whole = fmt::format("{}.{}", module, name);
  const Target judged = judge_target(whole);
  if (judged == Target::runs || judged == Target::loader) examine_target(input, key, whole);
}

// {"type": "pyref", "module": …, "name": …}: NeMo 2 keeps so how a model was made.
void of_fiddle(const Input& input, Value object) {
  if (text_of(object["type"]) != "pyref") return;
  const std::string_view module = text_of(object["module"]);
  const std::string_view name = text_of(object["name"]);
  if (module == "builtins" && among(kTypes, name)) return;
  examine_if_it_does_more(input, "pyref", module, name);
}

// {"module": …, "class_name": …, "config": …}: KerasHub's presets lie open in the folder.
void of_keras(const Input& input, Value object) {
  static constexpr auto kPackages = std::to_array<std::string_view>(
      {"keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "tensorflow", "tf_keras"});
  const auto names = keras_names(object);
  if (names[0].empty() || !object["config"].exists()) return;
  examine_keras_files(object, input.examination);
  if (const auto code = std::ranges::find_if(names, is_code_of_keras); code != names.end())
    return input.add(rule::kDangerousTarget, fmt::format("class_name is {}", *code), *code);
  const std::string_view module = text_of(object["module"]);
  if (module.empty()) return;
  if (const auto inside = module_of_keras(module))
    if (const std::string_view function = function_of_keras(object, *inside); !function.empty())
      return input.add(rule::kKerasFunction,
                       fmt::format("\"{}\" of \"{}\"", escape(function, kQuoted), escape(module)),
                       function);
  if (among(kPackages, module.substr(0, module.find('.')))) {
    for (const std::string_view name : names)
      if (!name.empty()) examine_if_it_does_more(input, "module", module, name);
    return;
  }
  // Keras writes its own types and functions as of builtins.
  if (module == "builtins" && (names[0] == "function" || names[0] == "type"))
    return examine_if_it_does_more(input, "module", module, text_of(object["config"]));
  examine_target(input, "module", fmt::format("{}.{}", module, names[0]));
}

// {"__kind__": "instance", "class": "gluonts.transform.Chain", "args": […]}: GluonTS up to 0.16
// locates the class and calls it.
void of_gluonts(const Input& input, Value object) {
  static constexpr auto kPackages =
      std::to_array<std::string_view>({"datetime", "gluonts", "lightning", "mxnet", "numpy",
                                       "pandas", "pathlib", "pytorch_lightning", "torch"});
  const std::string_view name = text_of(object["class"]);
  if (name.empty() || !object["__kind__"].exists()) return;
  if (is_plain_type(name)) return;
  if (among(kPackages, name.substr(0, name.find('.'))) && judge_target(name) == Target::unknown)
    return;
  examine_target(input, "class", name);
}

// Keys under which registries import a dotted name (mmengine's `type`, Hydra 1.0's `cls`), and
// which are ordinary words everywhere else: the name decides. The list of sentence-transformers and
// GluonTS have a say of their own.
void of_registries(const Input& input, Value object) {
  if (input.name == "modules.json" || object["__kind__"].exists()) return;
  for (const std::string_view key : {"type", "cls", "class", "func"})
    if (const std::string_view name = text_of(object[key]);
        names_harm(name) && !is_plain_type(name))
      examine_target(input, key, name);
}

// {"loader_module": "mlflow.sklearn"}, of a flavour in MLflow's `MLmodel`: imported to load it.
void of_mlflow(const Input& input, Value object) {
  const std::string_view name = text_of(object["loader_module"]);
  if (!name.empty() && !name.starts_with("mlflow."))
    input.add(rule::kImport, fmt::format("loader_module is {}", escape(name, kQuoted)), name);
}

// {"__class__": …, "__module__": …, "__loader__": …}
void of_skops(const Input& input, Value object) {
  const std::string_view name = text_of(object["__class__"]);
  const std::string_view module = text_of(object["__module__"]);
  if (!name.empty() && !module.empty() && object["__loader__"].exists() && module != "builtins")
    examine_if_it_does_more(input, "__class__", module, name);
}

// {"custom_imports": {"imports": ["module"]}}
void of_mmengine(const Input& input, Value object) {
  const Value modules = object["custom_imports"]["imports"];
  const auto add = [&](Value module) {
    if (module.is_string())
      input.add(rule::kImport, fmt::format("custom_imports has {}", escape(module.string(), 64)),
                module.string());
  };
  add(modules);
  for (const Value module : modules.elements()) add(module);
}

// Names of classes that sentence-transformers imports besides those in modules.json:
// {"types": {"query_0_Dense": "sentence_transformers.models.Dense"}, "structure": …}, activations.
void of_sentence_transformers(const Input& input, Value object) {
  static constexpr auto kKeys =
      std::to_array<std::string_view>({"activation_function", "activation_fn",
                                       "sbert_ce_default_activation_function", "tokenizer_class"});
  const auto judge = [&](std::string_view key, std::string_view name) {
    if (!names_target("class_path", name, false)) return;  // without a dot it is transformers' own
    const bool own = name.starts_with("sentence_transformers.") || name.starts_with("torch.nn.");
    const Target judged = judge_target(name);
    if (judged == Target::plain || (own && judged == Target::unknown)) return;
    examine_target(input, key, name);
  };
  for (const std::string_view key : kKeys) judge(key, text_of(object[key]));
  if (!object["structure"].exists()) return;
  for (const auto [key, type] : object["types"].members()) judge("types", text_of(type));
}

}  // namespace

void examine_object(const Input& input, Value object) {
  if (!object.is_object()) return;
  of_jsonpickle(input, object);
  of_fiddle(input, object);
  of_keras(input, object);
  of_skops(input, object);
  of_mmengine(input, object);
  of_gluonts(input, object);
  of_registries(input, object);
  of_mlflow(input, object);
  of_sentence_transformers(input, object);
  examine_logging(input, object);
}

}  // namespace gh::hub
