#include "adapter/pattern.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapter/byte_set.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

constexpr std::size_t kMaxPattern = 4096;  // bytes
constexpr int kMaxDepth = 40;              // groups in groups
constexpr double kMaxBits = 8;             // ways to match that do not grow with the name

using Set = ByteSet;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_byte(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c) || c == '_' || c == '-' ||
         c == '.';
}

// A part of a pattern, by what it costs to match it against a name of n bytes.
struct Part {
  int choices = 0;          // it can end at n^choices places
  int cost = 0;             // finding all of them takes n^cost steps
  double bits = 0;          // and that 2^bits times: alternatives that match the same, "a?"
  bool empty = true;        // can match nothing
  bool single = false;      // is one character of `bytes`
  Set bytes;                // that it can consist of
  Set first;                // that it can begin with
  std::vector<Part> parts;  // of a sequence
  std::optional<std::string> literal;  // is this text, of ASCII and in small letters
};

Part one_of(const Set& set) {
  Part part;
  part.empty = false;
  part.single = true;
  part.bytes = part.first = set;
  return part;
}

// Reads a pattern once. Nothing where a matcher may take very long, or where it is not understood.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : text_(pattern) {}

  std::optional<Part> whole() {
    auto part = alternatives();
    return part && at_ == text_.size() ? part : std::nullopt;
  }

 private:
  bool next_is(std::string_view text) const { return text_.substr(at_).starts_with(text); }
  bool skip(std::string_view text) {
    const bool there = next_is(text);
    if (there) at_ += text.size();
    return there;
  }

  std::optional<Part> alternatives();
  std::optional<Part> sequence();
  std::optional<Part> piece();
  std::optional<Part> group();
  std::optional<Part> around();
  std::optional<Part> escape();
  std::optional<Part> set();
  std::optional<Part> repeated(Part inner);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// How many of the alternatives can match the same text: bits.
double ambiguity(const std::vector<Part>& parts) {
  bool disjoint = true;
  bool literal = true;
  Set seen;
  for (const Part& part : parts) {
    disjoint = disjoint && !part.empty && (seen & part.first).none();
    seen |= part.first;
    literal = literal && part.literal.has_value();
  }
  if (disjoint) return 0;
  if (!literal) return std::log2(static_cast<double>(parts.size()));
  // Texts match together when one begins with the other.
  std::vector<std::string_view> texts;
  for (const Part& part : parts) texts.emplace_back(*part.literal);
  std::ranges::sort(texts);
  double most = 1;
  double chain = 1;
  for (std::size_t i = 1; i < texts.size(); ++i) {
    chain = texts[i].starts_with(texts[i - 1]) ? chain + 1 : 1;
    most = std::max(most, chain);
  }
  return std::log2(most);
}

std::optional<Part> Reader::alternatives() {
  std::vector<Part> parts;
  do {
    auto part = sequence();
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  } while (skip("|"));
  if (parts.size() == 1) return std::move(parts.front());
  Part all;
  all.empty = false;
  for (const Part& part : parts) {
    all.choices = std::max(all.choices, part.choices);
    all.cost = std::max(all.cost, part.cost);
    all.bits = std::max(all.bits, part.bits);
    all.empty = all.empty || part.empty;
    all.bytes |= part.bytes;
    all.first |= part.first;
  }
  all.bits += ambiguity(parts);
  return all;
}

std::optional<Part> Reader::sequence() {
  Part all;
  all.literal.emplace();
  while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')') {
    auto part = piece();
    if (!part) return std::nullopt;
    all.cost = std::max(all.cost, all.choices + part->cost);
    all.choices += part->choices;
    all.bits += part->bits;
    if (all.empty) all.first |= part->first;
    all.empty = all.empty && part->empty;
    all.bytes |= part->bytes;
    if (all.literal && part->literal)
      *all.literal += *part->literal;
    else
      all.literal.reset();
    if (all.cost > kMaxRepetitions || all.choices > kMaxRepetitions || all.bits > kMaxBits)
      return std::nullopt;
    all.parts.push_back(std::move(*part));
  }
  return all;
}

std::optional<Part> Reader::piece() {
  const char c = text_[at_++];
  std::optional<Part> part;
  switch (c) {
    case '(':
      part = group();
      break;
    case '[':
      part = set();
      break;
    case '\\':
      part = escape();
      break;
    case '.':
      part = one_of(Set().set());
      break;
    case '^':
    case '$':
      part.emplace();
      break;
    case '*':
    case '+':
    case '?':
    case '{':
      return std::nullopt;
    default: {
      if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
      Set set;
      put(set, c);
      part = one_of(set);
      if (!is_beyond_ascii(c)) part->literal = std::string(1, to_lower(c));
    }
  }
  return part ? repeated(std::move(*part)) : std::nullopt;
}

// "(…)", "(?:…)", "(?P<name>…)", "(?i:…)", and what only looks.
std::optional<Part> Reader::group() {
  if (++depth_ > kMaxDepth) return std::nullopt;
  bool looks = false;
  if (skip("?")) {
    if (skip("P<")) {
      while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
      if (!skip(">")) return std::nullopt;
    } else if (skip("=") || skip("!") || skip("<=") || skip("<!")) {
      looks = true;
    } else {
      while (at_ < text_.size() && (text_[at_] == 'i' || text_[at_] == 's')) ++at_;
      if (next_is(")") && text_[at_ - 1] != '?') {  // "(?i)" is for all of the pattern
        ++at_;
        --depth_;
        return Part();
      }
      if (!skip(":")) return std::nullopt;
    }
  }
  auto inner = alternatives();
  if (!inner || !skip(")")) return std::nullopt;
  --depth_;
  inner->single = false;
  if (!looks) return inner;
  // What was seen is not tried again: it takes its time and leaves no choice.
  Part seen;
  seen.cost = inner->cost;
  seen.bits = inner->bits;
  return seen;
}

// Punctuation as itself, classes, edges. A digit would be a reference to a group.
std::optional<Part> Reader::escape() {
  if (at_ == text_.size()) return std::nullopt;
  const char c = text_[at_++];
  if (const auto set = class_of(c)) return one_of(*set);
  if (c == 'b' || c == 'B' || c == 'A' || c == 'Z') return Part();
  if (static_cast<unsigned char>(c) <= 0x20 ||
      (is_name_byte(c) && c != '.' && c != '-' && c != '_'))
    return std::nullopt;
  Set set;
  put(set, c);
  Part part = one_of(set);
  if (!is_beyond_ascii(c)) part.literal = std::string(1, to_lower(c));
  return part;
}

std::optional<Part> Reader::set() {
  const bool negated = skip("^");
  Set set;
  for (bool begun = false; at_ < text_.size() && (text_[at_] != ']' || !begun); begun = true) {
    const char c = text_[at_++];
    if (c == '[') return std::nullopt;
    if (c == '\\') {
      if (at_ == text_.size()) return std::nullopt;
      const char escaped = text_[at_++];
      if (const auto named = class_of(escaped)) {
        set |= *named;
        continue;
      }
      if (is_name_byte(escaped) && escaped != '.' && escaped != '-' && escaped != '_')
        return std::nullopt;
      put(set, escaped);
    } else if (next_is("-") && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      const char last = text_[at_ + 1];
      if (last == '\\' || last == '[') return std::nullopt;
      at_ += 2;
      put_range(set, c, last);
    } else {
      put(set, c);
    }
  }
  if (!skip("]")) return std::nullopt;
  // Folded case would make the complement too small; beyond ASCII, bytes are parts of letters.
  if (negated) {
    set.flip();
    for (char c = 'a'; c <= 'z'; ++c) put(set, c);
    set |= beyond_ascii();
  }
  return one_of(set);
}

// Whether a name can be cut into repetitions of this in one way only: each begins, or ends, with
// a character that is nowhere else in it.
bool cut_in_one_way(const Part& inner) {
  if (inner.empty || inner.bits > 0) return false;
  if (inner.choices == 0) return true;
  if (inner.choices > 1 || inner.parts.size() < 2) return false;
  const auto apart = [](const Part& edge, auto begin, auto end) {
    return edge.single && std::all_of(begin, end, [&](const Part& other) {
             return (other.bytes & edge.bytes).none();
           });
  };
  return apart(inner.parts.back(), inner.parts.begin(), inner.parts.end() - 1) ||
         apart(inner.parts.front(), inner.parts.begin() + 1, inner.parts.end());
}

// "{3}", "{1,}" behind its brace: the number, when it is one.
struct Count {
  std::optional<int> exactly;
  std::size_t size = 0;  // with its braces
};

std::optional<Count> count_of(std::string_view text) {
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos || end < 2 || end > 8 || !is_digit(text[1]))
    return std::nullopt;
  Count count{.exactly = 0, .size = end + 1};
  for (const char c : text.substr(1, end - 1)) {
    if (is_digit(c) && count.exactly)
      count.exactly = *count.exactly * 10 + (c - '0');
    else if (c == ',')
      count.exactly.reset();
    else if (!is_digit(c))
      return std::nullopt;
  }
  return count;
}

std::optional<Part> Reader::repeated(Part inner) {
  if (at_ == text_.size()) return inner;
  const char mark = text_[at_];
  std::optional<int> exactly;
  if (mark == '{') {
    const auto count = count_of(text_.substr(at_));
    if (!count) return std::nullopt;
    exactly = count->exactly;
    at_ += count->size;
  } else if (mark == '*' || mark == '+' || mark == '?') {
    ++at_;
  } else {
    return inner;
  }
  // A lazy or possessive mark changes the order of tries, not their number.
  if (!skip("?")) skip("+");
  if (next_is("*") || next_is("+") || next_is("?") || next_is("{")) return std::nullopt;
  if (exactly) {
    inner.cost *= *exactly;
    inner.choices *= *exactly;
    inner.bits *= *exactly;
  } else if (mark == '?') {
    inner.bits += 1;
    inner.empty = true;
  } else {
    if (!inner.single && !cut_in_one_way(inner)) return std::nullopt;
    ++inner.choices;
    ++inner.cost;
    inner.empty = inner.empty || mark != '+';
  }
  inner.single = false;
  inner.literal.reset();
  inner.parts.clear();
  return inner;
}

}  // namespace

Pattern judge_pattern(std::string_view pattern) {
  if (pattern.size() > kMaxPattern) return Pattern::risky;
  if (std::ranges::all_of(pattern, is_name_byte)) return Pattern::plain;
  return Reader(pattern).whole() ? Pattern::bounded : Pattern::risky;
}

}  // namespace gh::adapter
