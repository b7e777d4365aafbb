#include "jinja/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/characters.h"

namespace gh::jinja {

namespace {

// `(\d+_)*\d+`: how many bytes from `at`.
std::size_t digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      end = i + 1;
    } else if (text[i] != '_' || i == at || text[i - 1] == '_') {
      break;
    }
  }
  return end - at;
}

// `(\d+_)*\d+((\.(\d+_)*\d+)?e[+\-]?(\d+_)*\d+|\.(\d+_)*\d+)`, not after a dot.
std::size_t real(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '.') return 0;
  const std::size_t whole = digits(text, at);
  if (whole == 0) return 0;
  std::size_t end = at + whole;
  bool is_real = false;
  if (end < text.size() && text[end] == '.') {
    const std::size_t fraction = digits(text, end + 1);
    if (fraction > 0) {
      end += 1 + fraction;
      is_real = true;
    }
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    const std::size_t size = digits(text, exponent);
    if (size > 0) return exponent + size - at;
  }
  return is_real ? end - at : 0;
}

// `(_?x)+` for the digits x of a base, from `at`.
template <class Is>
std::size_t run(std::string_view text, std::size_t at, Is is) {
  std::size_t end = at;
  while (end < text.size()) {
    const std::size_t next = end + (text[end] == '_' ? 1 : 0);
    if (next >= text.size() || !is(text[next])) break;
    end = next + 1;
  }
  return end - at;
}

bool is_hex(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

std::size_t integer(std::string_view text, std::size_t at) {
  if (!is_digit(text[at])) return 0;
  if (text[at] != '0') return 1 + run(text, at + 1, is_digit);
  const char base = at + 1 < text.size() ? to_lower(text[at + 1]) : ' ';
  std::size_t size = 0;
  if (base == 'b') size = run(text, at + 2, [](char c) { return c == '0' || c == '1'; });
  if (base == 'o') size = run(text, at + 2, [](char c) { return c >= '0' && c <= '7'; });
  if (base == 'x') size = run(text, at + 2, is_hex);
  if (size > 0) return 2 + size;
  return 1 + run(text, at + 1, [](char c) { return c == '0'; });
}

std::size_t operator_size(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kTwo = {"//", "**", "==", "!=", ">=", "<="};
  if (std::ranges::any_of(kTwo, [&](auto two) { return text.starts_with(two); })) return 2;
  return std::string_view("+-/*%~[](){}><=.:|,;").contains(text[0]) ? 1 : 0;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::expected<std::vector<Token>, SyntaxError> run() {
    while (at_ < text_.size() && !error_) root();
    if (error_) return std::unexpected(*std::move(error_));
    tokens_.push_back({TokenKind::end, {}, place(text_.size())});
    return std::move(tokens_);
  }

 private:
  void fail(std::size_t at, std::string message, bool limit = false) {
    if (!error_) error_ = SyntaxError{place(at), std::move(message), limit};
  }

  // Positions are asked for in ascending order, nearly: the line is counted on from the last one.
  Position place(std::size_t at) {
    if (at < counted_) counted_ = line_start_ = 0, line_ = 1;
    for (; counted_ < at; ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_start_ = counted_ + 1;
    }
    return {line_, static_cast<std::uint32_t>(at - line_start_ + 1)};
  }

  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void push(TokenKind kind, std::size_t begin, std::size_t end) {
    if (tokens_.size() >= kMostTokens) {
      fail(begin, fmt::format("more than {} tokens", kMostTokens), true);
      return;
    }
    tokens_.push_back({kind, text_.substr(begin, end - begin), place(begin)});
  }

  void root() {
    std::size_t tag = at_;
    while (true) {
      tag = text_.find('{', tag);
      if (tag == std::string_view::npos || tag + 1 >= text_.size()) {
        push(TokenKind::data, at_, text_.size());
        at_ = text_.size();
        return;
      }
      if (std::string_view("{%#").contains(text_[tag + 1])) break;
      ++tag;
    }
    if (tag > at_) push(TokenKind::data, at_, tag);
    at_ = tag;
    if (starts("{#")) return comment();
    if (starts("{%") && raw()) return;
    const bool block = starts("{%");
    push(block ? TokenKind::block_begin : TokenKind::variable_begin, at_, at_ + 2);
    at_ += 2;
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
    inside(block);
  }

  void comment() {
    std::size_t from = at_ + 2;
    if (from < text_.size() && (text_[from] == '-' || text_[from] == '+')) ++from;
    const std::size_t end = text_.find("#}", from);
    // Jinja complains about the first character inside only.
    if (from == text_.size())
      at_ = from;
    else if (end == std::string_view::npos)
      return fail(at_, "a comment is not closed");
    else
      at_ = end + 2;
  }

  // `{% word %}` from `at`, `plus` allowing `+%}`; the offset after it.
  std::optional<std::size_t> word_tag(std::size_t at, std::string_view word, bool plus) const {
    at += 2;
    if (at < text_.size() && (text_[at] == '-' || text_[at] == '+')) ++at;
    at += white_space(text_.substr(at));
    if (!text_.substr(at).starts_with(word)) return std::nullopt;
    at += word.size();
    at += white_space(text_.substr(at));
    if (at < text_.size() && (text_[at] == '-' || (plus && text_[at] == '+'))) ++at;
    if (!text_.substr(at).starts_with("%}")) return std::nullopt;
    return at + 2;
  }

  bool raw() {
    const auto begin = word_tag(at_, "raw", false);
    if (!begin) return false;
    if (*begin == text_.size()) at_ = *begin;
    for (std::size_t end = *begin; at_ < text_.size(); ++end) {
      end = text_.find("{%", end);
      if (end == std::string_view::npos) {
        fail(at_, "a raw block is not closed");
        return true;
      }
      const auto after = word_tag(end, "endraw", true);
      if (!after) continue;
      if (end > *begin) push(TokenKind::data, *begin, end);
      at_ = *after;
      return true;
    }
    return true;
  }

  // The tokens of one tag, its end included.
  void inside(bool block) {
    const std::size_t opened = at_ - 2;
    std::vector<char> brackets;
    while (!error_) {
      at_ += white_space(text_.substr(at_));
      if (at_ >= text_.size()) return fail(opened, "a tag is not closed");
      if (brackets.empty()) {
        const std::string_view end = block ? "%}" : "}}";
        const bool sign = text_[at_] == '-' || (block && text_[at_] == '+');
        if (text_.substr(at_ + (sign ? 1 : 0)).starts_with(end)) {
          const std::size_t after = at_ + (sign ? 3 : 2);
          push(block ? TokenKind::block_end : TokenKind::variable_end, at_, after);
          at_ = after;
          return;
        }
      }
      token(brackets);
    }
  }

  void token(std::vector<char>& brackets) {
    const std::size_t begin = at_;
    if (const std::size_t size = real(text_, at_)) return take(TokenKind::real, size);
    if (const std::size_t size = integer(text_, at_)) return take(TokenKind::integer, size);
    if (is_name_character(text_[at_])) {
      std::size_t end = at_;
      // Unicode's white space is outside ASCII too, and ends a name.
      while (end < text_.size() && is_name_character(text_[end]) &&
             (is_ascii(text_[end]) || white_space(text_.substr(end)) == 0)) {
        end += character_at(text_.substr(end)).size;
      }
      return take(TokenKind::name, end - at_);
    }
    if (text_[at_] == '\'' || text_[at_] == '"') return string();
    if (operator_size(text_.substr(at_)) == 0) {
      return fail(begin, fmt::format("the character `{}` is not expected in a tag",
                                     escape(text_.substr(at_, 1))));
    }
    const std::size_t size = operator_size(text_.substr(at_));
    if (size == 1 && !balance(text_[at_], brackets)) {
      return fail(begin, fmt::format("`{}` closes nothing", text_[at_]));
    }
    take(TokenKind::operator_, size);
  }

  static bool balance(char c, std::vector<char>& brackets) {
    if (c == '(') brackets.push_back(')');
    if (c == '[') brackets.push_back(']');
    if (c == '{') brackets.push_back('}');
    if (c != ')' && c != ']' && c != '}') return true;
    if (brackets.empty() || brackets.back() != c) return false;
    brackets.pop_back();
    return true;
  }

  void string() {
    const char quote = text_[at_];
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2u : 1u;
    if (end >= text_.size()) return fail(at_, "a string is not closed");
    take(TokenKind::string, end + 1 - at_);
  }

  void take(TokenKind kind, std::size_t size) {
    push(kind, at_, at_ + size);
    at_ += size;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Token> tokens_;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::expected<std::vector<Token>, SyntaxError> lex(std::string_view text) {
  return Lexer(text).run();
}

std::string normalized(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
      continue;
    }
    out += '\n';
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

}  // namespace gh::jinja
