#include "hub/tokenizer_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gh::hub {

namespace {

struct Character {
  std::size_t size;
  char32_t code;
};

// Of valid UTF-8.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (size == 1 || size > text.size()) return {1, lead};
  char32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (byte(i) & 0x3fu);
  return {size, code};
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  // Ġ, Ċ and ĉ stand for white space in byte-level vocabularies.
  if (c < 0xc0 || c == 0xd7 || c == 0xf7 || c == 0x120 || c == 0x10a || c == 0x109) return false;
  return !(c >= 0x2000 && c <= 0x2bff) && !(c >= 0x3000 && c <= 0x303f) &&
         !(c >= 0xe000 && c <= 0xf8ff) && !(c >= 0xfe00 && c <= 0xff0f) && c < 0x1f000;
}

}  // namespace

bool holds_letter(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(first_character(text).size))
    if (is_letter(first_character(text).code)) return true;
  return false;
}

bool holds_words(std::string_view text) {
  for (int letters = 0; !text.empty(); text.remove_prefix(first_character(text).size)) {
    letters = is_letter(first_character(text).code) ? letters + 1 : 0;
    if (letters > 1) return true;
  }
  return false;
}

bool is_mark(std::string_view token) {
  return token.size() > 2 && !token.contains(' ') &&
         ((token.starts_with('<') && token.ends_with('>')) ||
          (token.starts_with('[') && token.ends_with(']')));
}

bool is_plain_word(std::string_view token) {
  // Names of roles that some models give without brackets.
  static constexpr std::array<std::string_view, 10> kRoles = {"pad", "unk",  "bos", "eos", "sep",
                                                              "cls", "mask", "sop", "eop", "gmask"};
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto letter = [&](char c) { return small(c) || (c >= 'A' && c <= 'Z'); };
  if (token.size() < 2 || std::ranges::find(kRoles, token) != kRoles.end()) return false;
  if (std::ranges::all_of(token, small)) return true;
  const std::size_t space = token.find(' ');
  return token.size() > 4 && space != std::string_view::npos && space > 0 &&
         space + 1 < token.size() && letter(token[space - 1]) && letter(token[space + 1]) &&
         !token.starts_with('<') && !token.starts_with('[');
}

}  // namespace gh::hub
