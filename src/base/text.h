#pragma once
// Small text helpers. ASCII only and independent of the locale, on purpose.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gh {

bool equals_ignoring_case(std::string_view a, std::string_view b);
bool ends_with_ignoring_case(std::string_view text, std::string_view ending);
char to_lower(char c);
std::string_view trim(std::string_view text);  // spaces and tabs
// A digest in hexadecimal, as git and huggingface_hub write it: SHA-1 or SHA-256, small letters.
bool is_digest(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// Whether they are the same, without a call: for names, which are short and often are.
inline bool same_name(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto same = [&]<class Word>(Word, std::size_t at) {
    Word x;
    Word y;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    return x == y;
  };
  if (size >= 8) {
    for (std::size_t at = 0; size - at > 8; at += 8) {
      if (!same(std::uint64_t{}, at)) return false;
    }
    return same(std::uint64_t{}, size - 8);  // overlaps what was compared before
  }
  if (size >= 4) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

// True for well-formed UTF-8 (RFC 3629: no overlongs, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view bytes);

// Appends the character, a surrogate and what is beyond Unicode included. `code`: up to 21 bits.
void append_utf8(std::string& out, std::uint32_t code);

// Untrusted bytes made fit for a log line or a terminal: control characters, DEL, U+0080–U+009F,
// U+2028/9, bidirectional controls, invisible characters, selectors of variants (an emoji's as
// well) and invalid UTF-8 become \xNN, \uNNNN or \UNNNNNNNN, the backslash is doubled; longer than
// `limit` bytes is cut with "…".
std::string escape(std::string_view bytes, std::size_t limit = 256);

// Appends `bytes` as the inside of a JSON string, what `escape` would not show as it is
// escaped, so that one log record is always one line and valid JSON.
void append_json_escaped(std::string& out, std::string_view bytes);

void append_number(std::string& out, std::uint64_t number);  // in decimal

// The candidate closest to `word`, when it is close enough to be a likely slip of the pen.
std::optional<std::string_view> did_you_mean(std::string_view word,
                                             std::span<const std::string_view> candidates);

// What to say behind "unknown `word`": "; did you mean `x`?", else what there is, "; there is `a`,
// `b`, `c` and 4 more". The candidates are escaped.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace gh
