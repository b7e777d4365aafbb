#include "json/diagnosis.h"

#include <algorithm>
#include <cstddef>

namespace gh::json {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool skip_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const bool any = end != text.begin();
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return any;
}

bool skip_one_of(std::string_view& text, std::string_view set) {
  if (text.empty() || !set.contains(text.front())) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 8259 §6.
bool is_number(std::string_view text) {
  skip_one_of(text, "-");
  if (!skip_one_of(text, "0") && !skip_digits(text)) return false;
  if (skip_one_of(text, ".") && !skip_digits(text)) return false;
  if (skip_one_of(text, "eE")) {
    skip_one_of(text, "+-");
    if (!skip_digits(text)) return false;
  }
  return text.empty();
}

// The offset after the string whose opening quote is at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

bool numbers_are_well_formed(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = skip_string(text, at);
    } else if (text[at] == '-' || is_digit(text[at])) {
      const std::size_t end = std::min(text.find_first_of(" \t\r\n,:[]{}\"", at), text.size());
      if (!is_number(text.substr(at, end - at))) return false;
      at = end;
    } else {
      ++at;
    }
  }
  return true;
}

bool escapes_are_well_formed(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; at += 2) {
    const std::string_view escape = text.substr(at + 1, 5);
    if (escape.empty() || !std::string_view("\"\\/bfnrtu").contains(escape[0])) return false;
    if (escape[0] != 'u') continue;
    if (escape.size() < 5 || !std::all_of(escape.begin() + 1, escape.end(), is_hex)) return false;
  }
  return true;
}

}  // namespace

ParseErrorKind diagnose(simdjson::error_code code, std::string_view text) {
  switch (code) {
    case simdjson::DEPTH_ERROR:
      return ParseErrorKind::too_deep;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return ParseErrorKind::too_large;
    case simdjson::NUMBER_ERROR:
      return numbers_are_well_formed(text) ? ParseErrorKind::number : ParseErrorKind::syntax;
    case simdjson::STRING_ERROR:  // every escape is one, so half a surrogate pair it is
      return escapes_are_well_formed(text) ? ParseErrorKind::encoding : ParseErrorKind::syntax;
    default:
      return simdjson::validate_utf8(text) ? ParseErrorKind::syntax : ParseErrorKind::encoding;
  }
}

bool is_marked_or_wide(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return true;
  return text.substr(0, 2).contains('\0');
}

}  // namespace gh::json
