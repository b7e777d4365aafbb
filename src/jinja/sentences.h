#pragma once
// A text as words and where sentences end. ASCII: other letters part words.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace gh::jinja {

struct Word {
  std::string_view text;
  std::size_t at = 0;
  bool ends = false;    // a sentence ends behind it
  bool halts = false;   // or a part of one: a colon, a semicolon, a dash
  bool comma = false;   // or a comma stands there
  bool quoted = false;  // a quotation begins with it
};

std::vector<Word> words_of(std::string_view text);

using Stems = std::span<const std::string_view>;

// A stem that ends with '*' stands for every word that begins like it.
bool is_any(std::string_view word, Stems stems);

}  // namespace gh::jinja
