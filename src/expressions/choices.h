#pragma once
// How many choices a matcher has in the parts of an expression that have an end: repetitions with a
// bound, optional parts, alternatives that begin alike. Each is one that it comes back to when what
// follows does not fit, so that they multiply.

#include "expressions/automaton.h"
#include "expressions/expression.h"

namespace gh::expressions {

// The logarithm to base 2, an upper bound. A repetition has a choice only where what follows it can
// begin with a character of its own; what is inside an endless one is not counted, nor what is
// never tried again.
double choice_bits(const Node& root, Meetings& meetings, Steps& steps);

}  // namespace gh::expressions
