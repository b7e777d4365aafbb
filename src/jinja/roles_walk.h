#pragma once
// A walk through a template as if every message had one role, private to this folder. Conditions on
// the role are decided; of all others every branch is taken.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/tree.h"

namespace gh::jinja {

// What is known of a value.
struct Seen {
  enum class Is : std::uint8_t {
    plain,
    message,  // of the role that is assumed, or several
    other,    // a message that may be of another role
  };
  Is is = Is::plain;
  bool shows = false;     // holds what a message of the role says
  bool prose = false;     // holds a sentence of the template
  bool words = false;     // such a one that the role has chosen
  bool none = false;      // a list of messages, none of them of the role
  bool by_role = false;   // the text or the truth hangs on the role
  bool constant = false;  // `text` is it
  std::string text;
  std::optional<bool> truth;
  const Node* literal = nullptr;  // a list, tuple or dict that is written out

  std::optional<bool> holds() const {
    return truth || !constant ? truth : std::optional(!text.empty());
  }
};

using Macros = std::map<std::string, const Node*, std::less<>>;
using Names = std::set<std::string, std::less<>>;

class RoleWalk {
 public:
  // `macros`: of the template. Names that hold something of a message at any time are put into
  // `ever`, and macros see them.
  RoleWalk(std::string_view role, const Macros& macros, Names& ever)
      : role_(role), macros_(macros), ever_(ever) {}
  void run(const Tree& tree);

  bool shows() const { return sink_.seen.shows; }
  const Node* words() const { return sink_.words; }
  bool refuses() const { return refuses_; }   // such a message stops the template
  const Node* loop() const { return loop_; }  // the first over messages

 private:
  using Nodes = std::vector<Node*>;
  using Variables = std::map<std::string, Seen, std::less<>>;
  enum class Flow : std::uint8_t { goes_on, leaves, refuses };
  // Of what is written.
  struct Sink {
    Seen seen;
    std::string tail;  // sentences are put together of pieces
    const Node* words = nullptr;
  };
  struct Chosen {
    Variables changes;
    Flow flow;
  };

  // roles_walk.cc: statements
  Flow statements(const Nodes& nodes);
  Flow statement(const Node& node);
  Flow if_chain(const Node& node);
  void join(const std::vector<Chosen>& branches, bool otherwise);
  Flow for_loop(const Node& node);
  Flow for_body(const Node& node, const Seen& iterable);
  Flow scope(const Nodes& body);
  void leave_scope();
  void set(const Node& node);
  void assign(const Node& target, const Seen& value);
  void assign(std::string_view key, Seen value);
  void put_into(const Node& object, const Seen& value);
  void write(const Node& at, const Seen& value);
  Seen written(const Nodes& body);

  // roles_values.cc: expressions
  Seen value(const Node* node);
  Seen evaluated(const Node& of);
  Seen all(const Nodes& nodes, std::size_t from = 0);
  Seen name(const Node& node);
  Seen look_up(std::string_view key) const;
  const Seen* find(std::string_view key) const;
  Seen member(const Node& node);
  Seen member_of(const Seen& object, const Seen& key);
  Seen part_of(const Node& node, const Seen& object);
  Seen compare(const Seen& left, std::string_view how, const Seen& right);
  std::optional<bool> is_in(const Seen& one, const Seen& many);
  Seen logic(const Node& node);
  Seen conditional(const Node& node);
  Seen concat(const Node& node);
  Seen text(std::string_view text) const;
  Seen role() const;

  // roles_calls.cc: functions and filters
  Seen call(const Node& node);
  Seen method(const Node& node, const Node& callee);
  Seen macro(const Node& node, const Node& macro, const Seen& block);
  Seen filter(const Node& node);
  Seen chosen(const Node& node, const Seen& input) const;
  static Seen changed(std::string_view how, const Seen& input);

  std::string_view role_;
  const Macros& macros_;
  Names& ever_;
  std::vector<Variables> layers_;
  std::size_t bottom_ = 0;  // of the macro around: it does not see the layers below
  Sink sink_;
  Sink* out_ = &sink_;
  std::map<std::pair<const Node*, std::string>, std::optional<Seen>> called_;
  std::map<const Node*, int> calls_;
  Seen block_;         // of the call around
  int decided_ = 0;    // conditions on the role around
  int uncertain_ = 0;  // and others
  int weak_ = 0;       // branches around whose changes are not held apart
  int loops_ = 0;
  int depth_ = 0;        // of statements, expressions and the macros that they call
  int literals_ = 0;     // that are read while one is read
  bool raised_ = false;  // by what was evaluated last
  bool refuses_ = false;
  const Node* loop_ = nullptr;
};

Seen joined(const Seen& a, const Seen& b);
// What stands in a value, or in both, and nothing of what they are.
Seen remains(const Seen& from);
Seen with(const Seen& a, const Seen& b);
Seen truth_of(std::optional<bool> truth, bool by_role);
// "ns.x" of an attribute of a name, the name of a name.
std::string key_of(const Node& node);

}  // namespace gh::jinja
