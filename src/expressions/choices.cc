#include "expressions/choices.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gh::expressions {

namespace {

using Is = Node::Is;

// What can come first: sets, each once; and whether there may be nothing.
struct Firsts {
  std::vector<std::uint32_t> sets;
  bool empty = true;
};

class Choices {
 public:
  Choices(Meetings& meetings, Steps& steps) : meetings_(meetings), steps_(steps) {}

  // `follow`: what comes behind the node; nothing where the expression ends.
  double bits(const Node& node, const Firsts& follow) {
    if (!steps_.spend(4)) return 0;
    switch (node.is) {
      case Is::one:
      case Is::check:
      case Is::look:
      case Is::behind:
      case Is::atomic:
        return 0;
      case Is::sequence:
        return in_row(node, follow);
      case Is::either:
        return either(node, follow);
      case Is::repeat:
        return repeat(node, follow);
    }
    return 0;
  }

 private:
  Firsts firsts(const Node& node) {
    Firsts out;
    if (!steps_.spend(2)) return out;
    switch (node.is) {
      case Is::one:
        out = {{node.set}, false};
        break;
      case Is::check:
      case Is::look:
      case Is::behind:
        break;
      case Is::sequence:
        for (auto part = node.parts.begin(); part != node.parts.end() && out.empty; ++part) {
          const Firsts next = firsts(*part);
          add(out, next);
          out.empty = next.empty;
        }
        break;
      case Is::either:
        out.empty = false;
        for (const Node& part : node.parts) {
          const Firsts next = firsts(part);
          add(out, next);
          out.empty = out.empty || next.empty;
        }
        break;
      case Is::atomic:
      case Is::repeat:
        out = firsts(node.parts.front());
        if (node.is == Is::repeat) out.empty = out.empty || node.least == 0;
        break;
    }
    return out;
  }

  void add(Firsts& all, const Firsts& more) {
    for (const std::uint32_t set : more.sets) {
      if (!steps_.spend(1 + all.sets.size() / 8)) return;
      if (std::ranges::find(all.sets, set) == all.sets.end()) all.sets.push_back(set);
    }
  }

  bool meet(const Firsts& a, const Firsts& b) {
    for (const std::uint32_t one : a.sets)
      for (const std::uint32_t other : b.sets)
        if (!steps_.spend(1) || meetings_.meet(one, other)) return true;
    return false;
  }

  double in_row(const Node& node, const Firsts& follow) {
    double all = 0;
    Firsts behind = follow;
    for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) {
      all += bits(*part, behind);
      Firsts next = firsts(*part);
      if (next.empty) add(next, behind);
      behind = std::move(next);
    }
    return all;
  }

  double either(const Node& node, const Firsts& follow) {
    double most = 0;
    std::size_t alike = 1;
    for (auto one = node.parts.begin(); one != node.parts.end(); ++one) {
      most = std::max(most, bits(*one, follow));
      if (follow.sets.empty()) continue;  // whichever fits ends it
      const auto begins_alike = [&](const Node& other) { return are_alike(*one, other); };
      const auto count = 1 + std::count_if(one + 1, node.parts.end(), begins_alike);
      alike = std::max(alike, static_cast<std::size_t>(count));
      if (steps_.gone()) break;
    }
    return most + std::log2(static_cast<double>(alike));
  }

  // Whether one text can begin with both: as far as both spell characters.
  bool are_alike(const Node& a, const Node& b) {
    const auto size_of = [](const Node& node) {
      return node.is == Is::sequence ? node.parts.size() : 1;
    };
    const auto at = [](const Node& node, std::size_t i) -> const Node& {
      return node.is == Is::sequence ? node.parts[i] : node;
    };
    for (std::size_t i = 0; i < std::min(size_of(a), size_of(b)); ++i) {
      const Node& one = at(a, i);
      const Node& other = at(b, i);
      if (!steps_.spend(1)) return true;
      if (one.is == Is::one && other.is == Is::one) {
        if (!meetings_.meet(one.set, other.set)) return false;
        continue;
      }
      const Firsts first = firsts(one);
      const Firsts second = firsts(other);
      return first.empty || second.empty || meet(first, second);
    }
    return true;
  }

  double repeat(const Node& node, const Firsts& follow) {
    const Node& inner = node.parts.front();
    if (node.most == 0) return 0;
    // What comes before the last, endless turn is like a part of the row.
    const bool loops = node.most >= kOften && node.least != node.most;
    const std::uint32_t before = std::min(node.least, kOften) - (node.least > 0 ? 1 : 0);
    const std::uint32_t turns = loops ? before : node.most;
    const Firsts first = firsts(inner);
    Firsts behind = follow;
    if (node.most > 1) add(behind, first);
    double inside = inner.is == Is::one ? 0 : bits(inner, behind) * turns;
    // A matcher leaves it behind a turn that took nothing, or without that turn.
    if (loops && first.empty) inside += 1;
    if (loops || node.least == node.most || !meet(first, follow)) return inside;
    return inside + std::log2(static_cast<double>(node.most - node.least + 1));
  }

  Meetings& meetings_;
  Steps& steps_;
};

}  // namespace

double choice_bits(const Node& root, Meetings& meetings, Steps& steps) {
  return Choices(meetings, steps).bits(root, {});
}

}  // namespace gh::expressions
