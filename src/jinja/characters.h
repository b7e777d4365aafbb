#pragma once
// Classes of characters, as Python's regular expressions and Jinja's lexer know them.

#include <optional>
#include <string>
#include <string_view>

namespace gh::jinja {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}
// Characters outside ASCII count as parts of names; the parser reports such names.
constexpr bool is_name_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || !is_ascii(c);
}

// The character at the beginning of valid UTF-8, and its length in bytes.
struct Character {
  char32_t code = 0;
  std::size_t size = 0;
};
Character character_at(std::string_view text);

// "LOW LINE"; nothing for a name that is not known here.
std::optional<char32_t> character_named(std::string_view name);

// Bytes of the white space (`\s` of Python's re for str) at the beginning.
std::size_t white_space(std::string_view text);

}  // namespace gh::jinja
