#include "adapter/match.h"

#include <algorithm>
#include <bitset>
#include <utility>
#include <vector>

#include "adapter/pattern.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

using Bytes = std::bitset<128>;
using Places = std::vector<bool>;  // between the characters of a name, its ends included

constexpr int kMostRepeats = 1000;
constexpr std::size_t kLongestName = 4096;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

// "\w" and the like.
std::optional<Bytes> class_of(char name) {
  const char lower = to_lower(name);
  if (lower != 'd' && lower != 'w' && lower != 's') return std::nullopt;
  Bytes set;
  for (int i = 0; i < 128; ++i) {
    const char c = static_cast<char>(i);
    const bool in = lower == 'd' ? is_digit(c) : lower == 'w' ? is_word(c) : is_space(c);
    set.set(static_cast<std::size_t>(i), in == (name == lower));
  }
  return set;
}

}  // namespace

struct Expression::Node {
  enum class Kind : std::uint8_t { one, sequence, either, repeat, begin, end, edge, no_edge, look };
  Kind kind = Kind::sequence;
  Bytes set;                // of `one`
  std::vector<Node> parts;  // of `sequence`, `either`, `repeat` and `look`
  int least = 0;            // of `repeat`
  int most = 0;             // likewise; below 0 without end
  bool behind = false;      // of `look`
  bool negated = false;     // likewise
};

namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

Node node(Kind kind) {
  Node made;
  made.kind = kind;
  return made;
}

// Reads what `judge_pattern` reads; nothing for anything else. That bounds the depth, too.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : text_(pattern) {}

  std::optional<Node> whole() {
    auto all = alternatives();
    return all && at_ == text_.size() ? std::move(all) : std::nullopt;
  }

 private:
  bool skip(std::string_view text) {
    const bool there = text_.substr(at_).starts_with(text);
    if (there) at_ += text.size();
    return there;
  }

  std::optional<Node> alternatives() {
    Node all = node(Kind::either);
    do {
      Node sequence;
      while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')') {
        auto part = piece();
        if (!part) return std::nullopt;
        sequence.parts.push_back(std::move(*part));
      }
      all.parts.push_back(std::move(sequence));
    } while (skip("|"));
    return all;
  }

  std::optional<Node> piece() {
    auto part = atom();
    return part ? repeated(std::move(*part)) : std::nullopt;
  }

  std::optional<Node> atom() {
    const char c = text_[at_++];
    switch (c) {
      case '(':
        return group();
      case '[':
        return set();
      case '\\':
        return escape();
      case '^':
        return node(Kind::begin);
      case '$':
        return node(Kind::end);
      case '.': {
        Bytes any;
        any.set();
        if (!all_bytes_) any.reset('\n');
        return one_of(any);
      }
      default:
        return one_of(with(Bytes(), c, c));
    }
  }

  static Node one_of(const Bytes& set) {
    Node one = node(Kind::one);
    one.set = set;
    return one;
  }

  // The pattern is ASCII.
  Bytes with(Bytes set, char from, char to) const {
    const auto last = static_cast<std::size_t>(static_cast<unsigned char>(to));
    for (auto i = static_cast<std::size_t>(static_cast<unsigned char>(from)); i <= last; ++i) {
      set.set(i);
      if (!fold_) continue;
      if (i >= 'A' && i <= 'Z') set.set(i - 'A' + 'a');
      if (i >= 'a' && i <= 'z') set.set(i - 'a' + 'A');
    }
    return set;
  }

  std::optional<Node> group() {
    const bool fold = fold_;
    const bool all_bytes = all_bytes_;
    Node look = node(Kind::look);
    bool looks = false;
    if (skip("?P<")) {
      while (at_ < text_.size() && text_[at_] != '>') ++at_;
      if (!skip(">")) return std::nullopt;
    } else if (skip("?")) {
      looks = true;
      if (skip("=") || skip("!")) {
        look.negated = text_[at_ - 1] == '!';
      } else if (skip("<=") || skip("<!")) {
        look.behind = true;
        look.negated = text_[at_ - 1] == '!';
      } else {
        looks = false;
        for (; skip("i") || skip("s");) (text_[at_ - 1] == 'i' ? fold_ : all_bytes_) = true;
        if (skip(")")) return node(Kind::sequence);  // "(?i)": for what follows, which is all
        if (!skip(":")) return std::nullopt;
      }
    }
    auto inner = alternatives();
    fold_ = fold;
    all_bytes_ = all_bytes;
    if (!inner || !skip(")")) return std::nullopt;
    if (!looks) return inner;
    look.parts.push_back(std::move(*inner));
    return look;
  }

  std::optional<Node> escape() {
    if (at_ == text_.size()) return std::nullopt;
    const char c = text_[at_++];
    if (const auto set = class_of(c)) return one_of(*set);
    switch (c) {
      case 'b':
        return node(Kind::edge);
      case 'B':
        return node(Kind::no_edge);
      case 'A':
        return node(Kind::begin);
      case 'Z':
        return node(Kind::end);
      default:
        if (is_word(c) && c != '_') return std::nullopt;
        return one_of(with(Bytes(), c, c));
    }
  }

  std::optional<Node> set() {
    const bool negated = skip("^");
    Bytes set;
    for (bool begun = false; at_ < text_.size() && (text_[at_] != ']' || !begun); begun = true) {
      char c = text_[at_++];
      if (c == '\\') {
        if (at_ == text_.size()) return std::nullopt;
        c = text_[at_++];
        if (const auto named = class_of(c)) {
          set |= *named;
          continue;
        }
        if (is_word(c) && c != '_') return std::nullopt;
        set = with(set, c, c);
      } else if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        const char last = text_[at_ + 1];
        if (last == '\\' || last < c) return std::nullopt;
        at_ += 2;
        set = with(set, c, last);
      } else {
        set = with(set, c, c);
      }
    }
    if (!skip("]")) return std::nullopt;
    return one_of(negated ? ~set : set);
  }

  std::optional<Node> repeated(Node inner) {
    Node repeat = node(Kind::repeat);
    if (skip("*")) {
      repeat.most = -1;
    } else if (skip("+")) {
      repeat.least = 1;
      repeat.most = -1;
    } else if (skip("?")) {
      repeat.most = 1;
    } else if (skip("{")) {
      const int least = number();
      repeat.least = std::max(least, 0);
      repeat.most = skip(",") ? number() : least;
      if (least < 0 || repeat.least > kMostRepeats || repeat.most > kMostRepeats || !skip("}"))
        return std::nullopt;
    } else {
      return inner;
    }
    // Lazy is another order of the same matches; a possessive one has fewer.
    if (!skip("?") && skip("+")) return std::nullopt;
    repeat.parts.push_back(std::move(inner));
    return repeat;
  }

  int number() {
    int value = -1;
    for (; at_ < text_.size() && is_digit(text_[at_]) && value <= kMostRepeats; ++at_)
      value = std::max(value, 0) * 10 + (text_[at_] - '0');
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool fold_ = false;
  bool all_bytes_ = false;
};

class Matcher {
 public:
  Matcher(std::string_view name, std::uint64_t& steps) : name_(name), steps_(steps) {}

  bool exhausted() const { return exhausted_; }

  // Where a match of the node can end that begins at one of `from`.
  Places ends(const Node& node, const Places& from) {
    const std::uint64_t price = from.size();
    exhausted_ = exhausted_ || steps_ < price;
    if (exhausted_) return Places(from.size());
    steps_ -= price;
    switch (node.kind) {
      case Kind::one:
        return one(node, from);
      case Kind::sequence: {
        Places at = from;
        for (const Node& part : node.parts) at = ends(part, at);
        return at;
      }
      case Kind::either: {
        Places all(from.size());
        for (const Node& part : node.parts) join(all, ends(part, from));
        return all;
      }
      case Kind::repeat:
        return repeat(node, from);
      case Kind::look:
        return look(node, from);
      case Kind::begin:
        return only(from, [](std::size_t at) { return at == 0; });
      case Kind::end:
        return only(from, [this](std::size_t at) { return at == name_.size(); });
      case Kind::edge:
        return only(from, [this](std::size_t at) { return is_edge(at); });
      case Kind::no_edge:
        return only(from, [this](std::size_t at) { return !is_edge(at); });
    }
    return Places(from.size());
  }

 private:
  template <class Holds>
  static Places only(Places places, Holds&& holds) {
    for (std::size_t at = 0; at < places.size(); ++at) places[at] = places[at] && holds(at);
    return places;
  }

  // Whether anything was added.
  static bool join(Places& all, const Places& more) {
    bool grown = false;
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (!more[at] || all[at]) continue;
      all[at] = grown = true;
    }
    return grown;
  }

  bool is_edge(std::size_t at) const {
    const bool before = at > 0 && is_word(name_[at - 1]);
    return before != (at < name_.size() && is_word(name_[at]));
  }

  Places one(const Node& node, const Places& from) const {
    Places after(from.size());
    for (std::size_t at = 0; at < name_.size(); ++at)
      after[at + 1] = from[at] && node.set.test(static_cast<std::size_t>(name_[at]));
    return after;
  }

  Places repeat(const Node& node, const Places& from) {
    Places at = from;
    for (int i = 0; i < node.least && !exhausted_; ++i) at = ends(node.parts.front(), at);
    Places all = at;
    for (int i = node.least; (node.most < 0 || i < node.most) && !exhausted_; ++i) {
      at = ends(node.parts.front(), at);
      if (!join(all, at)) break;
    }
    return all;
  }

  Places look(const Node& node, const Places& from) {
    const Node& inner = node.parts.front();
    if (node.behind) {
      const Places there = ends(inner, Places(from.size(), true));
      return only(from, [&](std::size_t at) { return there[at] != node.negated; });
    }
    return only(from, [&](std::size_t at) {
      Places here(from.size());
      here[at] = true;
      const Places there = ends(inner, here);
      return (std::ranges::find(there, true) != there.end()) != node.negated;
    });
  }

  std::string_view name_;
  std::uint64_t& steps_;
  bool exhausted_ = false;
};

}  // namespace

Expression::Expression(std::string_view pattern) {
  if (judge_pattern(pattern) == Pattern::risky || !is_ascii(pattern)) return;
  if (auto root = Reader(pattern).whole()) root_ = std::make_unique<Node>(std::move(*root));
}

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

std::optional<bool> Expression::matches(std::string_view name, std::uint64_t& steps) const {
  Places from(name.size() + 1);
  from[0] = true;
  return matches_from(from, name, steps);
}

std::optional<bool> Expression::matches_end(std::string_view name, std::uint64_t& steps) const {
  if (name.find('\n') != std::string_view::npos) return std::nullopt;
  Places from(name.size() + 1);
  from[0] = true;
  for (std::size_t at = 0; at < name.size(); ++at) from[at + 1] = name[at] == '.';
  return matches_from(from, name, steps);
}

std::optional<bool> Expression::matches_from(const Places& from, std::string_view name,
                                             std::uint64_t& steps) const {
  if (root_ == nullptr || name.size() > kLongestName || !is_ascii(name)) return std::nullopt;
  Matcher matcher(name, steps);
  const bool matched = matcher.ends(*root_, from).back();
  return matcher.exhausted() ? std::nullopt : std::optional(matched);
}

}  // namespace gh::adapter
