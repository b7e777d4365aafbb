#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "jinja/arithmetic.h"
#include "jinja/graph.h"
#include "jinja/review.h"
#include "jinja/rules.h"

namespace gh::jinja {

namespace {

constexpr std::int64_t kMostSteps = 1'000'000;
constexpr std::int64_t kStep = 256;  // characters that take as long as a call

}  // namespace

std::int64_t Review::turns_of(const Value& iterable) {
  const bool given = iterable.conversation || iterable.context;
  return std::max<std::int64_t>(iterable.turns, given ? kMessages : 1);
}

// A macro's number; it may be defined further down.
std::size_t Review::work_of(const std::string& macro) {
  const auto [place, fresh] = work_of_.try_emplace(macro, works_.size());
  if (fresh) works_.emplace_back();
  return place->second;
}

void Review::Work::add(const Node& node, std::int64_t more) {
  steps = plus(steps, more);
  if (dearest != nullptr && more <= most) return;
  dearest = &node;
  most = more;
}

void Review::note_turn(const Node& loop) {
  if (recording_) works_[place_.work].add(loop, place_.turns);
}

void Review::note_text(const Node& node, const Value& text) {
  const std::int64_t steps = text.size / (text.constant ? kStep : kMessages * kLetters);
  if (recording_) works_[place_.work].add(node, times(steps, place_.turns));
}

void Review::note_call(const Node& node, std::size_t callee) {
  if (recording_)
    works_[place_.work].calls.push_back({.node = &node, .callee = callee, .times = place_.turns});
}

void Review::note_caller() {
  Work& work = works_[place_.work];
  if (recording_) work.callers = plus(work.callers, place_.turns);
}

// The block of `{% call %}` runs as often as what is called calls it; once where that is no macro.
void Review::note_block(const Node& node, std::size_t first, std::size_t block) {
  std::vector<Call>& calls = works_[place_.work].calls;
  bool known = false;
  for (std::size_t i = first; i < calls.size(); ++i) {
    if (calls[i].node != &node) continue;
    calls[i].block = block;
    known = true;
  }
  if (!known) note_call(node, block);
}

// The work of each macro and block, worked out once, after that of all that it calls. Within a
// circle of calls each counts once: those have a rule of their own.
void Review::check_work() {
  Graph graph(works_.size());
  for (std::size_t i = 0; i < works_.size(); ++i) {
    for (const Call& call : works_[i].calls) {
      graph[i].push_back(call.callee);
      if (call.block) graph[i].push_back(*call.block);
    }
  }
  const std::vector<std::size_t> circle = circles(graph);
  struct Cost {
    std::int64_t steps = 0;
    std::int64_t callers = 0;
  };
  std::vector<Cost> costs(works_.size());
  for (const std::size_t i : ordered(graph)) {
    Work& work = works_[i];
    bool told = false;
    std::int64_t callers = work.callers;
    for (const Call& call : work.calls) {
      const auto cost = [&](std::size_t called) {
        return circle[called] == circle[i] ? Cost() : costs[circle[called]];
      };
      const Cost callee = cost(call.callee);
      // Without a block, perhaps with the one that the caller was given.
      const Cost block = call.block ? cost(*call.block) : Cost{.steps = 0, .callers = 1};
      const std::int64_t blocks = times(callee.callers, plus(block.steps, 1));
      work.add(*call.node, times(call.times, plus(plus(callee.steps, blocks), 1)));
      callers = plus(callers, times(call.times, times(callee.callers, block.callers)));
      told = told || callee.steps > kMostSteps || block.steps > kMostSteps;
    }
    if (work.steps > kMostSteps && !told)
      report(rule::kHugeConstant, *work.dearest,
             fmt::format("loops and calls make more than {} steps of {} messages", kMostSteps,
                         kMessages));
    Cost& whole = costs[circle[i]];
    whole.steps = plus(whole.steps, work.steps);
    whole.callers = plus(whole.callers, callers);
  }
}

}  // namespace gh::jinja
