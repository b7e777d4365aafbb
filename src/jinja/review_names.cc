// What names stand for, by the frames that they are set in.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"

namespace gh::jinja {

void Review::assign(const Node& target, const ValuePtr& value) {
  if (target.kind == Kind::tuple) {
    const bool known = value->is == Value::Is::list && value->items.size() == target.parts.size();
    Value any = merged({value});
    any.origin = any.inner = within(*value);
    const ValuePtr part = make(std::move(any));
    for (std::size_t i = 0; i < target.parts.size(); ++i)
      assign(*target.parts[i], known ? value->items[i] : part);
  } else if (target.kind == Kind::namespace_target) {
    const Node& space = *target.parts[0];
    check_attribute(target, target.text);
    const ValuePtr before = known(space).value;
    if (before != nullptr && before->conversation &&
        (target.text == "content" || target.text == "role"))
      report(rule::kMutation, target, fmt::format("the {} of a message is set", target.text),
             target.text);
    const std::string attribute = space.text + "." + target.text;
    check_growth(attribute, value, target);
    name_attribute(target.text, value);
    // Another namespace may have its name by now.
    assign(attribute, attribute, uncertain(value), target);
  } else {
    if (target.text == "messages" && value->record)
      report(rule::kMutation, target, "messages are put among those of the conversation");
    assign_name(target, value);
    bind(target, {.copies = value->copies, .size = std::max<std::int64_t>(value->size, 1)});
  }
}

const std::string& Review::key_of(const Node& name) const {
  const Frames::Meanings& meanings = frames_.meanings(name);
  return meanings.empty() ? name.text : meanings.front().slot->key;
}

// What is set in a frame begins as what the name means around it.
Review::Known Review::known(const Node& name) const {
  Known out;
  for (const auto& [slot, last] : frames_.meanings(name)) {
    const auto value = names_.find(slot->key);
    if (value != names_.end())
      out.value = out.value == nullptr ? value->second : either(out.value, value->second);
    const auto bound = bound_.find(slot->key);
    if (bound != bound_.end() && !bound->second.empty()) out.binding = &bound->second.back();
    out.assigned = last || out.binding != nullptr;
    if (out.assigned) break;
  }
  return out;
}

void Review::bind(const Node& name, Binding binding) {
  // In a branch it may keep what it holds, and hold this after the branch.
  if (branches_ > 0) {
    for (const auto& [slot, last] : frames_.meanings(name)) {
      const auto outer = bound_.find(slot->key);
      if (outer == bound_.end() || outer->second.empty()) continue;
      Binding& around = outer->second.back();
      widen(around.copies, binding.copies);
      if (around.size > 0) around.size = std::max(around.size, binding.size);
      break;
    }
  }
  const std::string& key = key_of(name);
  binding.macro = macro_;
  bound_[key].push_back(std::move(binding));
  order_.push_back(key);
}

Review::Scope::~Scope() {
  for (; review_.order_.size() > size_; review_.order_.pop_back())
    review_.bound_.find(review_.order_.back())->second.pop_back();
}

void Review::assign_name(const Node& name, const ValuePtr& value) {
  assign(key_of(name), name.text, value, name);
}

void Review::assign(const std::string& key, std::string_view name, const ValuePtr& value,
                    const Node& at) {
  check_name(at, name);
  forget_mapping(name);
  const auto [place, fresh] = names_.try_emplace(key, value);
  fresh_ = fresh_ || fresh;
  if (fresh) return;
  const ValuePtr both = either(place->second, value);
  note_fresh(place->second, both);
  place->second = both;
}

// Nothing but this makes a key a finding, and each grows only so often.
void Review::note_fresh(const ValuePtr& before, const ValuePtr& after) {
  fresh_ = fresh_ || before->is != after->is || origin_of(*before) != origin_of(*after) ||
           inner_of(*before) != inner_of(*after) || before->choice != after->choice ||
           before->table != after->table || before->callee.empty() != after->callee.empty() ||
           does_much(before->callee) != does_much(after->callee);
}

}  // namespace gh::jinja
