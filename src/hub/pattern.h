#pragma once
// Regular expressions of tokenizer steps, as Oniguruma reads them, judged on their own. Linear in
// the pattern, up to a constant and the steps that are given.

#include <cstdint>
#include <string_view>

#include "expressions/expression.h"
#include "expressions/ways.h"

namespace gh::hub {

using expressions::Steps;

// Whether it can match letters or digits: those that it spells, and what `.`, `\w` and their like
// stand for. What only looks ahead or behind matches nothing.
bool matches_words(std::string_view pattern);

// Whether it can match every character but white space: what it is held against is then never
// empty.
bool matches_anything(std::string_view pattern);

// Whether every group that opens closes, as Oniguruma demands.
bool is_whole_pattern(std::string_view pattern);

// Whether a backtracking matcher can take very long: what repeats can match one text in two ways,
// or what repetitions that follow each other leave to choose takes more than `bits` (ways.h). What
// was not understood is judged by how it looks; when no steps are left, it is slow.
bool is_slow_pattern(std::string_view pattern, Steps& steps,
                     double bits = expressions::kBitsOfTexts);
bool is_slow_pattern(std::string_view pattern);

// For all patterns of one document; published tokenizers need a hundredth.
inline constexpr std::uint64_t kPatternSteps = 4'000'000;

}  // namespace gh::hub
