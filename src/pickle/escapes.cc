#include "pickle/escapes.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace gh::pickle {

namespace {

std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() - at < count) return std::nullopt;
  std::uint32_t value = 0;
  const char* end = text.data() + at + count;
  const auto [stopped, error] = std::from_chars(text.data() + at, end, value, 16);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

char simple_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    case '\\':
    case '\'':
    case '"':
      return c;
    default:
      return '\0';
  }
}

}  // namespace

bool undo_string_escapes(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    if (++at == text.size()) return false;
    const char c = text[at++];
    if (const char simple = simple_escape(c); simple != '\0') {
      out += simple;
    } else if (c >= '0' && c <= '7') {
      unsigned value = static_cast<unsigned>(c - '0');
      for (int more = 0; more < 2 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++more)
        value = value * 8 + static_cast<unsigned>(text[at++] - '0');
      out += static_cast<char>(value);
    } else if (c == 'x') {
      const auto value = hexadecimal(text, at, 2);
      if (!value) return false;
      out += static_cast<char>(*value);
      at += 2;
    } else {
      out += '\\';
      out += c;
    }
  }
  return true;
}

bool undo_unicode_escapes(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '\\' || at == text.size()) {
      append_utf8(out, static_cast<unsigned char>(c));
      continue;
    }
    const char kind = text[at++];
    if (kind != 'u' && kind != 'U') {
      out += '\\';
      append_utf8(out, static_cast<unsigned char>(kind));
      continue;
    }
    const std::size_t digits = kind == 'u' ? 4 : 8;
    const auto code = hexadecimal(text, at, digits);
    if (!code || *code > 0x10ffff) return false;
    append_utf8(out, *code);
    at += digits;
  }
  return true;
}

}  // namespace gh::pickle
