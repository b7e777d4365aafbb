#include "pickle/number.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace gh::pickle {

namespace {

// Beyond these, Python 3.11 and later refuse to convert.
constexpr std::size_t kDigits = 4300;
constexpr std::string_view kSpaces = " \t\n\v\f\r";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_spaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

bool is_plain(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > kDigits || !std::ranges::all_of(text, is_digit)) return false;
  return text.size() == 1 || text.front() != '0';
}

std::optional<std::int64_t> parse(std::string_view text, int base) {
  std::int64_t value = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, value, base);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// As strtol with base 0 has it; for a value that is wanted although it is odd.
std::optional<std::int64_t> parse_any_base(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  const auto value = text.starts_with('-') ? std::nullopt : parse(text, base);
  return value && negative ? -*value : value;
}

}  // namespace

TextInteger text_index(std::string_view line) {
  const TextInteger number = text_integer(line);
  if (number.writing != Writing::odd) return number;
  std::string digits(without_spaces(line.substr(0, line.find('\0'))));
  std::erase(digits, '_');
  return {Writing::odd,
          parse(digits.starts_with('+') ? std::string_view(digits).substr(1) : digits, 10)};
}

TextInteger text_integer(std::string_view line) {
  if (is_plain(line)) return {Writing::plain, parse(line, 10)};
  // A loader's C string ends at a NUL; what it makes of the rest is not certain.
  line = line.substr(0, line.find('\0'));
  const std::string_view text = without_spaces(line);
  constexpr std::string_view kAllowed = "0123456789abcdefABCDEFxXoO_+-";
  if (text.empty() || text.find_first_of("0123456789") == std::string_view::npos ||
      text.find_first_not_of(kAllowed) != std::string_view::npos)
    return {};
  return {Writing::odd, parse_any_base(text)};
}

Writing text_real(std::string_view line) {
  double value = 0;
  const char* begin = line.data();
  const char* end = begin + line.size();
  const auto [stopped, error] = std::from_chars(begin, end, value);
  if (stopped == end && !line.empty()) return Writing::plain;
  line = without_spaces(line.substr(0, line.find('\0')));
  constexpr std::string_view kAllowed = "0123456789+-._eEinfatyINFATY";
  const bool possible = !line.empty() && line.find_first_not_of(kAllowed) == std::string_view::npos;
  return possible ? Writing::odd : Writing::bad;
}

std::optional<std::int64_t> long_bytes(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const bool negative = (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
  const char fill = negative ? '\xff' : '\0';
  while (bytes.size() > 8) {
    if (bytes.back() != fill) return std::nullopt;
    bytes.remove_suffix(1);
  }
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  const auto result = static_cast<std::int64_t>(value);
  if ((result < 0) != negative) return std::nullopt;
  return result;
}

}  // namespace gh::pickle
