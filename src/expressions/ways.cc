#include "expressions/ways.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "expressions/automaton.h"
#include "expressions/choices.h"

namespace gh::expressions {

namespace {

using Edge = Automaton::Edge;

constexpr std::uint32_t kNone = ~0U;

// Strongly connected components: Tarjan's, without recursion. Numbered from the end: what follows
// a component has a lower number.
class Components {
 public:
  explicit Components(const Automaton& automaton)
      : follow_(automaton.follow),
        of_(follow_.size(), kNone),
        order_(follow_.size(), kNone),
        low_(follow_.size()) {
    for (std::uint32_t place = 0; place < follow_.size(); ++place)
      if (order_[place] == kNone) visit(place);
  }

  std::uint32_t of(std::uint32_t place) const { return of_[place]; }
  const std::vector<std::vector<std::uint32_t>>& all() const { return members_; }
  bool loops(std::uint32_t component) const {
    const std::uint32_t place = members_[component].front();
    return members_[component].size() > 1 ||
           std::ranges::find(follow_[place], place, &Edge::to) != follow_[place].end();
  }

 private:
  void enter(std::uint32_t place) {
    order_[place] = low_[place] = next_++;
    open_.push_back(place);
    calls_.emplace_back(place, 0);
  }

  void visit(std::uint32_t start) {
    enter(start);
    while (!calls_.empty()) {
      auto& [place, edge] = calls_.back();
      if (edge < follow_[place].size()) {
        const std::uint32_t to = follow_[place][edge++].to;
        if (order_[to] == kNone)
          enter(to);
        else if (of_[to] == kNone)
          low_[place] = std::min(low_[place], order_[to]);
        continue;
      }
      const std::uint32_t done = place;
      calls_.pop_back();
      if (!calls_.empty()) {
        std::uint32_t& low = low_[calls_.back().first];
        low = std::min(low, low_[done]);
      }
      if (low_[done] != order_[done]) continue;
      const auto from = std::ranges::find(open_, done);
      for (auto it = from; it != open_.end(); ++it)
        of_[*it] = static_cast<std::uint32_t>(members_.size());
      members_.emplace_back(from, open_.end());
      open_.erase(from, open_.end());
    }
  }

  const std::vector<std::vector<Edge>>& follow_;
  std::vector<std::uint32_t> of_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> low_;
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<std::uint32_t> open_;
  std::vector<std::pair<std::uint32_t, std::size_t>> calls_;
  std::uint32_t next_ = 0;
};

class Counter {
 public:
  Counter(const Automaton& automaton, Meetings& meetings, Steps& steps, double bits)
      : automaton_(automaton),
        components_(automaton),
        meetings_(meetings),
        steps_(steps),
        bits_(bits) {}

  // `fails`: what follows the expression may not fit.
  bool many(bool fails) {
    if (automaton_.hopeless) return true;
    for (std::uint32_t component = 0; component < components_.all().size(); ++component)
      if (components_.loops(component) && (fails || can_fail(component)) && divides(component))
        return true;
    return long_row(fails);
  }
  // Bits of loops in a row, when there are not too many.
  double used() const { return used_; }

 private:
  bool meet(std::uint32_t a, std::uint32_t b) {
    return steps_.spend(1) && meetings_.meet(automaton_.sets[a], automaton_.sets[b]);
  }

  // Whether the expression may not end right behind each of the places.
  bool can_fail(std::uint32_t component) {
    for (const std::uint32_t place : components_.all()[component]) {
      if (!automaton_.last[place]) return true;
      for (const Edge& edge : automaton_.follow[place])
        if (components_.of(edge.to) != component) return true;
    }
    return false;
  }

  // Whether one text leads from a place back to it in two ways: then twice as many with each
  // turn. Two travellers go together until they part, and meet again.
  bool divides(std::uint32_t component) {
    const auto& places = components_.all()[component];
    const std::size_t size = places.size();
    if (!steps_.spend(2 * size * size / 8)) return false;
    std::vector<std::uint32_t> index(automaton_.sets.size(), kNone);
    for (std::uint32_t i = 0; i < size; ++i) index[places[i]] = i;
    // The first traveller has gone on, the second not yet; both have.
    std::vector<bool> half(size * size);
    std::vector<bool> seen(size * size);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> open;
    const auto reach = [&](std::uint32_t a, std::uint32_t b) {
      if (seen[a * size + b]) return;
      seen[a * size + b] = true;
      open.emplace_back(a, b);
    };
    for (const std::uint32_t place : places) {
      const auto& edges = automaton_.follow[place];
      for (std::size_t i = 0; i < edges.size(); ++i) {
        const std::uint32_t a = index[edges[i].to];
        if (a == kNone) continue;
        if (edges[i].twice) return true;
        for (std::size_t j = i + 1; j < edges.size(); ++j) {
          const std::uint32_t b = index[edges[j].to];
          if (b != kNone && meet(edges[i].to, edges[j].to)) reach(a, b);
        }
      }
    }
    while (!open.empty() && !steps_.gone()) {
      const auto [a, b] = open.back();
      open.pop_back();
      for (const Edge& first : automaton_.follow[places[a]]) {
        const std::uint32_t next = index[first.to];
        if (!steps_.spend(1) || next == kNone || half[next * size + b]) continue;
        half[next * size + b] = true;
        for (const Edge& second : automaton_.follow[places[b]]) {
          const std::uint32_t other = index[second.to];
          if (other == kNone || !meet(first.to, second.to)) continue;
          if (other == next) return true;
          reach(next, other);
        }
      }
    }
    return false;
  }

  // Loops one after the other that can share a text: with each pair of them there is one more
  // place to choose, anywhere in the text.
  bool long_row(bool fails) {
    const auto& all = components_.all();
    std::vector<int> pairs(all.size());
    for (std::uint32_t to = static_cast<std::uint32_t>(all.size()); to-- > 0;) {
      if (!components_.loops(to)) continue;
      // From the beginning of the expression: what leads here has a higher number.
      std::vector<bool> leads(all.size());
      leads[to] = true;
      for (std::uint32_t from = to + 1; from < all.size(); ++from) {
        for (const std::uint32_t place : all[from]) {
          const auto& edges = automaton_.follow[place];
          if (!steps_.spend(1 + edges.size() / 4)) return false;
          leads[from] = leads[from] || std::ranges::any_of(edges, [&](const Edge& edge) {
                          return leads[components_.of(edge.to)];
                        });
        }
        if (!leads[from] || !components_.loops(from)) continue;
        const bool one_more = pairs[from] >= pairs[to] && shares(from, to);
        pairs[to] = std::max(pairs[to], pairs[from] + (one_more ? 1 : 0));
      }
      used_ = std::max(used_, pairs[to] * kLoopBits);
      if (pairs[to] * kLoopBits > bits_ && (fails || can_fail(to))) return true;
    }
    return false;
  }

  // Whether one text stays in the first loop, leads from it to the second, and stays in that.
  bool shares(std::uint32_t from, std::uint32_t to) {
    for (const std::uint32_t a : components_.all()[from])
      for (const std::uint32_t b : components_.all()[to])
        if (shares(from, a, to, b)) return true;
    return false;
  }

  bool shares(std::uint32_t from, std::uint32_t a, std::uint32_t to, std::uint32_t b) {
    struct Three {
      std::uint32_t stays;
      std::uint32_t goes;
      std::uint32_t waits;
      bool operator==(const Three&) const = default;
    };
    const std::size_t size = automaton_.sets.size();
    const auto& firsts = components_.all()[from];
    const auto& seconds = components_.all()[to];
    std::vector<bool> seen;
    const std::size_t all = firsts.size() * seconds.size() * size;
    if (!steps_.spend(all / 32 + 1)) return false;
    seen.resize(all);
    const auto place_in = [](const std::vector<std::uint32_t>& places, std::uint32_t place) {
      return static_cast<std::size_t>(std::ranges::find(places, place) - places.begin());
    };
    std::vector<Three> open = {{a, a, b}};
    while (!open.empty() && !steps_.gone()) {
      const Three at = open.back();
      open.pop_back();
      for (const Edge& stay : automaton_.follow[at.stays]) {
        if (!steps_.spend(1) || components_.of(stay.to) != from) continue;
        for (const Edge& wait : automaton_.follow[at.waits]) {
          if (components_.of(wait.to) != to || !meet(stay.to, wait.to)) continue;
          for (const Edge& go : automaton_.follow[at.goes]) {
            if (!meet(go.to, stay.to) || !meet(go.to, wait.to)) continue;
            const Three next = {stay.to, go.to, wait.to};
            if (next == Three{a, b, b}) return true;
            const std::size_t index =
                (place_in(firsts, next.stays) * seconds.size() + place_in(seconds, next.waits)) *
                    size +
                next.goes;
            (void)steps_.spend(firsts.size() / 8 + seconds.size() / 8);
            if (seen[index]) continue;
            seen[index] = true;
            open.push_back(next);
          }
        }
      }
    }
    return false;
  }

  const Automaton& automaton_;
  Components components_;
  Meetings& meetings_;
  Steps& steps_;
  double bits_;  // that loops after each other may have, where they can share a text
  double used_ = 0;
};

}  // namespace

Ways count_ways(std::string_view pattern, Steps& steps, double bits) {
  const auto expression = read_expression(pattern, steps);
  if (!expression || steps.gone()) return Ways::unknown;
  std::vector<const Node*> inner;
  Meetings meetings(expression->sets, steps);
  bool all = !expression->refers;
  // Of each of `inner`: it is tried for each way of what it stands in, which multiplies with its
  // own.
  std::vector<double> lefts;
  for (std::size_t i = 0; i <= inner.size(); ++i) {
    // Nothing follows what looks, and what is atomic is not tried again for what follows.
    const Node& root = i == 0 ? expression->root : inner[i - 1]->parts.front();
    const bool fails = i == 0 || inner[i - 1]->is == Node::Is::behind;
    const double left = i == 0 ? bits : lefts[i - 1];
    const auto automaton = make_automaton(root, expression->sets, inner, steps);
    if (!automaton) {
      lefts.resize(inner.size(), left);
      all = false;
      if (steps.gone()) break;
      continue;
    }
    const double choices = choice_bits(root, meetings, steps);
    if (choices > left) return Ways::many;
    Counter counter(*automaton, meetings, steps, left - choices);
    if (counter.many(fails)) return Ways::many;
    lefts.resize(inner.size(), left - choices - counter.used());
  }
  return all && !steps.gone() ? Ways::few : Ways::unknown;
}

}  // namespace gh::expressions
