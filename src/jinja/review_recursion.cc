#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "jinja/graph.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kMostCalls = 1u << 16;  // of macros by macros

}  // namespace

// A macro that calls itself with a part of what it was given ends where the data ends.
Review::Reach Review::reach(const Node& node) const {
  const auto into = [](Reach object) { return object == Reach::own ? Reach::within : object; };
  switch (node.kind) {
    case Kind::name: {
      const Binding* binding = known(node).binding;
      return binding == nullptr ? Reach::elsewhere : binding->reach;
    }
    case Kind::attribute:
      return into(reach(*node.parts[0]));
    case Kind::subscript: {
      const Kind key = node.parts[1]->kind;
      const Reach object = reach(*node.parts[0]);
      return key == Kind::slice || key == Kind::integer ? object : into(object);
    }
    case Kind::call: {
      static constexpr std::array<std::string_view, 3> kInto = {"get", "items", "values"};
      if (node.parts[0]->kind != Kind::attribute) return Reach::elsewhere;
      const Reach object = reach(*node.parts[0]->parts[0]);
      return is_one_of(node.parts[0]->text, kInto) ? into(object) : object;
    }
    case Kind::filter:
      if (node.parts[0] == nullptr) return Reach::elsewhere;
      return node.text == "items" ? into(reach(*node.parts[0])) : reach(*node.parts[0]);
    case Kind::conditional:
      return node.parts[2] == nullptr ? reach(*node.parts[1])
                                      : least_reach(*node.parts[1], *node.parts[2]);
    case Kind::logic:
      return least_reach(*node.parts[0], *node.parts[1]);
    case Kind::list:
    case Kind::dict:
      return node.parts.empty() || std::ranges::any_of(node.parts,
                                                       [&](const Node* part) {
                                                         return reach(*part) == Reach::within;
                                                       })
                 ? Reach::within
                 : Reach::elsewhere;
    default:
      return Reach::elsewhere;
  }
}

// A literal that stands in for what is missing leads nowhere further.
Review::Reach Review::least_reach(const Node& a, const Node& b) const {
  const auto literal = [](const Node& node) {
    return node.kind == Kind::text || node.kind == Kind::none;
  };
  if (literal(a) != literal(b)) return reach(literal(a) ? b : a);
  return std::min(reach(a), reach(b));
}

// The items of a loop are within what it goes over; those of a recursive one are what it is given.
void Review::note_reach(const Node& loop) {
  const Reach over = reach(*loop.parts[1]);
  Reach item = over == Reach::own ? Reach::within : over;
  if (loop.number != 0) item = Reach::own;
  const Node& target = *loop.parts[0];
  if (target.kind == Kind::name) bound_.find(key_of(target))->second.back().reach = item;
  if (target.kind == Kind::tuple)
    for (const Node* part : target.parts)
      if (part->kind == Kind::name) bound_.find(key_of(*part))->second.back().reach = item;
}

void Review::note_recursion(const Node& call, std::string_view callee) {
  if (!recording_ || recursions_.size() >= kMostCalls || (macro_.empty() && !callee.empty()))
    return;
  for (std::size_t i = 1; i < call.parts.size(); ++i) {
    const Node& part = *call.parts[i];
    const bool named = part.kind == Kind::keyword || part.kind == Kind::spread;
    const Node& argument = named ? *part.parts[0] : part;
    const bool empty = argument.kind != Kind::name && argument.parts.empty();
    if (!empty && reach(argument) == Reach::within) return;
  }
  // In a loop it is called again and again.
  const bool often = callee.empty() || loops_.outer > 0 || in_loop_ > 0;
  recursions_.push_back(
      {callee.empty() ? std::string() : macro_, std::string(callee), &call, often ? 2 : 1});
}

// Calls that lead back to their macro, twice or more from one macro: each level doubles the work.
void Review::check_recursions() {
  std::map<std::string, std::size_t> index;
  for (const Recursion& one : recursions_) {
    index.try_emplace(one.caller, index.size());
    index.try_emplace(one.callee, index.size());
  }
  Graph calls(index.size());
  for (const Recursion& one : recursions_) calls[index[one.caller]].push_back(index[one.callee]);
  const std::vector<std::size_t> circle = circles(calls);
  std::vector<int> count(index.size());
  recording_ = true;
  for (const Recursion& one : recursions_) {
    const std::size_t caller = index[one.caller];
    if (circle[caller] != circle[index[one.callee]]) continue;
    count[caller] += one.calls;
    if (count[caller] > 1)
      report(rule::kHugeConstant, *one.node,
             one.caller.empty() ? std::string("the loop calls itself with what it went over")
                                : fmt::format("the macro `{}` calls itself more than once",
                                              escape(one.caller, 64)));
  }
}

}  // namespace gh::jinja
