#pragma once
// A template as a tree. One type of node: what its parts mean is said beside each kind.

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/lexer.h"

namespace gh::jinja {

enum class Kind : std::uint8_t {
  // Expressions. A part may be null only where it says so.
  text,         // `text`, escapes undone
  integer,      // `number`
  real,         // `text` as written
  boolean,      // `number` 0 or 1
  none,         //
  name,         // `text`
  attribute,    // object; `text`
  subscript,    // object, key
  slice,        // begin, end, step; each may be null
  call,         // callee, then arguments
  filter,       // input (null at the head of a filter block), then arguments; `text`
  test,         // subject, then arguments; `text`
  keyword,      // value; `text`. An argument `name=value`
  spread,       // value; `text` "*" or "**". An argument
  concat,       // operands of `~`
  binary,       // left, right; `text` the operator
  unary,        // operand; `text` "-", "+" or "not"
  compare,      // first operand, then one `operand` each
  operand,      // value; `text` "==", "in", "not in", …
  logic,        // left, right; `text` "and" or "or"
  conditional,  // condition, value, other value (may be null)
  list,         // items
  tuple,        // items
  dict,         // key, value, key, value, …

  // Statements. `body` is what they enclose.
  data,                // `text`
  output,              // expressions
  for_loop,            // target, iterable, filter (may be null); `number` 1 when recursive
  if_chain,            // `body` holds `branch`es
  branch,              // condition (null: else)
  loop_else,           // the last of a for_loop's body, when it has an else
  set,                 // target, value
  set_block,           // target, filter (may be null)
  namespace_target,    // the namespace's name; `text` the attribute. Only as a target of `set`
  macro,               // `parameter`s; `text`
  parameter,           // default, or no part; `text`
  call_block,          // the call, then `parameter`s
  filter_block,        // the filter
  with,                // target, value, target, value, …
  scope,               // expressions or none; `text` "autoescape", "block" or "generation"
  template_reference,  // the template; `text` "include", "import", "extends" or "from"
  loop_control,        // `text` "break" or "continue"
};

struct Node {
  Kind kind;
  Position at;
  std::string text;
  std::int64_t number = 0;   // of integers: clamped to 64 bits
  std::uint32_t height = 0;  // 0 for a leaf
  std::vector<Node*> parts;
  std::vector<Node*> body;
};

// A jinja2 with Python's usual recursion limit gives up well before these.
inline constexpr std::uint32_t kMostHeight = 500;  // of an expression
inline constexpr std::size_t kMostNesting =
    200;  // of brackets (each counts twice) and unary operators
inline constexpr std::size_t kMostBlocks = 100;  // of statements

struct Tree {
  std::deque<Node> nodes;  // owns them; their addresses hold when the Tree is moved
  std::vector<Node*> body;
};

// The whole of Jinja 3.1, with loop controls and transformers' `generation` tag. `text` as for
// `lex`.
std::expected<Tree, SyntaxError> parse(std::string_view text);

}  // namespace gh::jinja
