#include "hub/keras.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hub/keras_rules.h"

namespace gh::hub {

namespace {

std::string_view text_of(json::Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

// Where functions that are parts of models live; others do something when they are called.
bool has_model_functions(std::string_view module) {
  static constexpr auto kModules = std::to_array<std::string_view>(
      {"activations", "losses", "metrics", "initializers", "ops", "src.activations", "src.losses",
       "src.metrics", "regularizers"});
  return std::ranges::any_of(kModules, [&](std::string_view known) {
    return module.starts_with(known) &&
           (module.size() == known.size() || module[known.size()] == '.');
  });
}

// Classes of Keras begin with a capital letter; anything else that is named as a class is called.
bool is_function_name(std::string_view name) {
  return !name.empty() && (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z'));
}

// Operators of TensorFlow that do something with files or run Python.
constexpr auto kOperators = std::to_array<std::string_view>(
    {"EagerPyFunc", "ImmutableConst", "InitializeTableFromTextFile",
     "InitializeTableFromTextFileV2", "MatchingFiles", "MergeV2Checkpoints", "PyFunc",
     "PyFuncStateless", "ReadFile", "Restore", "RestoreSlice", "RestoreV2", "Save", "SaveSlices",
     "SaveV2", "WriteFile"});

// The same under the names that tf.keras calls them by: TFOpLambda takes any exported function.
bool is_call_with_effects(std::string_view function) {
  static constexpr auto kFunctions = std::to_array<std::string_view>(
      {"io.matching_files", "io.read_file", "io.write_file", "load_library", "load_op_library",
       "numpy_function", "py_function", "saved_model.load"});
  constexpr std::string_view kRaw = "raw_ops.";
  return std::ranges::find(kFunctions, function) != kFunctions.end() ||
         function.starts_with("io.gfile.") ||
         (function.starts_with(kRaw) &&
          std::ranges::find(kOperators, function.substr(kRaw.size())) != kOperators.end());
}

// `node_def` is an object, or JSON in a text.
bool is_operator_with_effects(json::Value node) {
  const std::string_view text = text_of(node);
  return std::ranges::any_of(kOperators, [&](std::string_view name) {
    return text_of(node["op"]) == name || text.contains(fmt::format("\"{}\"", name));
  });
}

}  // namespace

std::array<std::string_view, 2> keras_names(json::Value object) {
  const std::string_view name = text_of(object["class_name"]);
  const std::string_view registered = text_of(object["registered_name"]);
  // "package>Name" is looked up among what code registered, and nowhere else.
  return {name, registered == name || registered.contains('>') ? "" : registered};
}

std::optional<std::string_view> module_of_keras(std::string_view module) {
  for (const std::string_view package : {"keras", "tf_keras", "tensorflow.keras"}) {
    if (!module.starts_with(package)) continue;
    const std::string_view rest = module.substr(package.size());
    if (rest.empty()) return rest;
    if (rest.starts_with('.')) return rest.substr(1);
  }
  return std::nullopt;
}

bool is_code_of_keras(std::string_view name) {
  // A wrapped PyTorch module is a pickle that the layer loads without weights_only
  // (CVE-2025-49655).
  return name == "Lambda" || name == "__lambda__" || name == "TorchModuleWrapper";
}

std::string_view function_of_keras(json::Value object, std::string_view module) {
  const auto names = keras_names(object);
  if (names[0] == "function") {
    const std::string_view called = text_of(object["config"]);
    return has_model_functions(module) ? "" : called.empty() ? names[0] : called;
  }
  const auto function = std::ranges::find_if(names, is_function_name);
  return function == names.end() ? std::string_view() : *function;
}

// By Keras 3.15.1 (export/tfsm_layer.py, layers/preprocessing/index_lookup.py), tf_keras
// (layers/core/tf_op_layer.py), KerasHub
// (tokenizers/byte_pair_tokenizer.py and word_piece_tokenizer.py) and TensorFlow's
// feature_column_v2.py, which DenseFeatures of tf.keras is made of; 2026-11. What Keras saves are
// lists of words, or files among the model's own assets that no configuration names.
void examine_keras_files(json::Value object, findings::Examination& examination) {
  static constexpr auto kPaths = std::to_array<std::string_view>(
      {"vocabulary", "merges", "vocabulary_file", "ckpt_to_load_from"});
  constexpr std::size_t kQuoted = 200;
  const json::Value config = object["config"];
  if (!object["class_name"].is_string() || !config.is_object()) return;
  const auto names = keras_names(object);
  const auto is = [&](std::string_view name) { return names[0] == name || names[1] == name; };
  const auto add = [&](const findings::Rule& rule, std::string_view key, std::string_view path) {
    examination.add(
        rule, fmt::format("class {}, {} is {}", escape(names[0], 64), key, escape(path, kQuoted)),
        {.evidence = path});
  };
  // KerasLayer is that of TensorFlow Hub.
  if (is("TFSMLayer")) add(rule::kKerasProgram, "filepath", text_of(config["filepath"]));
  if (is("KerasLayer") && !text_of(config["handle"]).empty())
    add(rule::kKerasProgram, "handle", text_of(config["handle"]));
  const std::string_view function = text_of(config["function"]);
  if (is("TFOpLambda") && is_call_with_effects(function))
    add(rule::kKerasProgram, "function", function);
  if (is("TensorFlowOpLayer") && is_operator_with_effects(config["node_def"]))
    add(rule::kKerasProgram, "node_def.op", text_of(config["node_def"]["op"]));
  for (const std::string_view key : kPaths)
    if (const json::Value path = config[key]; path.is_string() && !path.string().empty())
      add(rule::kKerasFile, key, path.string());
}

}  // namespace gh::hub
