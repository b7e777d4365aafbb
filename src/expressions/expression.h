#pragma once
// Regular expressions as Oniguruma reads them (Ruby's syntax), and fancy-regex where they agree.
// What means different things to matchers, refers back or calls itself is not understood.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "expressions/character_set.h"

namespace gh::expressions {

// What may be spent on patterns. A step is an operation or a few.
class Steps {
 public:
  explicit Steps(std::uint64_t left) : left_(left) {}
  // False, and nothing left, when there were fewer.
  bool spend(std::uint64_t steps) {
    left_ -= steps < left_ ? steps : left_;
    return left_ > 0;
  }
  bool gone() const { return left_ == 0; }
  std::uint64_t left() const { return left_; }

 private:
  std::uint64_t left_;
};

struct Node {
  enum class Is : std::uint8_t {
    sequence,  // of its parts; nothing without any
    either,    // of its parts
    one,       // character of a set
    check,     // an edge: takes nothing and can fail
    repeat,    // of its only part
    atomic,    // its only part, never tried again
    look,      // its only part, ahead
    behind,    // likewise, behind
  };
  static constexpr std::uint32_t kEndless = ~0U;

  Is is = Is::sequence;
  bool lazy = false;        // of `repeat`
  std::uint32_t set = 0;    // of `one`
  std::uint32_t least = 0;  // of `repeat`
  std::uint32_t most = 0;   // likewise
  std::vector<Node> parts;
};

struct Expression {
  Node root;
  std::vector<CharacterSet> sets;
  bool refers = false;  // back to groups: read as if that were nothing
};

std::optional<Expression> read_expression(std::string_view pattern, Steps& steps);

}  // namespace gh::expressions
