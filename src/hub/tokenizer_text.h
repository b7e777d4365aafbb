#pragma once
// Patterns and words of tokenizer steps, judged on their own.

#include <string_view>

namespace gh::hub {

// A text that holds words: two letters in a row, "_" aside. "``", " " and "▁" are none.
bool holds_words(std::string_view text);

// The same of a regular expression: letters that stand for themselves, not those of \s or \p{L}.
bool matches_words(std::string_view pattern);

// A group or class that repeats without bound inside a group that repeats without bound.
bool repeats_repetition(std::string_view pattern);

}  // namespace gh::hub
