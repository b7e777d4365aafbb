#pragma once
// Regular expressions of tokenizer steps, as Oniguruma reads them, judged on their own. Linear in
// the pattern, up to a constant.

#include <string_view>

namespace gh::hub {

// Whether it can match letters or digits: those that it spells, and what `.`, `\w` and their like
// stand for. What only looks ahead or behind matches nothing.
bool matches_words(std::string_view pattern);

// Whether it can match every character but white space: what it is held against is then never
// empty.
bool matches_anything(std::string_view pattern);

// Whether every group that opens closes, as Oniguruma demands.
bool is_whole_pattern(std::string_view pattern);

// A repetition inside a repetition, alternatives that begin alike inside one, three repetitions of
// alike characters in a row, references back: a backtracking matcher tries every way.
bool is_slow_pattern(std::string_view pattern);

}  // namespace gh::hub
