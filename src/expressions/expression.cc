#include "expressions/expression.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "expressions/expression_class.h"

namespace gh::expressions {

namespace {

constexpr int kMostDepth = 60;  // groups in groups
constexpr std::uint32_t kMostRepeats = 100'000;

using Is = Node::Is;

Node node(Is is, std::vector<Node> parts = {}) {
  Node made;
  made.is = is;
  made.parts = std::move(parts);
  return made;
}

Node repeat(Node inner, std::uint32_t least, std::uint32_t most) {
  Node made = node(Is::repeat);
  made.parts.push_back(std::move(inner));
  made.least = least;
  made.most = most;
  return made;
}

// Characters that are others together when the case does not matter.
constexpr std::array<std::pair<char32_t, std::string_view>, 9> kTogether = {{{0xdf, "ss"},
                                                                             {0x1e9e, "ss"},
                                                                             {0xfb00, "ff"},
                                                                             {0xfb01, "fi"},
                                                                             {0xfb02, "fl"},
                                                                             {0xfb03, "ffi"},
                                                                             {0xfb04, "ffl"},
                                                                             {0xfb05, "st"},
                                                                             {0xfb06, "st"}}};

class Reader {
 public:
  Reader(std::string_view pattern, Steps& steps) : text_(pattern), steps_(steps) {}

  std::optional<Expression> whole() {
    auto root = alternatives();
    if (!root || !text_.done()) return std::nullopt;
    Expression out;
    out.root = std::move(*root);
    out.sets = std::move(sets_);
    out.refers = refers_;
    return out;
  }

 private:
  struct Flags {
    bool fold = false;      // "i"
    bool lines = false;     // "." is every character
    bool extended = false;  // "x"
  };
  struct Bounds {
    std::uint32_t least;
    std::uint32_t most;
    bool counted;
  };

  Node one(CharacterSet set) {
    Node made = node(Is::one);
    const auto known = std::ranges::find(sets_, set);
    made.set = static_cast<std::uint32_t>(known - sets_.begin());
    (void)steps_.spend(sets_.size());
    if (known == sets_.end()) sets_.push_back(std::move(set));
    return made;
  }

  Node character(char32_t c) {
    CharacterSet set = CharacterSet::of(c);
    if (!flags_.fold) return one(std::move(set));
    (void)steps_.spend(512);
    set.fold();
    Node single = one(std::move(set));
    for (const auto& [alone, together] : kTogether) {
      if (alone != c) continue;
      Node row;
      for (const char part : together) row.parts.push_back(character(static_cast<char32_t>(part)));
      Node both = node(Is::either);
      both.parts.push_back(std::move(single));
      both.parts.push_back(std::move(row));
      return both;
    }
    return single;
  }

  std::optional<Node> alternatives() {
    const Flags outside = flags_;
    Node all = node(Is::either);
    do {
      Node row;
      while (!text_.done() && !text_.at('|') && !text_.at(')')) {
        if (!steps_.spend(64)) return std::nullopt;
        if (flags_.extended && text_.skip_comment()) continue;
        const bool begins = row.parts.empty() && all.parts.empty();
        auto part = atom(begins);
        if (part) part = repeated(std::move(*part));
        if (!part) return std::nullopt;
        row.parts.push_back(std::move(*part));
      }
      all.parts.push_back(std::move(row));
    } while (text_.skip("|"));
    flags_ = outside;
    if (all.parts.size() == 1) return std::move(all.parts.front());
    return all;
  }

  std::optional<Node> atom(bool begins) {
    if (text_.skip("(")) return group(begins);
    if (text_.at('[') || text_.at('\\')) {
      const bool escaped = text_.at('\\');
      if (escaped && text_.skip_edge()) return node(Is::check);
      if (escaped && text_.skip_reference()) {
        refers_ = true;
        return node(Is::check);
      }
      auto read = escaped ? read_escape(text_, steps_) : read_class(text_, flags_.fold, steps_);
      if (!read) return std::nullopt;
      if (read->single) return character(*read->single);
      if (flags_.fold && escaped && steps_.spend(512 + read->set.size() * 32)) read->set.fold();
      return one(std::move(read->set));
    }
    const char32_t c = text_.next();
    switch (c) {
      case '^':
      case '$':
        return node(Is::check);
      case '*':
      case '+':
      case '?':
        return std::nullopt;
      case '.': {
        CharacterSet any = CharacterSet::all();
        if (!flags_.lines) {
          CharacterSet others = CharacterSet::of('\n');
          others.invert();
          any.keep(others);
        }
        return one(std::move(any));
      }
      default:
        return character(c);
    }
  }

  std::optional<Node> group(bool begins) {
    Is is = Is::sequence;
    const Flags outside = flags_;
    if (text_.skip("?#")) return text_.skip_past(')') ? std::optional(Node()) : std::nullopt;
    if (text_.skip("?=") || text_.skip("?!")) {
      is = Is::look;
    } else if (text_.skip("?<=") || text_.skip("?<!")) {
      is = Is::behind;
    } else if (text_.skip("?>")) {
      is = Is::atomic;
    } else if (text_.skip("?<") || text_.skip("?P<")) {
      if (!text_.skip_past('>')) return std::nullopt;
    } else if (text_.skip("?'")) {
      if (!text_.skip_past('\'')) return std::nullopt;
    } else if (text_.skip("?")) {
      for (bool on = true; !text_.at(':') && !text_.at(')');)
        if (text_.done() || !flag(text_.next(), on)) return std::nullopt;
      if (text_.skip(")")) {
        // For what follows; what it does to alternatives depends on the matcher.
        if (begins) return Node();
        return std::nullopt;
      }
      (void)text_.skip(":");
    }
    if (++depth_ > kMostDepth) return std::nullopt;
    auto inner = alternatives();
    --depth_;
    flags_ = outside;
    if (!inner || !text_.skip(")")) return std::nullopt;
    if (is == Is::sequence) return inner;
    Node out = node(is);
    out.parts.push_back(std::move(*inner));
    return out;
  }

  bool flag(char32_t name, bool& on) {
    switch (name) {
      case '-':
        on = false;
        return true;
      case 'i':
        flags_.fold = on;
        return true;
      case 'm':
      case 's':
        flags_.lines = flags_.lines || on;
        return true;
      case 'x':
        flags_.extended = on;
        return true;
      case 'u':
      case 'a':
      case 'd':
        return true;
      default:
        return false;
    }
  }

  std::optional<Bounds> bounds() {
    if (text_.skip("*")) return Bounds{0, Node::kEndless, false};
    if (text_.skip("+")) return Bounds{1, Node::kEndless, false};
    if (text_.skip("?")) return Bounds{0, 1, false};
    const std::string_view rest = text_.rest();
    const std::size_t end = rest.substr(0, 16).find('}');
    if (!rest.starts_with('{') || end == std::string_view::npos) return std::nullopt;
    const std::string_view inner = rest.substr(1, end - 1);
    const std::size_t comma = inner.find(',');
    const auto number = [](std::string_view digits, std::uint32_t otherwise) {
      std::uint32_t value = otherwise;
      const auto [stop, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value);
      const bool whole =
          digits.empty() || (error == std::errc() && stop == digits.data() + digits.size());
      return whole ? std::optional(value) : std::nullopt;
    };
    const auto least = number(inner.substr(0, comma), 0);
    const auto most =
        comma == std::string_view::npos ? least : number(inner.substr(comma + 1), Node::kEndless);
    if (inner.empty() || inner == "," || !least || !most) return std::nullopt;
    (void)text_.skip(rest.substr(0, end + 1));
    return Bounds{*least, *most, true};
  }

  std::optional<Node> repeated(Node inner) {
    for (int times = 0; const auto found = bounds(); ++times) {
      if (times == 4 || found->least > found->most || found->least > kMostRepeats)
        return std::nullopt;
      inner = repeat(std::move(inner), found->least, found->most);
      if (text_.skip("?")) {
        inner.lazy = true;
        // Oniguruma: "a{2}?" is "(?:a{2})?".
        if (found->counted && found->least == found->most) inner.least = 0;
      } else if (text_.at('+')) {
        // Oniguruma repeats once more what was counted; fancy-regex never gives it back. At the
        // end of all that can fail it is the same.
        if (found->counted && !ends_here()) continue;
        (void)text_.skip("+");
        Node whole = node(Is::atomic);
        whole.parts.push_back(std::move(inner));
        inner = std::move(whole);
      }
    }
    return inner;
  }

  bool ends_here() const {
    const std::string_view behind = text_.rest().substr(1);
    return depth_ == 0 && (behind.empty() || behind.starts_with('|'));
  }

  PatternText text_;
  Steps& steps_;
  std::vector<CharacterSet> sets_;
  Flags flags_;
  int depth_ = 0;
  bool refers_ = false;
};

}  // namespace

std::optional<Expression> read_expression(std::string_view pattern, Steps& steps) {
  return Reader(pattern, steps).whole();
}

}  // namespace gh::expressions
