#include "hub/tokenizer_text.h"

#include <algorithm>
#include <vector>

namespace gh::hub {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0xc3;
}

// An escape from its backslash: "\s", "\p{L}", "\x{20}", "\u0041".
std::size_t escape_size(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text.size() > 2 && text[2] == '{') {
    const std::size_t end = text.find('}');
    if (end != std::string_view::npos) return end + 1;
  }
  return 2;
}

// A class from its bracket; Oniguruma's may hold others.
std::size_t class_size(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '[') {
      ++depth;
      // A bracket right at the beginning stands for itself.
      if (i + 1 < text.size() && text[i + 1] == '^') ++i;
      if (i + 1 < text.size() && text[i + 1] == ']') ++i;
    } else if (text[i] == ']' && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

// A quantifier and what makes it lazy or possessive; `unbounded` for *, + and {n,}.
struct Quantifier {
  std::size_t size = 0;
  bool unbounded = false;
};
Quantifier quantifier(std::string_view text) {
  Quantifier out;
  if (text.empty()) return out;
  if (text[0] == '*' || text[0] == '+') {
    out = {1, true};
  } else if (text[0] == '?') {
    out = {1, false};
  } else if (text[0] == '{') {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return out;
    out = {end + 1, text.substr(0, end).ends_with(',')};
  } else {
    return out;
  }
  if (out.size < text.size() && text[out.size] == '+')
    out = {out.size + 1, false};  // possessive
  else if (out.size < text.size() && text[out.size] == '?')
    ++out.size;
  return out;
}

}  // namespace

bool holds_words(std::string_view text) {
  return std::ranges::adjacent_find(text, [](char a, char b) {
           return is_letter(a) && is_letter(b) && static_cast<unsigned char>(a) < 0x80;
         }) != text.end();
}

bool matches_words(std::string_view pattern) {
  std::size_t letters = 0;
  for (std::size_t i = 0; i < pattern.size();) {
    if (pattern[i] == '\\') {
      i += escape_size(pattern.substr(i));
      letters = 0;
    } else if (pattern[i] == '[') {
      i += class_size(pattern.substr(i));
      letters = 0;
    } else {
      letters = is_letter(pattern[i]) ? letters + 1 : 0;
      if (letters >= 2) return true;
      ++i;
    }
  }
  return false;
}

bool repeats_repetition(std::string_view pattern) {
  std::vector<bool> repeats = {false};  // for each open group: something in it is unbounded
  for (std::size_t i = 0; i < pattern.size();) {
    bool inner = false;  // what was just read is a group with a repetition
    if (pattern[i] == '(') {
      repeats.push_back(false);
      ++i;
      // "(?" is no quantifier.
      if (i < pattern.size() && pattern[i] == '?') ++i;
      continue;
    }
    if (pattern[i] == ')') {
      if (repeats.size() > 1) {
        inner = repeats.back();
        repeats.pop_back();
        if (inner) repeats.back() = true;
      }
      ++i;
    } else if (pattern[i] == '\\') {
      i += escape_size(pattern.substr(i));
    } else if (pattern[i] == '[') {
      i += class_size(pattern.substr(i));
    } else {
      ++i;
    }
    if (i > pattern.size()) break;
    const Quantifier found = quantifier(pattern.substr(i));
    if (found.unbounded && inner) return true;
    if (found.unbounded) repeats.back() = true;
    i += found.size;
  }
  return false;
}

}  // namespace gh::hub
