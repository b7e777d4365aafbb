#include "hub/keras.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "hub/keras_rules.h"

namespace gh::hub {

// By Keras 3.15.1 (export/tfsm_layer.py, layers/preprocessing/index_lookup.py), KerasHub
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
  if (name.string() == "TFSMLayer")
    add(rule::kKerasProgram, "filepath",
        config["filepath"].is_string() ? config["filepath"].string() : "");
  for (const std::string_view key : kPaths)
    if (const json::Value path = config[key]; path.is_string() && !path.string().empty())
      add(rule::kKerasFile, key, path.string());
}

}  // namespace gh::hub
