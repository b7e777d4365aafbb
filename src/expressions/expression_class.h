#pragma once
// Escapes and classes of regular expressions: "\p{L}", "[^\r\n\p{L}]".

#include <optional>
#include <string_view>

#include "expressions/character_set.h"
#include "expressions/expression.h"

namespace gh::expressions {

// A pattern that is read from its beginning to its end.
class PatternText {
 public:
  explicit PatternText(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }
  bool at(char c) const { return rest_.starts_with(c); }
  bool skip(std::string_view text);
  // What ends with the next `c`; false when there is none.
  bool skip_past(char c);
  // What free spacing allows: white space, and "#" to the end of the line.
  bool skip_comment();
  // "\b" and others that match no character.
  bool skip_edge();
  // "\1", "\k<name>".
  bool skip_reference();
  // A character of UTF-8; a byte that is none, for itself. Not at the end.
  char32_t next();
  // Up to `most` digits of a base, at least one.
  std::optional<char32_t> number(int base, std::size_t most);

 private:
  std::string_view rest_;
};

struct Matched {
  CharacterSet set;
  std::optional<char32_t> single;  // when it is one character that was spelled
};

// From the backslash. Nothing for references and what is not understood.
std::optional<Matched> read_escape(PatternText& text, Steps& steps, bool in_class = false);

// From the bracket.
std::optional<Matched> read_class(PatternText& text, bool fold, Steps& steps, int depth = 0);

}  // namespace gh::expressions
