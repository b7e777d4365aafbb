#pragma once
// Applies the rules to a tree, private to this folder. Walks it three times: the first two only
// learn what variables and parameters hold, however the template is ordered; the last one reports.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "findings/examination.h"
#include "jinja/fold.h"
#include "jinja/tree.h"

namespace gh::jinja {

class Review {
 public:
  explicit Review(findings::Examination& examination) : examination_(examination) {}
  void run(const Tree& tree);

 private:
  using Nodes = std::vector<Node*>;
  struct Arguments {
    Values positional;
    Values all;         // with keywords and spreads
    bool plain = true;  // positional only
  };

  void report(const findings::Rule& rule, const Node& node, std::string message,
              std::string_view evidence = {});

  // review_statements.cc: what each statement does to names, and what loops cost.
  void statements(const Nodes& nodes);
  void statement(const Node& node);
  void for_loop(const Node& node);
  void set(const Node& node);
  void macro(const Node& node);
  void assign(const Node& target, const ValuePtr& value);
  void assign(const std::string& name, const ValuePtr& value, const Node& at);

  // review_expressions.cc: the value of every expression, rules on the way.
  ValuePtr value(const Node* node);
  ValuePtr name(const Node& node);
  ValuePtr attribute(const Node& node);
  ValuePtr subscript(const Node& node);
  ValuePtr call(const Node& node);
  ValuePtr method_call(const Node& node, const Node& callee);
  ValuePtr named_call(const Node& node, const Node& callee);
  ValuePtr filter(const Node& node);
  ValuePtr test(const Node& node);
  ValuePtr binary(const Node& node);
  ValuePtr compare(const Node& node);
  ValuePtr dict(const Node& node);
  Values values(const Nodes& nodes, std::size_t from = 0);
  Arguments arguments(const Node& node, std::size_t from);
  ValuePtr member(const Node& node, const ValuePtr& object, std::string_view name);

  // review_rules.cc: single rules.
  ValuePtr judged(const Node& node, ValuePtr value);  // a text that was just made
  void check_text(const Node& node, std::string_view text);
  void check_name(const Node& node, std::string_view name);
  void check_attribute(const Node& node, std::string_view name);
  void check_key(const Node& node, const ValuePtr& key);
  void check_attribute_argument(const Node& node, const ValuePtr& name, bool attr);
  void check_filter(const Node& node, const ValuePtr& input, const Arguments& arguments);
  void check_object_text(const Node& node);
  void check_comparison(const Node& node, const ValuePtr& left, const ValuePtr& right);
  void check_look_up(const Node& node, std::string_view method, const ValuePtr& object,
                     const Values& arguments);
  void check_times(const Node& node, std::int64_t times, std::int64_t most);
  void check_range(const Node& node, const Values& arguments);
  void check_product(const Node& node, const ValuePtr& left, const ValuePtr& right);

  findings::Examination& examination_;
  Fold fold_;
  std::map<std::string, ValuePtr, std::less<>> names_;  // "ns.attribute" too
  std::map<std::string, const Node*, std::less<>> macros_;
  std::set<std::tuple<const findings::Rule*, std::uint32_t, std::uint32_t>> reported_;
  bool recording_ = false;
  int conversation_loops_ = 0;    // around the current statement
  std::int64_t repetitions_ = 1;  // of the constant loops around it
};

}  // namespace gh::jinja
