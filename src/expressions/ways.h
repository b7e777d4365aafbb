#pragma once
// In how many ways a regular expression can match one text. A matcher that backtracks tries them
// all when what follows does not fit.

#include <cstdint>
#include <string_view>

#include "expressions/expression.h"

namespace gh::expressions {

enum class Ways : std::uint8_t {
  few,      // linear in the length of the text, or one more for each character that is repeated
  many,     // exponential, or more than is allowed of what multiplies
  unknown,  // not understood, or too large for the steps that were left
};

// What multiplies is counted in bits: choices of what has a bound (choices.h), and for each two
// loops in a row that can share a text where the one ends and the other begins. Python 3.11's `re`
// takes 9 to 18 ns for each way that it tries: 31 letters take "[\w.]{1,9}" five times (13 bits)
// 0.5 ms, six times 3 ms, eight times (22 bits) 65 ms, "x?" twenty times 32 ms. A name of 62
// letters takes three loops 0.4 ms, four 7 ms, five 63 ms, six 580 ms.
inline constexpr double kLoopBits = 6;  // as many places as a name of 64 letters has

// 2^19 ways are some 7 ms for one name of a module, of which a model has a thousand: four loops.
inline constexpr double kBitsOfNames = 19;
// A text is tried from each of its places: 2^11 ways are 3 s for 100,000 letters. Two loops.
inline constexpr double kBitsOfTexts = 11;

// The loops in a row that are too many.
constexpr int loops_of(double bits) {
  return static_cast<int>(bits / kLoopBits) + 2;
}

Ways count_ways(std::string_view pattern, Steps& steps, double bits = kBitsOfTexts);

}  // namespace gh::expressions
