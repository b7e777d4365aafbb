#pragma once
// Which variable a name means: Jinja's scopes (jinja2/idtracking.py), worked out from the tree
// alone. Loops, the `else` of loops, macros, the blocks of calls, filters and `set`, `with`,
// `autoescape`, `generation` and `block` each have a frame of their own; `if` has none. What is set
// in a frame begins as what the name means around it, and ends with the frame.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jinja/tree.h"

namespace gh::jinja {

// A variable of one frame.
struct Slot {
  std::string key;     // the name, and which frame's it is unless it is the template's own
  bool entry = false;  // set wherever the frame begins: a parameter, or what a loop goes through
};

class Frames {
 public:
  // What a name may mean where it stands, the innermost first. `last`: nothing beyond it.
  struct Meaning {
    const Slot* slot;
    bool last;
  };
  using Meanings = std::vector<Meaning>;

  void read(const Tree& tree);
  // Of a name, a parameter or a macro. Empty: the engine's, or nothing. Where it is set there, its
  // own variable is the first.
  const Meanings& meanings(const Node& node) const;
  bool is_set(std::string_view name) const { return open_.contains(name); }
  // All loops with the word `recursive`.
  const std::vector<const Node*>& recursive() const { return recursive_; }

 private:
  struct Variables {
    std::size_t number;
    std::map<std::string, Slot, std::less<>> slots;
  };
  struct Open {
    const Slot* slot;
    int apart;
  };

  void all(const std::vector<Node*>& nodes, std::size_t from = 0);
  void visit(const Node& node);
  void target(const Node& node, bool entry);
  void store(const Node& node, bool entry);
  void resolve(const Node& node);
  template <class Inside>
  void frame(const Node& node, Inside inside, bool apart = false);
  void push(const Node* node);
  void pop();

  bool resolving_ = false;  // the second time: then all that is set is known
  int apart_ = 0;           // around it: places that see nothing of what is around them for certain
  std::map<const Node*, Variables> variables_;  // by what opens the frame; null: the template
  std::vector<const Node*> around_;             // frames that are open
  std::map<std::string, std::vector<Open>, std::less<>> open_;
  std::unordered_map<const Node*, Meanings> meanings_;
  std::vector<const Node*> recursive_;
};

}  // namespace gh::jinja
