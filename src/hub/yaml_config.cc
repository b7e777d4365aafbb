#include "hub/yaml_config.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "hub/config.h"
#include "hub/config_rules.h"
#include "yaml/yaml.h"

namespace gh::hub {

namespace {

constexpr std::size_t kQuoted = 120;

class Walk {
 public:
  explicit Walk(const Input& input) : input_(input) {}

  void node(std::string_view key, const yaml::Node& node) {
    for (const yaml::Entry& entry : node.entries) {
      if (entry.value == nullptr) continue;
      if (entry.key == "_target_" && entry.value->kind == yaml::Kind::scalar)
        examine_target(input_, entry.value->text);
      if (entry.key == "trust_remote_code" && is_true(*entry.value))
        input_.add(rule::kTrust, "trust_remote_code is true");
      this->node(entry.key, *entry.value);
    }
    for (const auto& item : node.items)
      if (item != nullptr) this->node(key, *item);
    if (node.kind != yaml::Kind::scalar) return;
    if (names_other_repository(node.text))
      input_.add(rule::kOtherRepository,
                 fmt::format("{} names {}", escape(key, 64), escape(node.text, kQuoted)),
                 node.text);
    examine_path(input_, key, node.text);
  }

 private:
  static bool is_true(const yaml::Node& node) {
    return equals_ignoring_case(node.text, "true") || equals_ignoring_case(node.text, "yes") ||
           equals_ignoring_case(node.text, "on");
  }

  const Input& input_;
};

// What a text says of itself, for one that has no tree. A `_target_` is found wherever it stands.
void examine_lines(const Input& input) {
  for (std::size_t at = input.text.find("_target_"); at != std::string_view::npos;
       at = input.text.find("_target_", at + 1)) {
    std::string_view rest = input.text.substr(at + 8);
    rest = rest.substr(0, rest.find_first_of("\r\n,}"));
    const std::size_t begin = rest.find_first_not_of(" \t:'\"");
    if (!rest.contains(':') || begin == std::string_view::npos) continue;
    rest.remove_prefix(begin);
    examine_target(input, rest.substr(0, rest.find_first_of(" \t'\"#")));
  }
}

}  // namespace

void examine_yaml(const Input& input) {
  // Short forms and long: !!python/object/apply:os.system, tag:yaml.org,2002:python/…
  for (const std::string_view tag : {"!!python/", "tag:yaml.org,2002:python/", "!python/"}) {
    const std::size_t at = input.text.find(tag);
    if (at == std::string_view::npos) continue;
    const std::string_view shown = input.text.substr(at, 100);
    const std::string_view word = shown.substr(0, shown.find_first_of(" \t\r\n]}>,"));
    input.add(rule::kYamlTag, fmt::format("the tag {}", escape(word, kQuoted)), word);
    break;
  }
  const yaml::Tree tree = yaml::parse(input.text);
  if (tree.root != nullptr) Walk(input).node("", *tree.root);
  if (tree.problems.empty()) return;
  if (tree.root == nullptr) examine_lines(input);
  const yaml::Problem& first = tree.problems.front();
  input.examination.add(rule::kNotYaml, first.message,
                        {.offset = {},
                         .length = {},
                         .line = first.at.line,
                         .column = first.at.column,
                         .evidence = {}});
}

}  // namespace gh::hub
