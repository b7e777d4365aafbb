#include "expressions/automaton.h"

#include <algorithm>

namespace gh::expressions {

namespace {

constexpr std::size_t kMostPlaces = 20'000;

using Is = Node::Is;

// Numbers of ways: none, one, or two and more.
std::uint8_t plus(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::uint8_t>(std::min(a + b, 2));
}
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::uint8_t>(std::min(a * b, 2));
}

struct End {
  std::uint32_t place;
  std::uint8_t ways;
  bool greedy = false;  // the place is repeated as often as it fits
  bool sealed = false;  // and none of it is given back
};

struct Fragment {
  std::uint8_t nothing = 0;  // ways to match no character
  std::vector<End> first;
  std::vector<End> last;
};

class Builder {
 public:
  Builder(const std::vector<CharacterSet>& sets, std::vector<const Node*>& inner, Steps& steps)
      : sets_(sets), inner_(inner), steps_(steps) {}

  std::optional<Automaton> whole(const Node& root) {
    const Fragment all = build(root);
    out_.last.resize(out_.sets.size());
    for (const End& end : all.last) out_.last[end.place] = true;
    return failed_ ? std::nullopt : std::optional(std::move(out_));
  }

 private:
  Fragment build(const Node& node) {
    Fragment out;
    failed_ = failed_ || !steps_.spend(4);
    if (failed_) return out;
    switch (node.is) {
      case Is::one:
        if (!sets_[node.set].empty()) {
          out.first = {{place(node.set), 1}};
          out.last = out.first;
        }
        return out;
      case Is::check:
        return check();
      case Is::look:
      case Is::behind:
        later(node);
        return check();
      case Is::atomic: {
        later(node);
        ++atomic_;
        out = build(node.parts.front());
        --atomic_;
        for (End& end : out.last) end.sealed = end.sealed || end.greedy;
        return out;
      }
      case Is::sequence:
        out.nothing = 1;
        for (const Node& part : node.parts) out = row(std::move(out), build(part));
        return out;
      case Is::either:
        for (const Node& part : node.parts) {
          const Fragment more = build(part);
          out.nothing = plus(out.nothing, more.nothing);
          append(out.first, more.first, 1);
          append(out.last, more.last, 1);
        }
        return out;
      case Is::repeat:
        return repeat(node);
    }
    return out;
  }

  std::uint32_t place(std::uint32_t set) {
    failed_ = failed_ || out_.sets.size() >= kMostPlaces;
    // Nothing that is published comes near: what is too large uses up all steps.
    if (failed_) (void)steps_.spend(~std::uint64_t{0});
    out_.sets.push_back(set);
    out_.follow.emplace_back();
    return static_cast<std::uint32_t>(out_.sets.size() - 1);
  }

  // Takes nothing, and may fail: a dead end beside the way on.
  Fragment check() {
    Fragment out;
    out.nothing = 1;
    out.first = {{place(Automaton::kCheck), 1}};
    return out;
  }

  void later(const Node& node) {
    failed_ = failed_ || !steps_.spend(inner_.size());
    if (std::ranges::find(inner_, &node) == inner_.end()) inner_.push_back(&node);
  }

  void append(std::vector<End>& ends, const std::vector<End>& more, std::uint8_t ways) {
    failed_ = failed_ || !steps_.spend(more.size());
    for (const End& end : more) {
      ends.push_back(end);
      ends.back().ways = times(end.ways, ways);
    }
  }

  Fragment row(Fragment a, Fragment b) {
    connect(a.last, b.first);
    if (a.nothing > 0) append(a.first, b.first, a.nothing);
    if (b.nothing > 0) append(b.last, a.last, b.nothing);
    return {times(a.nothing, b.nothing), std::move(a.first), std::move(b.last)};
  }

  void connect(const std::vector<End>& from, const std::vector<End>& to) {
    for (const End& end : from) {
      auto& edges = out_.follow[end.place];
      for (const End& next : to) {
        failed_ = failed_ || !steps_.spend(1 + edges.size() / 8);
        if (failed_) return;
        const std::uint32_t set = out_.sets[next.place];
        if (end.sealed && set != Automaton::kCheck &&
            sets_[set].within(sets_[out_.sets[end.place]]))
          continue;
        const bool twice = times(end.ways, next.ways) > 1;
        const auto known = std::ranges::find(edges, next.place, &Automaton::Edge::to);
        // What is atomic takes the first way only.
        if (known == edges.end())
          edges.push_back({next.place, twice && atomic_ == 0});
        else
          known->twice = known->twice || atomic_ == 0;
      }
    }
  }

  // Once or more. A matcher leaves the loop when a turn of it took nothing, and may not have
  // begun that turn: two ways out.
  Fragment loop(Fragment body, bool greedy_one) {
    connect(body.last, body.first);
    const std::uint8_t out = plus(1, body.nothing);
    for (End& end : body.last) {
      end.ways = times(end.ways, out);
      end.greedy = greedy_one;
    }
    body.nothing = times(body.nothing, 2);
    return body;
  }

  static Fragment optional(Fragment body) {
    body.nothing = plus(body.nothing, 1);
    return body;
  }

  Fragment copies(const Node& inner, std::uint32_t number) {
    Fragment out;
    out.nothing = 1;
    for (std::uint32_t i = 0; i < number && !failed_; ++i) out = row(std::move(out), build(inner));
    return out;
  }

  Fragment repeat(const Node& node) {
    const Node& inner = node.parts.front();
    const bool single = inner.is == Is::one;
    const bool exact = node.least == node.most;
    if (node.most == 0) return copies(inner, 0);
    if (node.most < kOften || (exact && single)) {
      Fragment rest;
      rest.nothing = 1;
      for (std::uint32_t i = node.least; i < node.most && !failed_; ++i)
        rest = optional(row(build(inner), std::move(rest)));
      return row(copies(inner, node.least), std::move(rest));
    }
    const std::uint32_t before = std::min(node.least, kOften) - (node.least > 0 ? 1 : 0);
    Fragment begin = copies(inner, exact ? 0 : before);
    Fragment body = build(inner);
    if (node.least >= kOften && body.nothing > 0) out_.hopeless = true;
    body = loop(std::move(body), single && !node.lazy);
    if (node.least == 0) body = optional(std::move(body));
    return row(std::move(begin), std::move(body));
  }

  const std::vector<CharacterSet>& sets_;
  std::vector<const Node*>& inner_;
  Steps& steps_;
  Automaton out_;
  int atomic_ = 0;
  bool failed_ = false;
};

}  // namespace

Meetings::Meetings(const std::vector<CharacterSet>& sets, Steps& steps)
    : sets_(sets), steps_(steps) {
  if (steps_.spend(sets.size() * sets.size() / 8)) known_.resize(sets.size() * sets.size());
}

bool Meetings::meet(std::uint32_t a, std::uint32_t b) {
  if (a == Automaton::kCheck || b == Automaton::kCheck || steps_.gone()) return false;
  std::uint8_t& known = known_[a * sets_.size() + b];
  if (known == 0) {
    (void)steps_.spend(2 + sets_[a].size() + sets_[b].size());
    known = sets_[a].meets(sets_[b]) ? 2 : 1;
  }
  return known == 2;
}

std::optional<Automaton> make_automaton(const Node& root, const std::vector<CharacterSet>& sets,
                                        std::vector<const Node*>& inner, Steps& steps) {
  return Builder(sets, inner, steps).whole(root);
}

}  // namespace gh::expressions
