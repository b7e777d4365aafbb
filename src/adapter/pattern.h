#pragma once
// How dangerous it is to match a regular expression of Python's `re` against the name of a module.
// A matcher that backtracks takes time n^k for k repetitions in a row and without bound for
// repetitions inside repetitions.

#include <cstdint>
#include <string_view>

namespace gh::adapter {

enum class Pattern : std::uint8_t {
  plain,    // a name: letters, digits, '_', '-' and '.'
  bounded,  // few repetitions, each of a single character
  risky,    // repeated groups, references, look-around, many repetitions, or not understood
};

// Repetitions without bound in one alternative; what PEFT's and Unsloth's own patterns have.
inline constexpr int kMaxRepetitions = 4;

Pattern judge_pattern(std::string_view pattern);

}  // namespace gh::adapter
