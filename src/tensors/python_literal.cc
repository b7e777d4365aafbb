#include "tensors/python_literal.h"

namespace gh::tensors {

namespace {

class Parser {
 public:
  Parser(std::string_view text, bool python2) : text_(text), python2_(python2) {}

  std::optional<Literal> whole() {
    Literal literal;
    if (!value(literal, 0) || peek() != 0 || at_ != text_.size()) return std::nullopt;
    return literal;
  }

 private:
  char peek() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
      ++at_;
    }
    return 0;
  }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view name) {
    if (!text_.substr(at_).starts_with(name)) return false;
    at_ += name.size();
    return true;
  }
  bool value(Literal& literal, int depth);
  bool string(std::string_view& text);
  bool integer(Literal& literal);
  bool sequence(Literal& literal, char end, int depth);
  bool dict(Literal& literal, int depth);

  std::string_view text_;
  bool python2_;
  std::size_t at_ = 0;
};

bool Parser::value(Literal& literal, int depth) {
  if (depth == kLiteralDepth) return false;
  const char first = peek();
  switch (first) {
    case '\'':
    case '"':
      literal.kind = Literal::Kind::string;
      return string(literal.text);
    case '(':
    case '[':
      ++at_;
      literal.kind = first == '(' ? Literal::Kind::tuple : Literal::Kind::list;
      return sequence(literal, first == '(' ? ')' : ']', depth);
    case '{':
      ++at_;
      literal.kind = Literal::Kind::dict;
      return dict(literal, depth);
    case 'T':
    case 'F':
      literal.kind = Literal::Kind::boolean;
      literal.magnitude = first == 'T' ? 1 : 0;
      return word(first == 'T' ? "True" : "False");
    case 'N':
      return word("None");
    default:
      literal.kind = Literal::Kind::integer;
      return integer(literal);
  }
}

bool Parser::string(std::string_view& text) {
  const char quote = text_[at_++];
  const std::size_t from = at_;
  for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
    if (text_[at_] == '\n') return false;
    if (text_[at_] == '\\') ++at_;
  }
  if (at_ >= text_.size()) return false;
  text = text_.substr(from, at_ - from);
  ++at_;
  return true;
}

bool Parser::integer(Literal& literal) {
  literal.negative = take('-');
  const std::size_t from = at_;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
    const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
    if (__builtin_mul_overflow(literal.magnitude, 10U, &literal.magnitude) ||
        __builtin_add_overflow(literal.magnitude, digit, &literal.magnitude)) {
      return false;
    }
  }
  if (at_ == from || (at_ - from > 1 && text_[from] == '0')) return false;
  if (python2_) word("L");
  return true;
}

bool Parser::sequence(Literal& literal, char end, int depth) {
  bool comma = true;
  while (!take(end)) {
    if (!comma || !value(literal.items.emplace_back(), depth + 1)) return false;
    comma = take(',');
  }
  // (5) is 5, which NumPy never writes.
  return end != ')' || literal.items.size() != 1 || comma;
}

bool Parser::dict(Literal& literal, int depth) {
  bool comma = true;
  while (!take('}')) {
    const char quote = peek();
    if (!comma || (quote != '\'' && quote != '"')) return false;
    if (!string(literal.keys.emplace_back()) || !take(':')) return false;
    if (!value(literal.items.emplace_back(), depth + 1)) return false;
    comma = take(',');
  }
  return true;
}

}  // namespace

std::optional<Literal> parse_literal(std::string_view text, bool python2) {
  return Parser(text, python2).whole();
}

}  // namespace gh::tensors
