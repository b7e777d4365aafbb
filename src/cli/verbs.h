#pragma once
// Words that are to be commands, before the parser of options sees them: it tells of options that
// are missing where the verb was mistyped. Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gh::cli {

struct Verb {
  std::string name;
  std::vector<std::string> below;  // of a group, which needs one of them: "check" of "policy"
};

// What is wrong with the first words of a command line, for a message; "" when they name a command,
// or are options.
std::string verb_fault(std::span<const Verb> verbs, std::span<const std::string_view> words);

}  // namespace gh::cli
