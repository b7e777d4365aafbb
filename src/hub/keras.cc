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

// By Keras 3.15.1 (export/tfsm_layer.py, layers/preprocessing/index_lookup.py), tf_keras
// (layers/core/tf_op_layer.py), KerasHub
// (tokenizers/byte_pair_tokenizer.py and word_piece_tokenizer.py) and TensorFlow's
// feature_column_v2.py, which DenseFeatures of tf.keras is made of; 2026-11. What Keras saves are
// lists of words, or files among the model's own assets that no configuration names.
void examine_keras_files(json::Value object, findings::Examination& examination) {
  static constexpr auto kPaths = std::to_array<std::string_view>(
      {"vocabulary", "merges", "vocabulary_file", "ckpt_to_load_from"});
  constexpr std::size_t kQuoted = 200;
  const json::Value name = object["class_name"];
  const json::Value config = object["config"];
  if (!name.is_string() || !config.is_object()) return;
  const auto add = [&](const findings::Rule& rule, std::string_view key, std::string_view path) {
    examination.add(
        rule,
        fmt::format("class {}, {} is {}", escape(name.string(), 64), key, escape(path, kQuoted)),
        {.evidence = path});
  };
  // KerasLayer is that of TensorFlow Hub.
  if (name.string() == "TFSMLayer")
    add(rule::kKerasProgram, "filepath", text_of(config["filepath"]));
  if (name.string() == "KerasLayer" && !text_of(config["handle"]).empty())
    add(rule::kKerasProgram, "handle", text_of(config["handle"]));
  const std::string_view function = text_of(config["function"]);
  if (name.string() == "TFOpLambda" && is_call_with_effects(function))
    add(rule::kKerasProgram, "function", function);
  if (name.string() == "TensorFlowOpLayer" && is_operator_with_effects(config["node_def"]))
    add(rule::kKerasProgram, "node_def.op", text_of(config["node_def"]["op"]));
  for (const std::string_view key : kPaths)
    if (const json::Value path = config[key]; path.is_string() && !path.string().empty())
      add(rule::kKerasFile, key, path.string());
}

}  // namespace gh::hub
