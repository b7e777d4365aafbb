#include "cli/outline.h"

namespace gh::cli {

std::vector<CommandOutline> commands_of(const Outline& program) {
  std::vector<CommandOutline> commands;
  for (const Outline& command : program.below) {
    commands.emplace_back(command.name, &command);
    for (const auto& [words, below] : commands_of(command))
      commands.emplace_back(command.name + " " + words, below);
  }
  return commands;
}

std::vector<Verb> verbs_of(const Outline& program) {
  std::vector<Verb> verbs;
  for (const Outline& command : program.below) {
    Verb& verb = verbs.emplace_back(command.name, std::vector<std::string>());
    for (const Outline& below : command.below) verb.below.push_back(below.name);
  }
  return verbs;
}

}  // namespace gh::cli
