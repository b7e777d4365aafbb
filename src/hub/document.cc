#include "hub/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "hub/code.h"
#include "hub/code_rules.h"
#include "hub/config.h"
#include "hub/config_rules.h"
#include "hub/folder_rules.h"
#include "hub/git.h"
#include "hub/index.h"
#include "hub/input.h"
#include "hub/json_document.h"
#include "hub/large_text.h"
#include "hub/merges.h"
#include "hub/passive.h"
#include "hub/plain_text.h"
#include "hub/sentencepiece.h"
#include "hub/tekken.h"
#include "hub/templates.h"
#include "hub/tokenizer.h"
#include "hub/tokenizer_rules.h"
#include "hub/vocabulary.h"
#include "hub/yaml_config.h"
#include "source/bytes.h"

namespace gh::hub {

namespace {

constexpr std::size_t kHead = 1u << 16;

// The beginning of a longer text may end inside a character.
bool begins_as_text(std::string_view head) {
  for (int cut = 0; cut < 4 && !head.empty(); ++cut, head.remove_suffix(1))
    if (is_text(head)) return true;
  return false;
}

void settle(const Input& input, DocumentKind kind, std::string_view name) {
  input.facts.kind = kind;
  input.examination.set_kind(name);
}

bool is_notebook(const Input&, json::Value root) {
  return root["nbformat"].exists() && root["cells"].is_array();
}

void examine_notebook(const Input& input, json::Value root) {
  input.add(rule::kNotebook, fmt::format("{} cells", root["cells"].size()));
}

bool is_tokenizer(const Input& input, json::Value root) {
  return input.name == "tokenizer.json" || looks_like_tokenizer(root);
}

bool is_tekken(const Input&, json::Value root) {
  return looks_like_tekken(root);
}

bool is_vocabulary(const Input& input, json::Value root) {
  return (input.name == "vocab.json" || input.name == "added_tokens.json") && root.is_object();
}

// "….index.json", and ".index.fp16.json" of diffusers' variants.
bool is_index(const Input& input, json::Value root) {
  return input.name.ends_with(".index.json") ||
         (input.name.contains(".index.") && root["weight_map"].exists());
}

// What a JSON document may be besides settings, each by its own signs. All that apply look at it:
// what one reader takes it for hides nothing from the next. The first says what it is called.
struct Reading {
  DocumentKind kind;
  std::string_view called;
  bool (*applies)(const Input& input, json::Value root);
  void (*examine)(const Input& input, json::Value root);
};
constexpr std::array kReadings = {
    Reading{DocumentKind::code, "notebook", is_notebook, examine_notebook},
    Reading{DocumentKind::tokenizer, "tokenizer", is_tokenizer, examine_tokenizer},
    Reading{DocumentKind::tokenizer, "tokenizer", is_tekken, examine_tekken},
    Reading{DocumentKind::vocabulary, "vocabulary", is_vocabulary, examine_vocabulary},
    Reading{DocumentKind::index, "index of shards", is_index, examine_index},
};

void examine_json(const Input& input, json::Value root) {
  bool settled = false;
  for (const Reading& reading : kReadings) {
    if (!reading.applies(input, root)) continue;
    if (!settled) settle(input, reading.kind, reading.called);
    settled = true;
    reading.examine(input, root);
  }
  const bool carrier = input.name == "chat_template.json";
  if (!settled)
    settle(input, carrier ? DocumentKind::chat_template : DocumentKind::config, "settings");
  // Nobody takes settings from a notebook by that name.
  if (is_notebook(input, root) && ends_with_ignoring_case(input.name, ".ipynb")) return;
  examine_config(input, root, input.facts.kind);
  examine_carried_templates(input, root);
  examine_added_tokens(input, root);
  note_end(input, root);
}

bool has_controls(std::string_view text) {
  TextMeter meter;
  meter.read(text);
  return meter.has_controls();
}

// A text that is no settings file by name or by its first character. False for what is none, though
// each of its bytes could stand in one.
bool examine_text(const Input& input) {
  examine_git_text(input);
  if (examine_code(input)) {
    input.examination.set_kind("code");
    return true;
  }
  if (input.name == "merges.txt") {
    settle(input, DocumentKind::merges, "merges");
    examine_merges(input);
  } else if (input.name == "vocab.txt") {
    settle(input, DocumentKind::vocabulary, "vocabulary");
    examine_vocabulary_text(input);
  } else if ((input.name.ends_with(".model") || input.name.ends_with(".tiktoken")) &&
             looks_like_ranks(input.text)) {
    settle(input, DocumentKind::vocabulary, "vocabulary");
    examine_ranks(input);
  } else if (looks_like_template(input)) {
    settle(input, DocumentKind::text, "chat template");
    examine_loose_template(input, input.text);
  } else if (has_controls(input.text)) {
    return false;
  } else {
    settle(input, DocumentKind::text, "text");
    examine_page(input);
  }
  examine_text_as_yaml(input);
  return true;
}

// MLflow's file has no ending.
bool is_yaml_name(std::string_view name) {
  return ends_with_ignoring_case(name, ".yaml") || ends_with_ignoring_case(name, ".yml") ||
         name == "MLmodel";
}

bool is_json_name(std::string_view name) {
  return ends_with_ignoring_case(name, ".json") || ends_with_ignoring_case(name, ".ipynb");
}

bool examine_text_or_settings(const Input& input) {
  const auto is = [&](std::string_view ending) {
    return ends_with_ignoring_case(input.name, ending);
  };
  // Whoever runs a file of that name does not ask whether it is JSON, too.
  if (has_code_name(input.name)) return examine_text(input);
  if (is(".jinja") || is(".jinja2") || is(".j2")) {
    settle(input, DocumentKind::chat_template, "chat template");
    examine_template_file(input);
    return true;
  }
  const std::size_t first = input.text.find_first_not_of(" \t\r\n");
  const char begin = first == std::string_view::npos ? ' ' : input.text[first];
  JsonDocument json;
  if (is_json_name(input.name)) {
    if (const auto root = json.parse(input))
      examine_json(input, *root);
    else
      settle(input, DocumentKind::config, "settings");
    return true;
  }
  if (is_yaml_name(input.name)) {
    settle(input, DocumentKind::yaml, "settings");
    examine_yaml(input);
    return true;
  }
  if (begin == '{' || begin == '[') {
    if (const auto root = json.try_parse(input.text)) {
      examine_json(input, *root);
      return true;
    }
  }
  return examine_text(input);
}

bool examine_head(std::string_view head, const Input& input) {
  if (const std::string_view code = native_code(head); !code.empty()) {
    settle(input, DocumentKind::code, "native code");
    input.add(rule::kNative, fmt::format("it is {}", code), head.substr(0, 16));
    return true;
  }
  if (is_python_bytecode(head)) {
    settle(input, DocumentKind::code, "compiled Python");
    input.add(rule::kBytecode, "compiled Python, by its header", head.substr(0, 16));
    return true;
  }
  return false;
}

// Names whose readers take the bytes for what the name says.
bool examine_by_name(const Input& input) {
  const auto is = [&](std::string_view ending) {
    return ends_with_ignoring_case(input.name, ending);
  };
  if (has_python_name(input.name)) {
    settle(input, DocumentKind::code, "code");
    input.add(rule::kPythonName, fmt::format("the name {}", escape(input.name, 64)));
  } else if (has_code_name(input.name)) {
    settle(input, DocumentKind::code, "code");
    input.add(rule::kOtherCode, fmt::format("the name {}", escape(input.name, 64)));
  } else if (is(".jinja") || is(".jinja2") || is(".j2")) {
    settle(input, DocumentKind::chat_template, "chat template");
    examine_template_file(input);
  } else if (is_json_name(input.name)) {
    settle(input, DocumentKind::config, "settings");
    input.add(rule::kNotJson, "it is not UTF-8 text");
  } else if (is_yaml_name(input.name)) {
    settle(input, DocumentKind::yaml, "settings");
    input.add(rule::kNotYaml, "it is not UTF-8 text");
  } else if (input.name == "tokenizer.model" || is(".spm") || input.name == "spiece.model") {
    settle(input, DocumentKind::sentencepiece, "SentencePiece model");
    input.add(rule::kBroken, "it is no SentencePiece model");
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool examine_machine_code(source::Source& source, std::string_view path,
                          findings::Examination& examination, DocumentFacts* facts) {
  DocumentFacts unused;
  const Input input{path, base_name(path), {}, examination, facts == nullptr ? unused : *facts};
  return examine_head(bytes_at(source, 0, kHead), input);
}

bool is_passive(source::Source& source) {
  return passive_format(bytes_at(source, 0, kHead), source).has_value();
}

bool examine_document(source::Source& source, std::string_view path,
                      findings::Examination& examination, DocumentFacts* facts) {
  DocumentFacts unused;
  Input input{path, base_name(path), {}, examination, facts == nullptr ? unused : *facts};
  const std::string head = bytes_at(source, 0, kHead);
  if (examine_head(head, input)) return true;
  const auto passive = passive_format(head, source);
  const auto is_passive = [&] {
    if (!passive) return false;
    settle(input, passive->kind, passive->called);
    examine_passive(*passive->format, source, input);
    return true;
  };
  // "GIF89a: 1" is YAML to whoever reads a text.
  if (!begins_as_text(head) && is_passive()) return true;
  if (source.size() > kMostDocument) {
    // A text of that size, or something unknown.
    if (!begins_as_text(head)) return false;
    settle(input, DocumentKind::text, "text");
    if (!is_plain_large_text(input, source))
      input.add(rule::kTooLarge, fmt::format("more than {} bytes of text", kMostDocument));
    return true;
  }
  const std::string whole = source.size() > head.size() ? bytes_at(source, 0, kMostDocument) : head;
  input.text = whole;
  if (is_text(whole) && (examine_text_or_settings(input) || is_passive())) return true;
  if (looks_like_sentencepiece(whole)) {
    settle(input, DocumentKind::sentencepiece, "SentencePiece model");
    examine_sentencepiece(input);
    return true;
  }
  return examine_by_name(input);
}

}  // namespace gh::hub
