#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <utility>

namespace gh {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t size;  // bytes used; 0 when the bytes are not well-formed UTF-8
};

CodePoint decode(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t size = 0;
  std::uint32_t value = 0;
  std::uint32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    size = 2, value = lead & 0x1Fu, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    size = 3, value = lead & 0x0Fu, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    size = 4, value = lead & 0x07u, least = 0x10000;
  } else {
    return {lead, 0};
  }
  if (bytes.size() < size) return {lead, 0};
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return {lead, 0};
    value = value << 6 | (at(i) & 0x3Fu);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {lead, 0};
  return {value, size};
}

struct Range {
  std::uint32_t first, last;
};

// Code points that change how a line is shown or where it ends, or that nobody sees, in order: all
// that Unicode 15 calls controls, formats, separators of lines (Cc, Cf, Zl, Zp) and ignorable by
// default (Default_Ignorable_Code_Point), which fillers and variation selectors are.
constexpr Range kUnsafeToShow[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
    {0x600, 0x605},     {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},
    {0x890, 0x891},     {0x8E2, 0x8E2},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool is_unsafe_to_show(std::uint32_t c) {
  const auto* const range = std::ranges::lower_bound(kUnsafeToShow, c, {}, &Range::last);
  return range != std::end(kUnsafeToShow) && range->first <= c;
}

// RFC 8259 §7: beyond the first plane as a pair of surrogates.
void append_json_code(std::string& out, std::uint32_t c) {
  if (c >= 0x10000) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", 0xD800 + ((c - 0x10000) >> 10));
    c = 0xDC00 + (c & 0x3FF);
  }
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
}

// ASCII that stands for itself in a JSON string and on a terminal.
constexpr auto kIsPlain = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();
bool is_plain(char c) {
  return kIsPlain[static_cast<unsigned char>(c)];
}

// Letters to add, leave out, exchange or swap with the next one to make one word of the other
// (optimal string alignment: Levenshtein's distance, and two swapped letters are one slip).
std::size_t slips(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return to_lower(a[i]) == to_lower(b[j]); };
  // Distances between the beginnings of `a` and `b`, one row for each of `a`; three are looked at.
  std::vector<std::size_t> row(b.size() + 1), above(b.size() + 1), higher;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    higher = std::exchange(above, std::exchange(row, std::vector<std::size_t>(b.size() + 1)));
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (same(i, j) ? 0 : 1)});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) {
        row[j + 1] = std::min(row[j + 1], higher[j - 1] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool ends_with_ignoring_case(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         equals_ignoring_case(text.substr(text.size() - ending.size()), ending);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

bool is_digest(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_utf8(std::string_view bytes) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080U;
  while (!bytes.empty()) {
    std::uint64_t eight = kNotAscii;
    if (bytes.size() >= sizeof eight) std::memcpy(&eight, bytes.data(), sizeof eight);
    if ((eight & kNotAscii) == 0) {
      bytes.remove_prefix(sizeof eight);
      continue;
    }
    const CodePoint point = decode(bytes);
    if (point.size == 0) return false;
    bytes.remove_prefix(point.size);
  }
  return true;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      add(0xe0 | code >> 12);
    } else {
      add(0xf0 | (code >> 18 & 0x07));
      add(0x80 | (code >> 12 & 0x3f));
    }
    add(0x80 | (code >> 6 & 0x3f));
  }
  add(0x80 | (code & 0x3f));
}

std::string escape(std::string_view bytes, std::size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    if (out.size() >= limit) return out + "…";
    const CodePoint point = decode(bytes);
    if (point.size == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", point.value);
      bytes.remove_prefix(1);
      continue;
    }
    if (point.value == '\\') {
      out += "\\\\";
    } else if (is_unsafe_to_show(point.value)) {
      if (point.value < 0x80) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", point.value);
      } else if (point.value < 0x10000) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", point.value);
      } else {
        fmt::format_to(std::back_inserter(out), "\\U{:08x}", point.value);
      }
    } else {
      out += bytes.substr(0, point.size);
    }
    bytes.remove_prefix(point.size);
  }
  return out;
}

void append_json_escaped(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    // Most of what is logged is plain: append it in one piece.
    const auto plain_end =
        std::find_if_not(bytes.begin(), bytes.end(), [](char c) { return is_plain(c); });
    const auto plain = static_cast<std::size_t>(plain_end - bytes.begin());
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return;
    const CodePoint point = decode(bytes);
    if (point.size == 0) {
      fmt::format_to(std::back_inserter(out), "\\\\x{:02x}", point.value);
      bytes.remove_prefix(1);
      continue;
    }
    if (point.value == '"' || point.value == '\\') {
      out += '\\';
      out += static_cast<char>(point.value);
    } else if (is_unsafe_to_show(point.value)) {
      append_json_code(out, point.value);
    } else {
      out += bytes.substr(0, point.size);
    }
    bytes.remove_prefix(point.size);
  }
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::optional<std::string_view> did_you_mean(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = slips(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kMostCompared = 1000;
  constexpr std::size_t kMostNamed = 3;
  if (candidates.empty()) return "; there is none";
  if (candidates.size() <= kMostCompared) {
    if (const auto close = did_you_mean(word, candidates)) {
      return "; did you mean `" + escape(*close, 128) + "`?";
    }
  }
  std::string list = "; there is ";
  for (std::string_view named : candidates.first(std::min(kMostNamed, candidates.size()))) {
    list += (list.ends_with('`') ? ", `" : "`") + escape(named, 128) + "`";
  }
  if (candidates.size() > kMostNamed) {
    list += " and " + std::to_string(candidates.size() - kMostNamed) + " more";
  }
  return list;
}

}  // namespace gh
