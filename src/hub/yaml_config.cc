#include "hub/yaml_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/config.h"
#include "hub/config_rules.h"
#include "hub/json_document.h"
#include "hub/target.h"
#include "hub/yaml_as_json.h"
#include "yaml/yaml.h"

namespace gh::hub {

namespace {

constexpr std::size_t kQuoted = 120;

// What a text says of itself, for one that has no tree: names of objects, wherever they stand.
void examine_lines(const Input& input) {
  for (const std::string_view key : {"_target_", "_component_", "class_path", "target"}) {
    for (std::size_t at = input.text.find(key); at != std::string_view::npos;
         at = input.text.find(key, at + 1)) {
      std::string_view rest = input.text.substr(at + key.size());
      rest = rest.substr(0, rest.find_first_of("\r\n,}"));
      const std::size_t begin = rest.find_first_not_of(" \t:'\"");
      if (!rest.contains(':') || begin == std::string_view::npos) continue;
      rest.remove_prefix(begin);
      rest = rest.substr(0, rest.find_first_of(" \t'\"#"));
      if (names_target(key, rest, false)) examine_target(input, key, rest);
    }
  }
}

// By the rules of JSON. A text that JSON does not have leaves what its lines say, and so does one
// that was not read to its end.
void examine_documents(const Input& input, const yaml::Documents& documents) {
  bool whole = documents.complete;
  const auto examine = [&](const std::string& json) {
    JsonDocument document;
    if (const auto settings = document.try_parse(json))
      examine_config(input, *settings, DocumentKind::yaml);
    else
      whole = false;
  };
  for (const auto& root : documents.roots) examine(as_json(*root));
  // Some loaders take the second value of a key.
  for (const yaml::Entry& entry : documents.left_out) examine(as_json(entry));
  if (!whole) examine_lines(input);
}

// SpeechBrain's settings make objects by their tags: !new:speechbrain.nnet.CNN, !apply:os.system.
// Such a file has no tree; of the names only those are said that do more than make a model's part.
void examine_tags(const Input& input) {
  for (const std::string_view tag : {"!new:", "!apply:", "!name:", "!module:"}) {
    for (std::size_t at = input.text.find(tag); at != std::string_view::npos;
         at = input.text.find(tag, at + 1)) {
      const std::string_view rest = input.text.substr(at + tag.size());
      const std::string_view name = rest.substr(0, rest.find_first_of(" \t\r\n]},["));
      const Target judged = judge_target(name);
      if (judged == Target::runs || judged == Target::loader)
        examine_target(input, tag.substr(0, tag.size() - 1), name);
    }
  }
}

void add_python_tag(const Input& input, std::string_view tag) {
  const std::string_view shown = tag.substr(0, 100);
  input.add(rule::kYamlTag, fmt::format("the tag {}", escape(shown, kQuoted)), shown);
}

// By what the reader made of them: one that is spelled with %70 is one, and words of a comment or a
// text are none. A document that was not read to its end is searched for short forms and long:
// !!python/object/apply:os.system, tag:yaml.org,2002:python/…
void examine_python_tags(const Input& input, const yaml::Documents& documents) {
  for (const std::string_view tag : documents.tags)
    if (tag.starts_with("tag:yaml.org,2002:python/") || tag.starts_with("!python/"))
      return add_python_tag(input, tag);
  if (documents.complete) return;
  for (const std::string_view tag : {"!!python/", "tag:yaml.org,2002:python/", "!python/"}) {
    const std::size_t at = input.text.find(tag);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = input.text.substr(at, 100);
    return add_python_tag(input, rest.substr(0, rest.find_first_of(" \t\r\n]}>,")));
  }
}

// Nothing but comments and a document's mark. Where YAML 1.1 would end a line that 1.2 does not, it
// is left to the reader.
bool says_nothing(std::string_view text) {
  for (const std::string_view end : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"})
    if (text.contains(end)) return false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line == "---") continue;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && !line.starts_with('#')) return false;
  }
  return true;
}

// Loaders of YAML take a byte order mark for none (YAML 1.2, 5.2), and our strict reader does not.
std::string_view without_mark(std::string_view text) {
  return text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
}

}  // namespace

std::optional<bool> looks_like_settings(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty() || line.starts_with('#') || line.starts_with("---")) continue;
    if (line.starts_with("- ") || line.starts_with('!')) return true;
    const std::string_view key = line.substr(0, line.find(':'));
    return key.size() < line.size() && !key.contains(' ');
  }
  return std::nullopt;
}

void examine_text_as_yaml(const Input& input) {
  const bool telling = input.text.contains("_target_") || input.text.contains("!!python/");
  if (!telling || ends_with_ignoring_case(input.name, ".md") || input.text.contains("```") ||
      !looks_like_settings(input.text).value_or(false))
    return;
  const yaml::Documents documents = yaml::parse_all(without_mark(input.text));
  examine_python_tags(input, documents);
  examine_documents(input, documents);
}

void examine_yaml(const Input& input) {
  const std::string_view text = without_mark(input.text);
  if (says_nothing(text)) return;
  const yaml::Documents documents = yaml::parse_all(text);
  examine_python_tags(input, documents);
  examine_documents(input, documents);
  if (documents.problems.empty()) return;
  examine_tags(input);
  const yaml::Problem& first = documents.problems.front();
  input.examination.add(rule::kNotYaml, first.message,
                        {.offset = {},
                         .length = {},
                         .line = first.at.line,
                         .column = first.at.column,
                         .evidence = {}});
}

}  // namespace gh::hub
