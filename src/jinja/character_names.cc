// Names of characters as Unicode has them, in small and capital letters alike: those of ASCII, and
// of what cannot be seen. Python knows all.

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/characters.h"

namespace gh::jinja {

namespace {

using Named = std::pair<char32_t, std::string_view>;

constexpr std::array kNames = std::to_array<Named>({{0x0, "NULL"},
                                                    {0x9, "CHARACTER TABULATION"},
                                                    {0x9, "HORIZONTAL TABULATION"},
                                                    {0xa, "LINE FEED"},
                                                    {0xd, "CARRIAGE RETURN"},
                                                    {0x20, "SPACE"},
                                                    {0x21, "EXCLAMATION MARK"},
                                                    {0x22, "QUOTATION MARK"},
                                                    {0x23, "NUMBER SIGN"},
                                                    {0x24, "DOLLAR SIGN"},
                                                    {0x25, "PERCENT SIGN"},
                                                    {0x26, "AMPERSAND"},
                                                    {0x27, "APOSTROPHE"},
                                                    {0x28, "LEFT PARENTHESIS"},
                                                    {0x29, "RIGHT PARENTHESIS"},
                                                    {0x2a, "ASTERISK"},
                                                    {0x2b, "PLUS SIGN"},
                                                    {0x2c, "COMMA"},
                                                    {0x2d, "HYPHEN-MINUS"},
                                                    {0x2e, "FULL STOP"},
                                                    {0x2f, "SOLIDUS"},
                                                    {0x3a, "COLON"},
                                                    {0x3b, "SEMICOLON"},
                                                    {0x3c, "LESS-THAN SIGN"},
                                                    {0x3d, "EQUALS SIGN"},
                                                    {0x3e, "GREATER-THAN SIGN"},
                                                    {0x3f, "QUESTION MARK"},
                                                    {0x40, "COMMERCIAL AT"},
                                                    {0x5b, "LEFT SQUARE BRACKET"},
                                                    {0x5c, "REVERSE SOLIDUS"},
                                                    {0x5d, "RIGHT SQUARE BRACKET"},
                                                    {0x5e, "CIRCUMFLEX ACCENT"},
                                                    {0x5f, "LOW LINE"},
                                                    {0x60, "GRAVE ACCENT"},
                                                    {0x7b, "LEFT CURLY BRACKET"},
                                                    {0x7c, "VERTICAL LINE"},
                                                    {0x7d, "RIGHT CURLY BRACKET"},
                                                    {0x7e, "TILDE"},
                                                    {0xa0, "NO-BREAK SPACE"},
                                                    {0xad, "SOFT HYPHEN"},
                                                    {0x200b, "ZERO WIDTH SPACE"},
                                                    {0x200c, "ZERO WIDTH NON-JOINER"},
                                                    {0x200d, "ZERO WIDTH JOINER"},
                                                    {0x200e, "LEFT-TO-RIGHT MARK"},
                                                    {0x200f, "RIGHT-TO-LEFT MARK"},
                                                    {0x202a, "LEFT-TO-RIGHT EMBEDDING"},
                                                    {0x202b, "RIGHT-TO-LEFT EMBEDDING"},
                                                    {0x202c, "POP DIRECTIONAL FORMATTING"},
                                                    {0x202d, "LEFT-TO-RIGHT OVERRIDE"},
                                                    {0x202e, "RIGHT-TO-LEFT OVERRIDE"},
                                                    {0x2060, "WORD JOINER"},
                                                    {0x2066, "LEFT-TO-RIGHT ISOLATE"},
                                                    {0x2067, "RIGHT-TO-LEFT ISOLATE"},
                                                    {0x2068, "FIRST STRONG ISOLATE"},
                                                    {0x2069, "POP DIRECTIONAL ISOLATE"},
                                                    {0x2581, "LOWER ONE EIGHTH BLOCK"},
                                                    {0xfeff, "ZERO WIDTH NO-BREAK SPACE"},
                                                    {0xff5c, "FULLWIDTH VERTICAL LINE"}});

constexpr std::array<std::string_view, 10> kDigits = {"ZERO", "ONE", "TWO",   "THREE", "FOUR",
                                                      "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"};

}  // namespace

std::optional<char32_t> character_named(std::string_view name) {
  const auto rest = [&](std::string_view begin) -> std::string_view {
    return equals_ignoring_case(name.substr(0, begin.size()), begin) ? name.substr(begin.size())
                                                                     : std::string_view();
  };
  const std::string_view small = rest("LATIN SMALL LETTER ");
  if (small.size() == 1 && is_letter(small[0])) return to_lower(small[0]);
  const std::string_view capital = rest("LATIN CAPITAL LETTER ");
  if (capital.size() == 1 && is_letter(capital[0])) return to_lower(capital[0]) - 'a' + 'A';
  const std::string_view digit = rest("DIGIT ");
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    if (equals_ignoring_case(digit, kDigits[i])) return U'0' + i;
  const auto named = std::ranges::find_if(
      kNames, [&](const Named& one) { return equals_ignoring_case(name, one.second); });
  return named == kNames.end() ? std::nullopt : std::optional(named->first);
}

}  // namespace gh::jinja
