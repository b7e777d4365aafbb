#include "adapter/pattern.h"

#include <algorithm>
#include <cstddef>

namespace gh::adapter {

namespace {

constexpr std::size_t kMaxPattern = 4096;  // bytes

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

// Walks over a pattern once. Only what is certainly harmless passes.
class Walk {
 public:
  explicit Walk(std::string_view pattern) : text_(pattern) {}

  bool bounded() {
    while (at_ < text_.size()) {
      if (!step()) return false;
    }
    return depth_ == 0;
  }

 private:
  bool step();
  bool open();
  bool escape();
  bool set();
  bool repeat();

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool single_ = false;  // the last piece was one character: it may be repeated
  int repetitions_ = 0;  // of this alternative
};

bool Walk::step() {
  const char c = text_[at_];
  if (c == '*' || c == '+' || c == '?' || c == '{') return repeat();
  ++at_;
  switch (c) {
    case '(':
      return open();
    case ')':
      single_ = false;
      return --depth_ >= 0;
    case '|':
      if (depth_ == 0) repetitions_ = 0;
      single_ = false;
      return true;
    case '[':
      return set();
    case '\\':
      return escape();
    case '^':
    case '$':
      single_ = false;
      return true;
    default:
      single_ = true;
      return static_cast<unsigned char>(c) >= 0x20;
  }
}

// "(…)" and "(?:…)"; every other "(?" looks around, sets flags or refers.
bool Walk::open() {
  ++depth_;
  single_ = false;
  if (!text_.substr(at_).starts_with('?')) return true;
  if (!text_.substr(at_).starts_with("?:")) return false;
  at_ += 2;
  return true;
}

// Punctuation as itself, classes of characters, the edge of a word. A digit would be a reference.
bool Walk::escape() {
  if (at_ == text_.size()) return false;
  const char c = text_[at_++];
  single_ = c != 'b';
  return c == 'd' || c == 'w' || c == 's' || c == 'b' || (!is_name_byte(c) && c > 0x20) ||
         c == '.' || c == '-' || c == '_';
}

bool Walk::set() {
  const std::size_t end = text_.find(']', at_ + 1);
  if (end == std::string_view::npos ||
      text_.substr(at_, end - at_).find('[') != std::string_view::npos) {
    return false;
  }
  at_ = end + 1;
  single_ = true;
  return true;
}

bool Walk::repeat() {
  const char c = text_[at_++];
  if (!single_ && c != '?') return false;
  bool unbounded = c == '*' || c == '+';
  if (c == '{') {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos || end - at_ > 7) return false;
    const std::string_view counts = text_.substr(at_, end - at_);
    if (!std::ranges::all_of(counts, [](char d) { return (d >= '0' && d <= '9') || d == ','; })) {
      return false;
    }
    unbounded = true;  // {1,} and {0,9999} alike
    at_ = end + 1;
  }
  // A lazy or possessive mark changes the order of tries, not their number.
  if (at_ < text_.size() && (text_[at_] == '?' || text_[at_] == '+')) ++at_;
  single_ = false;
  if (unbounded) ++repetitions_;
  return repetitions_ <= kMaxRepetitions;
}

}  // namespace

Pattern judge_pattern(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > kMaxPattern) return Pattern::risky;
  if (std::ranges::all_of(pattern, is_name_byte)) return Pattern::plain;
  return Walk(pattern).bounded() ? Pattern::bounded : Pattern::risky;
}

}  // namespace gh::adapter
