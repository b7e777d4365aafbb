#pragma once
// Python literals as NumPy writes them into a header: strings, integers, True, False, None, tuples,
// lists and dicts. Nothing is ever evaluated; what NumPy does not write is refused, also where
// Python's `ast.literal_eval` would take it (prefixes, joined strings, other number bases,
// comments).

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::tensors {

struct Literal {
  enum class Kind : std::uint8_t { string, integer, boolean, none, tuple, list, dict };
  Kind kind = Kind::none;
  std::string_view text;               // of a string, between its quotes, escapes as written
  std::uint64_t magnitude = 0;         // of an integer; a boolean's 1 or 0
  bool negative = false;               // of an integer
  std::vector<Literal> items;          // of a tuple, list or dict: the values
  std::vector<std::string_view> keys;  // of a dict, in the order of `items`
};

inline constexpr int kLiteralDepth = 32;

// The whole of `text`, which must outlive the result; nothing when it is something else. `python2`:
// integers may end in L, as Python 2 wrote long ones.
std::optional<Literal> parse_literal(std::string_view text, bool python2);

}  // namespace gh::tensors
