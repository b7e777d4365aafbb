#include "adapter/pattern.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "expressions/ways.h"

namespace gh::adapter {

namespace {

constexpr std::size_t kMaxPattern = 4096;  // bytes
constexpr int kMaxDepth = 40;              // groups in groups
// What trainers write takes a third at most; a configuration may have many of them.
constexpr std::uint64_t kSteps = 20'000;
constexpr std::uint64_t kStepsOfByte = 300;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_byte(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c) || c == '_' || c == '-' ||
         c == '.';
}

// Whether an escape stands for a class, for an edge, or for punctuation itself. A digit would be a
// reference to a group, other letters mean something to one matcher only.
bool is_class(char c) {
  return std::string_view("dDwWsS").contains(c);
}
bool is_edge(char c) {
  return std::string_view("bBAZ").contains(c);
}
bool is_itself(char c) {
  return static_cast<unsigned char>(c) > 0x20 &&
         (!is_name_byte(c) || c == '.' || c == '-' || c == '_');
}

// Reads a pattern once, for what all matchers read in the same way.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : text_(pattern) {}

  bool whole() { return alternatives() && at_ == text_.size(); }

 private:
  bool next_is(std::string_view text) const { return text_.substr(at_).starts_with(text); }
  bool skip(std::string_view text) {
    const bool there = next_is(text);
    if (there) at_ += text.size();
    return there;
  }

  bool alternatives() {
    do {
      while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')')
        if (!piece() || !repeated()) return false;
    } while (skip("|"));
    return true;
  }

  bool piece() {
    const char c = text_[at_++];
    switch (c) {
      case '(':
        return group();
      case '[':
        return set();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        return false;
      default:
        return static_cast<unsigned char>(c) >= 0x20;
    }
  }

  // "(…)", "(?:…)", "(?P<name>…)", "(?i:…)", and what only looks.
  bool group() {
    if (++depth_ > kMaxDepth) return false;
    if (skip("?P<")) {
      while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
      if (!skip(">")) return false;
    } else if (skip("?") && !skip("=") && !skip("!") && !skip("<=") && !skip("<!")) {
      while (at_ < text_.size() && (text_[at_] == 'i' || text_[at_] == 's')) ++at_;
      if (next_is(")") && text_[at_ - 1] != '?') {  // "(?i)" is for all of the pattern
        ++at_;
        --depth_;
        return true;
      }
      if (!skip(":")) return false;
    }
    if (!alternatives() || !skip(")")) return false;
    --depth_;
    return true;
  }

  bool escape() {
    if (at_ == text_.size()) return false;
    const char c = text_[at_++];
    return is_class(c) || is_edge(c) || is_itself(c);
  }

  bool set() {
    skip("^");
    for (bool begun = false; at_ < text_.size() && (text_[at_] != ']' || !begun); begun = true) {
      const char c = text_[at_++];
      if (c == '[') return false;
      if (c == '\\') {
        if (at_ == text_.size()) return false;
        const char escaped = text_[at_++];
        if (!is_class(escaped) && !is_itself(escaped)) return false;
      } else if (next_is("-") && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        const char last = text_[at_ + 1];
        if (last == '\\' || last == '[') return false;
        at_ += 2;
      }
    }
    return skip("]");
  }

  bool repeated() {
    if (at_ == text_.size() || !std::string_view("*+?{").contains(text_[at_])) return true;
    if (text_[at_] != '{')
      ++at_;
    else if (!count())
      return false;
    if (!skip("?")) skip("+");  // lazy, possessive
    return at_ == text_.size() || !std::string_view("*+?{").contains(text_[at_]);
  }

  // "{3}", "{1,}".
  bool count() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos || end - at_ < 2 || end - at_ > 8) return false;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return is_digit(inside.front()) && std::ranges::count(inside, ',') <= 1 &&
           std::ranges::all_of(inside, [](char c) { return is_digit(c) || c == ','; });
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Pattern judge_pattern(std::string_view pattern) {
  if (pattern.size() > kMaxPattern) return Pattern::risky;
  if (std::ranges::all_of(pattern, is_name_byte)) return Pattern::plain;
  if (!Reader(pattern).whole()) return Pattern::risky;
  expressions::Steps steps(kSteps + kStepsOfByte * pattern.size());
  const auto ways = expressions::count_ways(pattern, steps, expressions::kBitsOfNames);
  return ways == expressions::Ways::few ? Pattern::bounded : Pattern::risky;
}

}  // namespace gh::adapter
