#pragma once
// A regular expression as an automaton whose states are the places where it takes a character
// (Glushkov's), with the number of ways from one to the next. Counted repetitions are copied out,
// many of them are as good as endless.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "expressions/expression.h"

namespace gh::expressions {

// From here on a bound is as good as none.
inline constexpr std::uint32_t kOften = 10;

struct Automaton {
  static constexpr std::uint32_t kCheck = ~0U;
  struct Edge {
    std::uint32_t to;
    bool twice;  // in two ways or more
  };
  std::vector<std::uint32_t> sets;  // of each place: what it takes; kCheck: nothing, a dead end
  std::vector<std::vector<Edge>> follow;  // of each place
  std::vector<bool> last;                 // the expression can end behind it
  bool hopeless = false;                  // many repetitions of what may be nothing
};

// Whether one set has a character of another, kept.
class Meetings {
 public:
  Meetings(const std::vector<CharacterSet>& sets, Steps& steps);
  bool meet(std::uint32_t a, std::uint32_t b);

 private:
  const std::vector<CharacterSet>& sets_;
  Steps& steps_;
  std::vector<std::uint8_t> known_;
};

// Nothing when it becomes too large. What looks ahead or behind and what is atomic is put into
// `inner`, to be looked at alone.
std::optional<Automaton> make_automaton(const Node& root, const std::vector<CharacterSet>& sets,
                                        std::vector<const Node*>& inner, Steps& steps);

}  // namespace gh::expressions
