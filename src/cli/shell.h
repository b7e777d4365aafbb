#pragma once
// Words of commands that are printed to be copied. Pure; any thread.

#include <string>
#include <string_view>

namespace gh::cli {

// `word` as one word of a shell's command line: itself where nothing in it means anything there,
// else in quotes. What a terminal must not be shown is written as $'\x1b', which bash, zsh and ksh
// read back as it was.
std::string shell_word(std::string_view word);

}  // namespace gh::cli
