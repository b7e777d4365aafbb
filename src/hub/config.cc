#include "hub/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/config_rules.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr std::size_t kQuoted = 120;
constexpr std::size_t kMostPath = 4096;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool begins_with_one_of(std::string_view text, auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return text.starts_with(p); });
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

// sentence-transformers' modules.json: [{"type": "sentence_transformers.models.Pooling", …}].
void module_list(const Input& input, Value root) {
  static constexpr std::array<std::string_view, 2> kUsual = {"sentence_transformers.",
                                                             "pylate.models."};
  for (const Value module : root.elements()) {
    const Value type = module["type"];
    if (!type.is_string() || begins_with_one_of(type.string(), kUsual)) continue;
    input.add(rule::kImport, fmt::format("the type {}", escape(type.string(), kQuoted)),
              type.string());
  }
}

// diffusers' model_index.json: {"unet": ["diffusers", "UNet2DConditionModel"], …}.
void pipeline_index(const Input& input, Value root) {
  static constexpr std::array<std::string_view, 5> kUsual = {
      "diffusers", "transformers", "stable_diffusion", "onnxruntime", "optimum"};
  for (const auto [key, value] : root.members()) {
    std::string_view library;
    if (value.is_array() && value.size() >= 1 && (*value.elements().begin()).is_string())
      library = (*value.elements().begin()).string();
    if (library.empty() || begins_with_one_of(library, kUsual)) continue;
    input.add(rule::kImport,
              fmt::format("{} comes from the module {}", escape(key, 64), escape(library, 64)),
              library);
  }
}

class Walk {
 public:
  explicit Walk(const Input& input) : input_(input) {}

  void value(std::string_view key, Value value) {
    for (const auto [name, member] : value.members()) one(name, member);
    for (const Value element : value.elements()) this->value(key, element);
    if (value.is_string()) text(key, value.string());
  }

 private:
  void one(std::string_view key, Value member) {
    if (key == "auto_map") return references(input_, rule::kAutoMap, key, member);
    if (key == "custom_pipelines" || key == "custom_pipeline")
      return references(input_, rule::kPipeline, key, member);
    // Loaders ask for its truth, not its type.
    if (key == "trust_remote_code" && !member.is_null() && !(member.is_bool() && !member.boolean()))
      input_.add(rule::kTrust, "trust_remote_code is not false");
    if (key == "_target_" && member.is_string()) examine_target(input_, member.string());
    if (key.ends_with("attn_implementation") && member.is_string() && member.string().contains('/'))
      input_.add(rule::kKernel, fmt::format("{} is {}", key, escape(member.string(), kQuoted)),
                 member.string());
    if (key.ends_with("attn_implementation")) {
      for (const auto [part, kernel] : member.members()) {
        if (kernel.is_string() && kernel.string().contains('/'))
          input_.add(rule::kKernel,
                     fmt::format("{} of \"{}\" is {}", key, escape(part, kQuoted),
                                 escape(kernel.string(), kQuoted)),
                     kernel.string());
      }
    }
    value(key, member);
  }

  void text(std::string_view key, std::string_view text) {
    if (key == "chat_template" || key == "template") return;  // has examiners of its own
    if (names_other_repository(text))
      input_.add(rule::kOtherRepository,
                 fmt::format("{} names {}", escape(key, 64), escape(text, kQuoted)), text);
    examine_path(input_, key, text);
  }

  const Input& input_;
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

void examine_target(const Input& input, std::string_view target) {
  static constexpr std::array<std::string_view, 27> kDangerous = {
      "os.",         "posix.",    "nt.",       "sys.",      "subprocess.", "builtins.", "pty.",
      "runpy.",      "code.",     "shutil.",   "socket.",   "importlib.",  "pickle.",   "marshal.",
      "ctypes.",     "commands.", "platform.", "eval",      "exec",        "__",        "pip.",
      "webbrowser.", "timeit.",   "pdb.",      "cProfile.", "types.",      "functools."};
  static constexpr std::array<std::string_view, 9> kUsual = {
      "nemo.",        "nemo_text_processing.", "torch.nn.",
      "torch.optim.", "transformers.",         "megatron.",
      "lightning.",   "pytorch_lightning.",    "torchaudio.transforms."};
  const bool hidden = target.contains("__") || target.contains("..") || target.contains(".os.") ||
                      target.contains(".sys.") || target.contains(".subprocess.") ||
                      target.contains("builtins");
  const std::string message = fmt::format("_target_ is {}", escape(target, kQuoted));
  if (hidden || begins_with_one_of(target, kDangerous))
    input.add(rule::kDangerousTarget, message, target);
  else if (begins_with_one_of(target, kUsual))
    input.add(rule::kKnownTarget, message, target);
  else
    input.add(rule::kTarget, message, target);
}

void examine_path(const Input& input, std::string_view key, std::string_view text) {
  if (text.empty() || text.size() > kMostPath) return;
  const std::string message = fmt::format("{} is {}", escape(key, 64), escape(text, kQuoted));
  if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("ftp://")) {
    if (!text.contains(' ')) input.add(rule::kUrl, message, text);
    return;
  }
  if (std::ranges::any_of(text, [](char c) { return c == '\n' || c == ' ' || c == '<'; })) return;
  std::string slashed(text);
  std::ranges::replace(slashed, '\\', '/');
  const auto parts = split(slashed, '/');
  if (parts.size() > 1 && std::ranges::find(parts, std::string_view("..")) != parts.end()) {
    // Where the model was trained from: noted by every writer, followed by none.
    input.add(key.ends_with("name_or_path") ? rule::kAbsolute : rule::kLeaves, message, text);
    return;
  }
  const bool home = slashed.starts_with("~/");
  const bool rooted = slashed.starts_with('/') && parts.size() > 2 && !parts[1].empty() &&
                      std::ranges::all_of(parts[1], is_word_character);
  const bool drive = slashed.size() > 3 && slashed[1] == ':' && slashed[2] == '/';
  if (home || rooted || drive) input.add(rule::kAbsolute, message, text);
}

void examine_config(const Input& input, Value root) {
  Walk(input).value("", root);
  if (input.name == "config.json") {
    Value size = root["vocab_size"];
    if (!size.exists()) size = root["text_config"]["vocab_size"];
    const auto number = size.is_integer() ? size.int64() : std::nullopt;
    if (number && *number > 0) input.facts.vocab_size = static_cast<std::uint64_t>(*number);
  }
  if (input.name == "modules.json") module_list(input, root);
  if (input.name == "model_index.json") pipeline_index(input, root);
}

}  // namespace gh::hub
