#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/lexer.h"

namespace gh::jinja {

namespace {

std::optional<std::uint32_t> hex_value(std::string_view digits, std::size_t size) {
  if (digits.size() < size) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, size)) {
    const char lower = to_lower(c);
    if (!is_digit(c) && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

// Digits after \x, \u and \U.
std::size_t digits_of(char kind) {
  if (kind == 'x') return 2;
  return kind == 'u' ? 4 : 8;
}

char simple(char kind) {
  switch (kind) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case '\\':
    case '\'':
    case '"':
      return kind;
    default:
      return '\0';
  }
}

}  // namespace

std::expected<std::string, std::string_view> unescape(std::string_view quoted) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    const char kind = text[i + 1];
    i += 2;
    if (kind == '\n') continue;
    if (kind >= '0' && kind <= '7') {
      std::uint32_t value = 0;
      std::size_t end = i - 1;
      for (; end < text.size() && end < i + 2 && text[end] >= '0' && text[end] <= '7'; ++end)
        value = value * 8 + static_cast<std::uint32_t>(text[end] - '0');
      append_utf8(out, value);
      i = end;
    } else if (kind == 'x' || kind == 'u' || kind == 'U') {
      const auto value = hex_value(text.substr(i), digits_of(kind));
      if (!value) return std::unexpected("an escape in a string lacks digits");
      if (*value > 0x10ffff) return std::unexpected("an escape in a string is beyond U+10FFFF");
      append_utf8(out, *value);
      i += digits_of(kind);
    } else if (kind == 'N') {
      const std::size_t end = text.find('}', i);
      const bool braced = end != std::string_view::npos && text[i] == '{';
      const auto named = braced ? character_named(text.substr(i + 1, end - i - 1)) : std::nullopt;
      if (!named) return std::unexpected("a string names a character that is not known here");
      append_utf8(out, *named);
      i = end + 1;
    } else if (simple(kind) != '\0') {
      out += simple(kind);
    } else {
      out += '\\';  // Python keeps what it does not know
      --i;
      if (is_ascii(kind)) {
        out += text[i++];
        continue;
      }
      // Jinja spells other letters as escapes, and of this one the backslash is gone.
      const Character other = character_at(text.substr(i));
      const std::uint32_t code = other.code;
      out += code < 0x100     ? fmt::format("x{:02x}", code)
             : code < 0x10000 ? fmt::format("u{:04x}", code)
                              : fmt::format("U{:08x}", code);
      i += other.size;
    }
  }
  return out;
}

}  // namespace gh::jinja
