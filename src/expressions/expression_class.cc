#include "expressions/expression_class.h"

#include <algorithm>
#include <charconv>

namespace gh::expressions {

namespace {

constexpr int kMostDepth = 20;            // classes in classes
constexpr std::size_t kLongestName = 20;  // of "[:alpha:]"

Matched named(std::optional<CharacterSet> set, bool inverted) {
  Matched out;
  out.set = set ? std::move(*set) : CharacterSet::unsure();
  if (inverted) out.set.invert();
  return out;
}

Matched spelled(char32_t c) {
  Matched out;
  out.single = c;
  return out;
}

// "\p{L}", "\P{^L}", "\pN", from behind the letter.
std::optional<Matched> property(PatternText& text, bool inverted) {
  if (text.done()) return std::nullopt;
  if (!text.at('{')) {
    const std::string_view name = text.rest().substr(0, 1);
    (void)text.next();
    return named(CharacterSet::property(name), inverted);
  }
  std::string_view name = text.rest().substr(1);
  name = name.substr(0, name.find('}'));
  if (!text.skip_past('}')) return std::nullopt;
  if (name.starts_with('^')) {
    name.remove_prefix(1);
    inverted = !inverted;
  }
  return named(CharacterSet::property(name), inverted);
}

// "\x41", "\x{20ac}".
std::optional<Matched> by_number(PatternText& text, std::size_t digits) {
  const bool braced = text.skip("{");
  const auto number = text.number(16, braced ? 8 : digits);
  if (!number || (braced && !text.skip("}"))) return std::nullopt;
  return spelled(*number);
}

}  // namespace

bool PatternText::skip(std::string_view text) {
  const bool there = rest_.starts_with(text);
  if (there) rest_.remove_prefix(text.size());
  return there;
}

bool PatternText::skip_past(char c) {
  const std::size_t at = rest_.find(c);
  if (at == std::string_view::npos) return false;
  rest_.remove_prefix(at + 1);
  return true;
}

bool PatternText::skip_comment() {
  if (at('#')) {
    if (!skip_past('\n')) rest_ = {};
    return true;
  }
  return skip(" ") || skip("\t") || skip("\n") || skip("\r") || skip("\f") || skip("\v");
}

bool PatternText::skip_edge() {
  const bool edge = rest_.size() > 1 && std::string_view("bBAzZGKyY").contains(rest_[1]);
  if (edge) rest_.remove_prefix(2);
  return edge;
}

bool PatternText::skip_reference() {
  if (rest_.size() > 1 && rest_[1] >= '1' && rest_[1] <= '9') {
    rest_.remove_prefix(2);
    while (!done() && rest_[0] >= '0' && rest_[0] <= '9') rest_.remove_prefix(1);
    return true;
  }
  return rest_.starts_with("\\k<") && skip_past('>');
}

char32_t PatternText::next() {
  const auto lead = static_cast<unsigned char>(rest_[0]);
  const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (size == 1 || size > rest_.size()) {
    rest_.remove_prefix(1);
    return lead;
  }
  char32_t c = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i)
    c = (c << 6) | (static_cast<unsigned char>(rest_[i]) & 0x3fU);
  rest_.remove_prefix(size);
  return c;
}

std::optional<char32_t> PatternText::number(int base, std::size_t most) {
  const std::string_view digits = rest_.substr(0, most);
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc()) return std::nullopt;
  rest_.remove_prefix(static_cast<std::size_t>(end - digits.data()));
  return value;
}

std::optional<Matched> read_escape(PatternText& text, Steps& steps, bool in_class) {
  (void)text.skip("\\");
  if (text.done() || !steps.spend(256)) return std::nullopt;
  const char32_t kind = text.next();
  switch (kind) {
    case 's':
    case 'S':
      return named(CharacterSet::property("space"), kind == 'S');
    case 'w':
    case 'W':
      return named(CharacterSet::property("word"), kind == 'W');
    case 'd':
    case 'D':
      return named(CharacterSet::property("Nd"), kind == 'D');
    case 'h':
    case 'H':
      return named(CharacterSet::property("xdigit"), kind == 'H');
    case 'p':
    case 'P':
      return property(text, kind == 'P');
    case 'N':
      return text.at('{') ? std::nullopt : std::optional(named(CharacterSet::of('\n'), true));
    case 'R':
      // "\r\n" counts as one, and as two.
      return named(CharacterSet::of({{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}), false);
    case 'O':
    case 'X':
      return named(CharacterSet::all(), false);
    case 'x':
      return by_number(text, 2);
    case 'u':
      return by_number(text, 4);
    case '0':
      return spelled(text.number(8, 2).value_or(0));
    case 'n':
      return spelled('\n');
    case 't':
      return spelled('\t');
    case 'r':
      return spelled('\r');
    case 'f':
      return spelled('\f');
    case 'v':
      return spelled('\v');
    case 'a':
      return spelled('\a');
    case 'e':
      return spelled(0x1b);
    case 'b':
      return in_class ? std::optional(spelled('\b')) : std::nullopt;
    default:
      // References, control characters, and letters that no matcher gives a meaning.
      if ((kind >= '1' && kind <= '9') || (kind >= 'a' && kind <= 'z') ||
          (kind >= 'A' && kind <= 'Z'))
        return std::nullopt;
      return spelled(kind);
  }
}

namespace {

class ClassReader {
 public:
  ClassReader(PatternText& text, bool fold, Steps& steps, int depth)
      : text_(text), fold_(fold), steps_(steps), depth_(depth) {}

  std::optional<Matched> read() {
    (void)text_.skip("[");
    const bool inverted = text_.skip("^");
    if (text_.skip("]")) ranges_.emplace_back(']', ']');
    while (!text_.skip("]")) {
      if (text_.done() || !steps_.spend(8)) return std::nullopt;
      if (text_.skip("&&")) {
        narrow();
      } else if (!member()) {
        return std::nullopt;
      }
    }
    narrow();
    Matched out;
    out.set = std::move(*so_far_);
    if (fold_ && steps_.spend(512 + out.set.size() * 32)) out.set.fold();
    if (inverted) out.set.invert();
    return out;
  }

 private:
  // What was read since the last "&&" is held against what was before.
  void narrow() {
    (void)steps_.spend(64 + ranges_.size() * 8);
    CharacterSet set = CharacterSet::of(std::move(ranges_));
    set.add(others_);
    if (so_far_)
      so_far_->keep(set);
    else
      so_far_ = std::move(set);
    ranges_.clear();
    others_ = {};
  }

  void take(const Matched& part) {
    (void)steps_.spend(part.set.size() + others_.size());
    others_.add(part.set);
  }

  bool member() {
    if (text_.at('[')) return nested();
    std::optional<char32_t> first = character();
    if (!first) return taken_;
    if (!text_.at('-') || text_.rest().starts_with("-]")) {
      ranges_.emplace_back(*first, *first);
      return true;
    }
    (void)text_.skip("-");
    if (text_.done() || text_.at('[')) return false;
    const auto last = character();
    if (!last || *last < *first) return false;
    ranges_.emplace_back(*first, *last);
    return true;
  }

  // One that is spelled; nothing when a set was taken instead, or when it was not understood.
  std::optional<char32_t> character() {
    taken_ = false;
    if (!text_.at('\\')) return text_.next();
    const auto escape = read_escape(text_, steps_, true);
    if (!escape) return std::nullopt;
    if (escape->single) return escape->single;
    take(*escape);
    taken_ = true;
    return std::nullopt;
  }

  // "[:alpha:]" or a class.
  bool nested() {
    const std::size_t end = text_.rest().substr(0, kLongestName).find(":]");
    if (text_.rest().starts_with("[:") && end != std::string_view::npos) {
      std::string_view name = text_.rest().substr(2, end - 2);
      const bool inverted = name.starts_with('^');
      if (inverted) name.remove_prefix(1);
      take(named(CharacterSet::property(name), inverted));
      return text_.skip(text_.rest().substr(0, end + 2));
    }
    if (depth_ >= kMostDepth) return false;
    const auto inner = read_class(text_, fold_, steps_, depth_ + 1);
    if (inner) take(*inner);
    return inner.has_value();
  }

  PatternText& text_;
  bool fold_;
  Steps& steps_;
  int depth_;
  std::vector<CharacterSet::Range> ranges_;
  CharacterSet others_;
  std::optional<CharacterSet> so_far_;
  bool taken_ = false;
};

}  // namespace

std::optional<Matched> read_class(PatternText& text, bool fold, Steps& steps, int depth) {
  return ClassReader(text, fold, steps, depth).read();
}

}  // namespace gh::expressions
