#include "jinja/frames.h"

#include <fmt/format.h>

namespace gh::jinja {

namespace {

// Frames inside each other that are told apart. Those within count as one, so that a name never
// means more variables than this.
constexpr std::size_t kMostFrames = 24;

}  // namespace

void Frames::read(const Tree& tree) {
  for (const bool resolving : {false, true}) {
    resolving_ = resolving;
    push(nullptr);
    all(tree.body);
    pop();
  }
}

const Frames::Meanings& Frames::meanings(const Node& node) const {
  static const Meanings kNone;
  const auto known = meanings_.find(&node);
  return known == meanings_.end() ? kNone : known->second;
}

void Frames::push(const Node* node) {
  around_.push_back(node);
  const std::size_t number = variables_.size();
  const Variables& own =
      variables_.try_emplace(node, Variables{.number = number, .slots = {}}).first->second;
  if (!resolving_) return;
  for (const auto& [name, slot] : own.slots) open_[name].push_back({&slot, apart_});
}

void Frames::pop() {
  if (resolving_)
    for (const auto& [name, slot] : variables_.at(around_.back()).slots) open_[name].pop_back();
  around_.pop_back();
}

template <class Inside>
void Frames::frame(const Node& node, Inside inside, bool apart) {
  const bool deep = around_.size() >= kMostFrames;
  apart_ += apart ? 1 : 0;
  if (!deep) push(&node);
  inside();
  if (!deep) pop();
  apart_ -= apart ? 1 : 0;
}

void Frames::all(const std::vector<Node*>& nodes, std::size_t from) {
  for (std::size_t i = from; i < nodes.size(); ++i)
    if (nodes[i] != nullptr) visit(*nodes[i]);
}

void Frames::visit(const Node& node) {
  switch (node.kind) {
    case Kind::name:
      return resolve(node);
    case Kind::for_loop: {
      if (node.number != 0 && !resolving_) recursive_.push_back(&node);
      visit(*node.parts[1]);
      frame(node, [&] {
        target(*node.parts[0], true);
        all(node.parts, 2);
        for (const Node* one : node.body)
          if (one->kind != Kind::loop_else) visit(*one);
      });
      for (const Node* one : node.body)
        if (one->kind == Kind::loop_else) frame(*one, [&] { all(one->body); });
      return;
    }
    case Kind::macro:
    case Kind::call_block: {
      const bool macro = node.kind == Kind::macro;
      if (macro)
        store(node, false);
      else
        visit(*node.parts[0]);
      return frame(node, [&] {
        for (std::size_t i = macro ? 0 : 1; i < node.parts.size(); ++i) {
          store(*node.parts[i], true);
          // What a parameter is by default is worked out before all of them are there.
          ++apart_;
          all(node.parts[i]->parts);
          --apart_;
        }
        all(node.body);
      });
    }
    case Kind::with:
      for (std::size_t i = 1; i < node.parts.size(); i += 2) visit(*node.parts[i]);
      return frame(node, [&] {
        for (std::size_t i = 0; i < node.parts.size(); i += 2) target(*node.parts[i], true);
        all(node.body);
      });
    case Kind::set:
      visit(*node.parts[1]);
      return target(*node.parts[0], false);
    case Kind::set_block:
      target(*node.parts[0], false);
      return frame(node, [&] {
        all(node.parts, 1);
        all(node.body);
      });
    case Kind::filter_block:
      return frame(node, [&] {
        all(node.parts);
        all(node.body);
      });
    case Kind::scope:
      all(node.parts);
      return frame(node, [&] { all(node.body); }, node.text == "block");
    default:
      all(node.parts);
      all(node.body);
  }
}

void Frames::target(const Node& node, bool entry) {
  if (node.kind == Kind::name) return store(node, entry);
  if (node.kind == Kind::namespace_target) return visit(*node.parts[0]);
  for (const Node* part : node.parts) target(*part, entry);
}

void Frames::store(const Node& node, bool entry) {
  if (resolving_) return resolve(node);
  const bool deep = around_.size() >= kMostFrames;
  Variables& own = variables_.at(around_.back());
  const auto [place, fresh] = own.slots.try_emplace(node.text);
  Slot& slot = place->second;
  if (fresh) slot.key = own.number == 0 ? node.text : fmt::format("{}#{}", node.text, own.number);
  slot.entry = !deep && (fresh ? entry : slot.entry || entry);
}

void Frames::resolve(const Node& node) {
  if (!resolving_) return;
  const auto open = open_.find(node.text);
  if (open == open_.end()) return;
  Meanings& found = meanings_[&node];
  for (auto one = open->second.rbegin(); one != open->second.rend(); ++one) {
    const bool last = one->slot->entry && one->apart == apart_;
    found.push_back({one->slot, last});
    if (last) break;
  }
}

}  // namespace gh::jinja
