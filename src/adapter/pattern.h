#pragma once
// How dangerous it is to match a regular expression of Python's `re` against the name of a module.
// A matcher that backtracks takes time n^k for k repetitions in a row, 2^n for repetitions whose
// parts can be divided in several ways, 2^k for k alternatives in a row that match the same.

#include <cstdint>
#include <string_view>

namespace gh::adapter {

enum class Pattern : std::uint8_t {
  plain,    // nothing, or a name: letters, digits, '_', '-' and '.'
  bounded,  // few repetitions, each of one character or of what can be divided in one way only
  risky,    // anything else, references and what was not understood among it
};

// Repetitions without bound in a row; what PEFT's and Unsloth's own patterns have.
inline constexpr int kMaxRepetitions = 4;

Pattern judge_pattern(std::string_view pattern);

}  // namespace gh::adapter
