#pragma once
// Tokens of a template as Jinja 3.1 makes them with the settings of transformers: the usual
// delimiters, no line statements. White space that tags would strip is kept in the data.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gh::jinja {

struct Position {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in bytes
};

enum class TokenKind : std::uint8_t {
  data,
  variable_begin,
  variable_end,
  block_begin,
  block_end,
  name,
  string,     // with its quotes; `unescape` gives the value
  integer,    // as written
  real,       // as written
  operator_,  // one of Jinja's, as written
  end,
};

struct Token {
  TokenKind kind;
  std::string_view text;  // into the text that was lexed
  Position at;
};

struct SyntaxError {
  Position at;
  std::string message;  // quotes nothing unescaped
  bool limit = false;   // a limit of ours was reached, rather than a rule of Jinja broken
};

inline constexpr std::size_t kMostTokens = 1'000'000;

// `text` is UTF-8 with "\n" as its only line end (`normalized`). The last token is `end`.
std::expected<std::vector<Token>, SyntaxError> lex(std::string_view text);

// What Jinja lexes: line ends as "\n", without one at the very end.
std::string normalized(std::string_view text);

// The value of a string token: Python's "unicode-escape" rules. Nothing for an escape that Python
// refuses, or that names a character beyond those of `character_named` (\N{…}). A lone surrogate is
// written as three bytes.
std::expected<std::string, std::string_view> unescape(std::string_view quoted);

}  // namespace gh::jinja
