#pragma once
// What the command line takes, as plain values: the definitions behind `--help` for whoever does
// not read help, such as completion and man pages.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/verbs.h"

namespace gh::cli {

// An option, or what is told by its position alone.
struct OptionOutline {
  std::vector<std::string> names;  // "-c", "--config"; none: told by its position
  std::string value;               // as help calls it: "FILE", "{text,json}"; "" for a flag
  std::vector<std::string> words;  // the only values, when there are only these
  std::string fallback;            // the value without it; "" is none
  std::string variable;            // of the environment, which is asked before that; "" is none
  std::string description;
  bool required = false;
  bool repeated = false;

  bool takes_path() const { return value == "FILE" || value == "DIR" || value == "PATH"; }
};

// The program or a command.
struct Outline {
  std::string name;  // "check"
  std::string description;
  std::string footer;  // lines; one that begins with a space stays as it is
  std::vector<OptionOutline> options;
  std::vector<OptionOutline> positionals;
  std::vector<Outline> below;  // commands
};

// The words that call a command, with its outline: ("policy check", …).
using CommandOutline = std::pair<std::string, const Outline*>;

// Every command of `program`, a group before those in it.
std::vector<CommandOutline> commands_of(const Outline& program);

std::vector<Verb> verbs_of(const Outline& program);

// Of this program: made from what parses its command line (parse.cc).
Outline outline();

}  // namespace gh::cli
