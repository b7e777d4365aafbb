// `gatehouse completion`.

#include <fmt/ranges.h>

#include <algorithm>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/pages.h"

namespace gh::cli {
namespace {

constexpr std::string_view kBash = R"(# Made by `gatehouse completion bash`.
_gatehouse() {{
  local IFS=$' \t\n' words='' files=''
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  if [[ $word == = ]]; then  # bash parts --format=json into three words
    word=''
  elif [[ $before == = ]]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case "${{COMP_WORDS[*]:1:COMP_CWORD-1}} " in
{}  esac
  if [[ $files ]]; then compopt -o default; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -F _gatehouse gatehouse
)";

constexpr std::string_view kZsh = R"(#compdef gatehouse
# Made by `gatehouse completion zsh`.
_gatehouse() {{
  local -a commands
  case "${{words[2,CURRENT-1]}} " in
{}  esac
}}
if [[ $funcstack[1] == _gatehouse ]]; then
  _gatehouse "$@"
else
  compdef _gatehouse gatehouse
fi
)";

constexpr std::string_view kFish = R"(# Made by `gatehouse completion fish`.
# Whether the words so far are these alone, or begin with these.
function __gatehouse_is
    set -l words (commandline -opc)
    test "$words[2..]" = "$argv"
end
function __gatehouse_in
    set -l words (commandline -opc)
    set -l end (math 1 + (count $argv))
    test "$words[2..$end]" = "$argv"
end
complete -c gatehouse -f
)";

std::vector<std::string> names_of(const Outline& command) {
  std::vector<std::string> names;
  for (const Outline& below : command.below) names.push_back(below.name);
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> options_of(const Outline& command) {
  std::vector<std::string> names;
  for (const OptionOutline& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

// Has `value` completed; "" when nothing is known of it.
std::string bash_value(const OptionOutline& value) {
  if (!value.words.empty()) return fmt::format("words='{}'", joined(value.words));
  return value.takes_path() ? "files=yes" : "";
}

// The branches for the word behind an option that takes one.
std::string bash_values(const Outline& command) {
  std::string text;
  std::vector<std::string> unknown;
  for (const OptionOutline& option : command.options) {
    if (option.value.empty()) continue;
    if (const std::string value = bash_value(option); !value.empty()) {
      text += fmt::format("        {}) {} ;;\n", fmt::join(option.names, " | "), value);
    } else {
      unknown.insert(unknown.end(), option.names.begin(), option.names.end());
    }
  }
  if (!unknown.empty()) text += fmt::format("        {}) ;;\n", fmt::join(unknown, " | "));
  return text;
}

// A group takes a command or an option; a command options, their values, and what is told by its
// position, when the word is no option.
std::string bash_branch(const std::string& words, const Outline& command) {
  const std::string options = joined(options_of(command));
  if (!command.below.empty()) {
    return fmt::format("    '{} ') words='{} {}' ;;\n", words, joined(names_of(command)), options);
  }
  std::string others = fmt::format("words='{}'", options);
  if (!command.positionals.empty()) {
    const std::string place = bash_value(command.positionals.back());
    if (!place.empty())
      others = fmt::format("if [[ $word == -* ]]; then {}; else {}; fi", others, place);
  }
  const std::string values = bash_values(command);
  if (values.empty()) return fmt::format("    '{} '*) {} ;;\n", words, others);
  return fmt::format("    '{} '*)\n      case $before in\n{}        *) {} ;;\n      esac ;;\n",
                     words, values, others);
}

// Within '…' of a POSIX shell.
std::string zsh_quoted(std::string_view text, std::string_view escaped) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (escaped.contains(c)) out += '\\';
    out += c;
  }
  return out;
}

// ":FILE:_files", what _arguments wants to know of a value.
std::string zsh_value(const OptionOutline& value) {
  if (!value.words.empty()) return fmt::format(":value:({})", joined(value.words));
  return fmt::format(":{}:{}", value.value, value.takes_path() ? "_files" : " ");
}

std::string zsh_option(const OptionOutline& option) {
  const bool flag = option.value.empty();
  const std::string value = flag ? "" : zsh_value(option);
  const std::string others = option.repeated ? "*" : fmt::format("({})", joined(option.names));
  std::string text;
  for (const std::string& name : option.names) {
    const std::string_view joint = flag ? "" : name.starts_with("--") ? "=" : "+";
    text += fmt::format(" \\\n        '{}{}{}[{}]{}'", others, name, joint,
                        zsh_quoted(option.description, "[]\\"), value);
  }
  return text;
}

std::string zsh_branch(const std::string& words, const Outline& command) {
  const bool group = !command.below.empty();
  std::string text = fmt::format("    ('{} '{})\n", words, group ? "" : "*");
  if (group) {
    text += "      commands=(\n";
    for (const Outline& below : command.below) {
      text += fmt::format("        '{}:{}'\n", below.name, zsh_quoted(below.description, "\\"));
    }
    text += "      )\n      _describe command commands\n";
  }
  if (const auto depth = std::ranges::count(words, ' ') + 1; !words.empty()) {
    text += fmt::format("      shift {0} words; (( CURRENT -= {0} ))\n", depth);
  }
  text += "      _arguments -S";
  for (const OptionOutline& option : command.options) text += zsh_option(option);
  for (const OptionOutline& positional : command.positionals) {
    text +=
        fmt::format(" \\\n        '{}{}'", positional.repeated ? "*" : "", zsh_value(positional));
  }
  return text + " ;;\n";
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_value(const OptionOutline& value) {
  if (!value.words.empty()) return fmt::format(" -a '{}'", joined(value.words));
  return value.takes_path() ? " -F" : "";
}

std::string fish_lines(const std::string& words, const Outline& command) {
  const std::string begin = "complete -c gatehouse -n ";
  const std::string is =
      begin + fish_quoted(words.empty() ? "__gatehouse_is" : "__gatehouse_is " + words);
  const std::string in =
      command.below.empty() ? begin + fish_quoted("__gatehouse_in " + words) : is;
  std::string text;
  for (const Outline& below : command.below)
    text += fmt::format("{} -a {} -d {}\n", is, below.name, fish_quoted(below.description));
  for (const OptionOutline& option : command.options) {
    text += in;
    for (const std::string& name : option.names)
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!option.value.empty()) text += (option.takes_path() ? " -r" : " -x") + fish_value(option);
    text += fmt::format(" -d {}\n", fish_quoted(option.description));
  }
  for (const OptionOutline& positional : command.positionals) {
    if (const std::string value = fish_value(positional); !value.empty()) text += in + value + "\n";
  }
  return text;
}

std::string branches(const Outline& program,
                     std::string (*branch)(const std::string&, const Outline&)) {
  std::string text = branch("", program);
  for (const auto& [words, command] : commands_of(program)) text += branch(words, *command);
  return text;
}

}  // namespace

std::string bash_completion(const Outline& program) {
  return fmt::format(kBash, branches(program, bash_branch));
}

std::string zsh_completion(const Outline& program) {
  return fmt::format(kZsh, branches(program, zsh_branch));
}

std::string fish_completion(const Outline& program) {
  return std::string(kFish) + branches(program, fish_lines);
}

int run(const Completion& command) {
  const Outline program = outline();
  if (command.shell == "bash") return print(kFine, bash_completion(program));
  if (command.shell == "zsh") return print(kFine, zsh_completion(program));
  return print(kFine, fish_completion(program));
}

}  // namespace gh::cli
