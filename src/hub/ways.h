#pragma once
// In how many ways a regular expression can match one text. A matcher that backtracks tries them
// all when what follows does not fit.

#include <cstdint>
#include <string_view>

#include "hub/expression.h"

namespace gh::hub {

enum class Ways : std::uint8_t {
  few,      // linear in the length of the text, or one more for each character that is repeated
  many,     // exponential, or at least quadratic: the time is cubic then (`loops`)
  unknown,  // not understood, or too large for the steps that were left
};

// Loops one after the other that can share a text are as bad when there are so many of them: three
// for any text. For names of modules, which are short, six are.
inline constexpr int kLoops = 3;
inline constexpr int kLoopsOfNames = 6;

Ways count_ways(std::string_view pattern, Steps& steps, int loops = kLoops);

}  // namespace gh::hub
