#pragma once
// Words of tokenizer steps and tokens, judged on their own.

#include <string_view>

namespace gh::hub {

// A letter or a digit of any alphabet; "▁", "Ġ" and punctuation are none.
bool holds_letter(std::string_view text);

// Two of those in a row.
bool holds_words(std::string_view text);

// A mark in brackets and no words: "<s>", "[CLS]".
bool is_mark(std::string_view token);

// What a sentence or an ordinary word is, and no marker ("<s>", "[CLS]", "en_XX", "extra_id_0"):
// small letters alone, or words with spaces between them.
bool is_plain_word(std::string_view token);

}  // namespace gh::hub
