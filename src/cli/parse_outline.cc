#include "cli/parse_outline.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace gh::cli {
namespace {

// "{text,json}" → text, json
std::vector<std::string> words_of(std::string_view type) {
  std::vector<std::string> words;
  if (!type.starts_with('{') || !type.ends_with('}')) return words;
  for (const std::string_view word : split(type.substr(1, type.size() - 2), ','))
    words.emplace_back(word);
  return words;
}

OptionOutline outline_of(const CLI::Option& option) {
  OptionOutline out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  if (option.get_type_size() != 0) out.value = option.get_type_name();
  out.words = words_of(out.value);
  if (out.names.empty() && !out.takes_path()) out.value = option.get_name(true);
  out.fallback = option.get_default_str();
  out.variable = option.get_envname();
  out.description = option.get_description();
  out.required = option.get_required();
  out.repeated = option.get_expected_max() == CLI::detail::expected_max_vector_size;
  return out;
}

}  // namespace

Outline outline_of(const CLI::App& command) {
  Outline out{.name = command.get_name(),
              .description = command.get_description(),
              .footer = command.get_footer(),
              .options = {},
              .positionals = {},
              .below = {}};
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? out.positionals : out.options).push_back(outline_of(*option));
  }
  for (const CLI::App* below : command.get_subcommands({})) out.below.push_back(outline_of(*below));
  return out;
}

}  // namespace gh::cli
