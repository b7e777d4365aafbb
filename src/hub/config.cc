#include "hub/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/engine_settings.h"
#include "hub/libraries.h"
#include "hub/objects.h"
#include "hub/part_lists.h"
#include "hub/quantization.h"
#include "hub/redirects.h"
#include "hub/target.h"
#include "hub/templates.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;
constexpr std::size_t kMostPath = 4096;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

// "modeling_x.Class" → "modeling_x.py", for the folder's comparison.
void note_module(const Input& input, std::string_view reference) {
  const std::size_t dot = reference.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return;
  std::string module(reference.substr(0, dot));
  std::ranges::replace(module, '.', '/');
  module += ".py";
  if (!std::ranges::all_of(module, [](char c) { return is_word_character(c) || c == '/'; })) return;
  if (input.facts.modules.size() < 100 &&
      std::ranges::find(input.facts.modules, module) == input.facts.modules.end())
    input.facts.modules.push_back(std::move(module));
}

void references(const Input& input, const findings::Rule& rule, std::string_view key, Value value) {
  if (value.is_string()) {
    const std::string_view text = value.string();
    if (text.contains("--")) {
      input.add(rule::kOtherRepository, fmt::format("{} names {}", key, escape(text, kQuoted)),
                text);
      return;
    }
    input.add(rule, fmt::format("{} names {}", key, escape(text, kQuoted)), text);
    note_module(input, text);
  }
  for (const Value element : value.elements()) references(input, rule, key, element);
  for (const auto [name, member] : value.members()) {
    if (rule.id == rule::kPipeline.id &&
        (name == "pt" || name == "tf" || name == "type" || name == "default"))
      continue;
    references(input, rule, key, member);
  }
}

// "$import os", "$x or print(1)": not "${home}", "$5 (five)", "$question (short)" and "$f(x)$".
// OmegaConf's "${eval:1+1}" runs where the application made eval a resolver.
bool is_expression(std::string_view text) {
  if (text.contains("${eval:")) return true;
  if (!text.starts_with('$') || text.find('$', 1) != std::string_view::npos) return false;
  text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (text.starts_with("import ") || text.starts_with("from ")) return true;
  if (text.starts_with('{')) return false;
  if (!text.contains(')')) return false;
  // A call: a bracket right behind a name, or behind what a name may end in.
  for (std::size_t at = text.find('('); at != std::string_view::npos; at = text.find('(', at + 1)) {
    if (at == 0) continue;
    const char before = text[at - 1];
    if ((is_word_character(before) && before != '-' && before != '.') || before == ')' ||
        before == ']')
      return true;
  }
  return false;
}

void expression(const Input& input, std::string_view key, std::string_view text) {
  if (is_expression(text))
    input.add(rule::kExpression, fmt::format("{} is {}", escape(key, 64), escape(text, kQuoted)),
              text);
}

// Records of a training, with the paths of the machine it ran on: no loader of models reads them.
bool is_record(std::string_view name) {
  static constexpr auto kRecords = std::to_array<std::string_view>(
      {"trainer_state.json", "training_args.json", "args.json", "all_results.json",
       "train_results.json", "eval_results.json", "results.json", "wandb-metadata.json",
       "training_config.json", "train_config.json", "training_params.json"});
  return std::ranges::find(kRecords, name) != kRecords.end();
}

// YAML of trainers (LLaMA-Factory, oumi, axolotl under any name): vLLM and transformers read none
// of a model. What NeMo, SpeechBrain and MLflow read has these names.
bool is_training(std::string_view name, DocumentKind kind, Value root) {
  if (kind != DocumentKind::yaml) return false;
  static constexpr auto kRead = std::to_array<std::string_view>(
      {"model_config.yaml", "model_config.yml", "model.yaml", "model.yml", "hyperparams.yaml",
       "hparams.yaml", "hparams_inference.yaml", "MLmodel"});
  if (std::ranges::find(kRead, name) != kRead.end()) return false;
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"training_args.yaml", "training_args.yml", "training_config.yaml", "train_config.yaml",
       "axolotl_config.yaml", "axolotl_config.yml", "config.yaml", "config.yml"});
  static constexpr auto kKeys = std::to_array<std::string_view>(
      {"learning_rate", "num_epochs", "num_train_epochs", "per_device_train_batch_size",
       "micro_batch_size", "training"});
  return std::ranges::find(kNames, name) != kNames.end() ||
         std::ranges::any_of(kKeys, [&](std::string_view key) { return root[key].exists(); });
}

// Where the model was trained from and written to: noted by every writer, followed by none.
bool is_record_key(std::string_view key) {
  static constexpr auto kEndings = std::to_array<std::string_view>(
      {"name_or_path", "output_dir", "logging_dir", "log_dir", "cache_dir", "data_dir", "data_path",
       "dataset", "dataset_path", "train_file", "validation_file", "test_file", "train_data",
       "best_model_checkpoint", "resume_from_checkpoint", "save_path", "save_dir", "output_path"});
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return key.ends_with(ending); });
}

// "/m", "~/m", "./m", "../m", "\\\\server\\m", "C:\\m", "file:m", "s3://bucket/m": where a model
// was, not which. Names of repositories have no such mark.
bool is_place(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("/\\~").contains(text[0]) || text == "." || text == "..") return true;
  if (text.starts_with("./") || text.starts_with("../")) return true;
  if (text.contains('\\')) return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  // "llama3:8b" is a name.
  const std::string_view scheme = text.substr(0, colon);
  return colon == 1 || scheme == "file" ||
         (text.substr(colon + 1).starts_with('/') && !scheme.contains('/'));
}

void examine_path(const Input& input, std::string_view key, std::string_view text) {
  if (text.empty() || text.size() > kMostPath) return;
  const std::string message = fmt::format("{} is {}", escape(key, 64), escape(text, kQuoted));
  const bool base = input.name == "adapter_config.json" && key == "base_model_name_or_path";
  if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("ftp://")) {
    if (!text.contains(' ')) input.add(rule::kUrl, message, text);
    return;
  }
  if (base && is_place(text)) return input.add(rule::kBaseByPath, message, text);
  if (std::ranges::any_of(text, [](char c) { return c == '\n' || c == ' ' || c == '<'; })) return;
  std::string slashed(text);
  std::ranges::replace(slashed, '\\', '/');
  const auto parts = split(slashed, '/');
  if (parts.size() > 1 && std::ranges::find(parts, std::string_view("..")) != parts.end()) {
    // "../" and "](../../" are tokens of vocabularies: there is no name behind the steps.
    if (parts.back().empty()) return;
    const bool record = is_record(input.name) || is_record_key(key);
    input.add(record ? rule::kAbsolute : rule::kLeaves, message, text);
    return;
  }
  const bool home = slashed.starts_with("~/");
  const bool rooted = slashed.starts_with('/') && parts.size() > 2 && !parts[1].empty() &&
                      std::ranges::all_of(parts[1], is_word_character);
  const bool drive = slashed.size() > 3 && slashed[1] == ':' && slashed[2] == '/';
  if (home || rooted || drive) input.add(rule::kAbsolute, message, text);
}

bool is_template_key(std::string_view key) {
  return key == "chat_template" || key == "chat_template_jinja" || key == "instruction_template";
}

// As Python has it: loaders ask for a setting's truth, not its type.
bool is_true(Value value) {
  if (value.is_bool()) return value.boolean();
  if (value.is_number()) return value.number() != 0;
  if (value.is_string()) return !value.string().empty();
  return value.size() > 0;
}

class Walk {
 public:
  Walk(const Input& input, DocumentKind kind, Value root)
      : input_(input),
        kind_(kind),
        recorded_(is_record(input.name) || is_training(input.name, kind, root)) {}

  void value(std::string_view key, Value value, bool with_arguments = false) {
    if (holds_names()) return names(key, value);
    const bool arguments = value["params"].exists() || value["init_args"].exists();
    for (const auto [name, member] : value.members()) one(name, member, arguments);
    for (const Value element : value.elements()) this->value(key, element);
    if (value.is_string()) examine_setting(input_, key, value.string(), with_arguments);
    for (const std::string_view repository : redirects(value))
      input_.add(rule::kRedirect,
                 fmt::format("{} names {}", escape(key, 64), escape(repository, kQuoted)),
                 repository);
    examine_object(input_, value);
  }

 private:
  void one(std::string_view key, Value member, bool with_arguments) {
    path_.push_back(key);
    if (key == "auto_map") {
      references(input_, rule::kAutoMap, key, member);
    } else if (key == "custom_pipelines" || key == "custom_pipeline") {
      references(input_, rule::kPipeline, key, member);
    } else {
      judge(key, member);
      value(key, member, with_arguments);
    }
    path_.pop_back();
  }

  // What a key by itself says.
  void judge(std::string_view key, Value member) {
    // vLLM's own settings file has the options of its command line, with either of the two.
    if ((key == "trust_remote_code" || key == "trust-remote-code") && is_true(member))
      input_.add(recorded_ ? rule::kTrustRecord : rule::kTrust,
                 fmt::format("{} is not false", key));
    if (key.contains("attn_implementation") || key.contains("experts_implementation"))
      kernels(key, member);
    libraries(key, member);
    // One inside another was looked at with that.
    if (holds_quantization(key) && std::ranges::count_if(path_, holds_quantization) == 1)
      examine_quantization(input_, member);
    if (is_template_key(key) && !is_carried(key)) examine_loose_templates(input_, key, member);
  }

  // Loaders take that one by itself: templates.h.
  bool is_carried(std::string_view key) const {
    return path_.size() == 1 && key == "chat_template" && kind_ != DocumentKind::yaml;
  }

  // Whether the value here is tokens or files by their names, with rules of their own.
  bool holds_names() const {
    switch (kind_) {
      case DocumentKind::vocabulary:
        return path_.empty();
      case DocumentKind::index:
        return path_.size() == 1 && path_[0] == "weight_map";
      case DocumentKind::tokenizer:
        if (path_.size() != 2) return false;
        return path_[0] == "model" ? path_[1] == "vocab" || path_[1] == "merges"
                                   : path_[0] == "vocab" && path_[1] == "token_str";  // tekken.json
      default:
        return false;
    }
  }

  // There may be half a million. Of a text only an expression is said, ids are nothing here.
  void names(std::string_view key, Value value) {
    if (value.is_string()) return expression(input_, key, value.string());
    for (const Value element : value.elements()) {
      if (element.is_object())
        one(key, element, false);
      else
        names(key, element);
    }
    for (const auto [name, member] : value.members()) {
      if (member.is_string())
        expression(input_, name, member.string());
      else if (member.size() > 0 || member.is_bool())
        one(name, member, false);
    }
  }

  // One, or a list.
  void libraries(std::string_view key, Value member) {
    if (member.is_string() && names_library(key, member.string()))
      input_.add(rule::kLibrary,
                 fmt::format("{} is {}", escape(key, 64), escape(member.string(), kQuoted)),
                 member.string());
    for (const Value element : member.elements())
      if (element.is_string()) libraries(key, element);
  }

  // One for all, or {"part of the model": "one"}.
  void kernels(std::string_view key, Value member) {
    if (member.is_string()) kernel(escape(key, 64), member.string());
    for (const auto [part, one] : member.members())
      if (one.is_string())
        kernel(fmt::format("{} of \"{}\"", escape(key, 64), escape(part, kQuoted)), one.string());
  }

  void kernel(std::string_view where, std::string_view name) {
    if (name.contains('/'))
      input_.add(rule::kKernel, fmt::format("{} is {}", where, escape(name, kQuoted)), name);
  }

  const Input& input_;
  DocumentKind kind_;
  bool recorded_;                       // of a training, and read by no loader
  std::vector<std::string_view> path_;  // of keys, to the value that is looked at
};

}  // namespace

bool names_other_repository(std::string_view text) {
  const std::size_t dashes = text.find("--");
  if (dashes == std::string_view::npos || dashes == 0) return false;
  const std::string_view repository = text.substr(0, dashes);
  if (repository.starts_with('-') ||
      !std::ranges::all_of(repository, [](char c) { return is_word_character(c) || c == '/'; }))
    return false;
  // A class in a module on the right: names of models have dashes and versions there.
  const auto parts = split(text.substr(dashes + 2), '.');
  const auto identifier = [](std::string_view part) {
    return !part.empty() && !(part[0] >= '0' && part[0] <= '9') &&
           std::ranges::all_of(part, [](char c) { return is_word_character(c) && c != '-'; });
  };
  return parts.size() >= 2 && std::ranges::all_of(parts, identifier) && parts.back()[0] >= 'A' &&
         parts.back()[0] <= 'Z';
}

void examine_setting(const Input& input, std::string_view key, std::string_view text,
                     bool with_arguments) {
  const auto quoted = [&] {
    return fmt::format("{} names {}", escape(key, 64), escape(text, kQuoted));
  };
  if (names_target(key, text, with_arguments)) examine_target(input, key, text);
  if (names_other_repository(text)) input.add(rule::kOtherRepository, quoted(), text);
  if (redirects(input.name, key, text)) input.add(rule::kRedirect, quoted(), text);
  expression(input, key, text);
  examine_path(input, key, text);
}

void examine_config(const Input& input, Value root, DocumentKind kind) {
  Walk(input, kind, root).value("", root);
  if (input.name == "config.json") {
    Value size = root["vocab_size"];
    if (!size.exists()) size = root["text_config"]["vocab_size"];
    const auto number = size.is_integer() ? size.int64() : std::nullopt;
    if (number && *number > 0) input.facts.vocab_size = static_cast<std::uint64_t>(*number);
    input.facts.nameless = !root["architectures"].exists() && !root["model_type"].exists();
    const Value adapter = root["has_lora_adapter"];
    input.facts.has_adapter = adapter.is_bool() && adapter.boolean();
  }
  if (kind == DocumentKind::yaml)
    examine_engine_settings(input, root,
                            [&](Value folded) { Walk(input, kind, folded).value("", folded); });
  if (is_quantization_file(input.name)) examine_quantization(input, root);
  if (input.name == "modules.json") examine_module_list(input, root);
  if (input.name == "model_index.json" || input.name == "modular_model_index.json")
    examine_pipeline_index(input, root);
}

}  // namespace gh::hub
