#pragma once
// `gatehouse completion SHELL` and `gatehouse man [COMMAND…]`: what `--help` knows, as a shell and
// as `man` read it.

#include <string>
#include <string_view>
#include <vector>

#include "cli/outline.h"

namespace gh::cli {

struct Completion {
  std::string shell;  // bash, zsh, fish
};
struct Man {
  std::vector<std::string> words;  // of a command: "policy", "check"; none: the program
};

// Scripts, each whole; they run nothing.
std::string bash_completion(const Outline& program);
std::string zsh_completion(const Outline& program);
std::string fish_completion(const Outline& program);

// A page of roff with the macros of man(7), ASCII. `words` call `command`, "" the program itself.
// A group and the program have the options of what is below in it.
std::string man_page(std::string_view words, const Outline& command);

int run(const Completion& command);
int run(const Man& command);

}  // namespace gh::cli
