#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "jinja/arithmetic.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"

namespace gh::jinja {

namespace {

// The text of a part of a block without the white space around it, which tags may strip.
std::string_view stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\f\v";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

// A parameter: what it is given may be any literal.
Value parameter_value() {
  Value value;
  value.mixed = true;
  value.origin = Origin::data;
  value.inner = Origin::data;
  return value;
}

}  // namespace

void Review::run(const Tree& tree) {
  frames_.read(tree);
  for (walk_ = 0; !recording_; ++walk_) {
    recording_ = walk_ == kMostWalks || (walk_ >= 2 && !fresh_);
    if (walk_ == kMostWalks && fresh_)
      examination_.add(rule::kTooLarge, "variables are given to each other in too long a chain");
    fresh_ = false;
    fold_ = {};
    loops_ = {};
    recursions_.clear();
    works_ = {Work()};
    work_of_.clear();
    const Scope scope(*this);
    for (const Node* node : tree.body) statement(*node);
    open_ = false;
    forget_hops();
  }
  check_recursions();
  check_work();
}

// A plain variable begins anew in each rendering; a namespace may gather keys in a loop.
void Review::forget_hops() {
  for (auto& [name, value] : names_) {
    if (value->hops == 0 || name.contains('.')) continue;
    Value anew = *value;
    anew.hops = 0;
    value = make(std::move(anew));
  }
}

void Review::statements(const Nodes& nodes) {
  for (const Node* node : nodes) statement(*node);
  if (!nodes.empty()) end_said(*nodes.back());
}

void Review::statement(const Node& node) {
  const std::size_t before = triggers_.size();
  if (node.kind != Kind::data && node.kind != Kind::output) end_said(node);
  switch (node.kind) {
    case Kind::data:
      if (walk_ == 0) note_written(node);
      check_text(node, node.text);
      note_said(node, *text_value(node.text));
      note_text(node, static_cast<std::int64_t>(node.text.size()));
      if (outputs_.values != nullptr) outputs_.values->push_back(text_value(node.text));
      break;
    case Kind::output:
      if (walk_ == 0)
        for (const Node* part : node.parts) note_written(*part);
      for (const ValuePtr& one : values(node.parts)) {
        note_text(node, one->size);
        note_said(node, *one);
        if (outputs_.values == nullptr) continue;
        outputs_.values->push_back(one);
        if (in_loop_ > outputs_.in_loop) outputs_.values->push_back(one);
      }
      break;
    case Kind::for_loop:
      for_loop(node);
      break;
    case Kind::set:
    case Kind::set_block:
      set(node);
      break;
    case Kind::macro:
      macro(node);
      break;
    case Kind::call_block: {
      const std::size_t calls = works_[place_.work].calls.size();
      value(node.parts[0]);
      const std::size_t block = works_.size();
      works_.emplace_back();
      note_block(*node.parts[0], calls, block);
      const Place around = std::exchange(place_, {.work = block});
      const Scope scope(*this);
      for (std::size_t i = 1; i < node.parts.size(); ++i) {
        if (given_to_caller_ != nullptr) assign_name(*node.parts[i], given_to_caller_);
        // What a block is called with is not followed.
        assign_name(*node.parts[i], raised(make(parameter_value()), Origin::made));
        bind(*node.parts[i]);
      }
      statements(node.body);
      place_ = around;
      break;
    }
    case Kind::with: {
      Values given;  // none of them sees the others
      for (std::size_t i = 1; i < node.parts.size(); i += 2) given.push_back(value(node.parts[i]));
      const Scope scope(*this);
      for (std::size_t i = 0; i < given.size(); ++i) assign(*node.parts[2 * i], given[i]);
      statements(node.body);
      break;
    }
    case Kind::template_reference:
      value(node.parts[0]);
      report(rule::kOtherTemplate, node, fmt::format("the tag `{}`", node.text));
      break;
    case Kind::if_chain:
      if_chain(node);
      break;
    case Kind::filter_block:
      filter_block(node);
      break;
    default: {  // loop_else, scope, loop_control
      values(node.parts);
      // A block of a page sees none of the variables around it.
      const bool apart = node.kind == Kind::scope && node.text == "block";
      auto around = apart ? std::exchange(bound_, {}) : decltype(bound_)();
      {
        const Scope scope(*this);
        statements(node.body);
      }
      if (apart) bound_ = std::move(around);
    }
  }
  report_marks(before, node);
  report_triggers(before, nullptr);
}

void Review::filter_block(const Node& node) {
  Values parts;
  const Outputs around = std::exchange(outputs_, {.values = &parts, .in_loop = in_loop_});
  {
    const Scope scope(*this);
    statements(node.body);
  }
  outputs_ = around;
  const ValuePtr before = std::exchange(block_, make(merged(parts)));
  const ValuePtr made = value(node.parts[0]);
  block_ = before;
  if (outputs_.values != nullptr) outputs_.values->push_back(made);
}

void Review::if_chain(const Node& node) {
  std::optional<Trigger> mark;
  bool on_content = false;  // a condition so far
  for (const Node* branch : node.body) {
    const Node* condition = branch->parts[0];
    const std::size_t before = triggers_.size();
    const std::size_t mappings = mappings_.size();
    if (condition != nullptr) {
      const std::size_t contents = contents_;
      value(condition);
      on_content = on_content || contents_ > contents;
      if (const auto found = mark_since(before, *branch)) mark = found;
      report_triggers(before, &node, branch);
      note_mappings(*condition);
    }
    if (mark) note_branch(*branch, *mark);
    const Scope scope(*this);
    ++branches_;
    const int outer = std::exchange(on_content_, on_content_ + (on_content ? 1 : 0));
    statements(branch->body);
    on_content_ = outer;
    --branches_;
    mappings_.resize(mappings);
  }
}

void Review::for_loop(const Node& node) {
  const ValuePtr iterable = value(node.parts[1]);
  const bool otherwise = !node.body.empty() && node.body.back()->kind == Kind::loop_else;
  for_body(node, iterable, {node.body.begin(), node.body.end() - (otherwise ? 1 : 0)});
  // Runs once, where the loop does not, and sees nothing of it.
  if (otherwise) statement(*node.body.back());
}

void Review::for_body(const Node& node, const ValuePtr& iterable, const Nodes& body) {
  const Scope scope(*this);
  assign_items(*node.parts[0], iterable);
  note_reach(node);
  const std::int64_t turns = std::exchange(place_.turns, times(place_.turns, turns_of(*iterable)));
  note_turn(node);
  if (node.parts[2] != nullptr) value(node.parts[2]);

  const Loops around = std::exchange(loops_, inside(node, loop_over(*iterable)));
  const bool looping = std::exchange(looping_, true);
  const int branches = std::exchange(branches_, 0);
  auto anew = std::exchange(set_anew_, {});
  ++in_loop_;
  const Node* outer = std::exchange(loop_, &node);
  statements(body);
  loop_ = outer;
  --in_loop_;
  place_.turns = turns;
  loops_ = around;
  looping_ = looping;
  branches_ = branches;
  set_anew_ = std::move(anew);
}

// `loop(…)`: a loop goes through what it is given, as it went through what stands in it.
void Review::loop_again(const Arguments& given) {
  for (const Node* loop : frames_.recursive())
    for (const ValuePtr& one : given.all) assign_items(*loop->parts[0], one);
}

void Review::assign_items(const Node& target, const ValuePtr& iterable) {
  if (iterable->is == Value::Is::list && !iterable->items.empty()) {
    for (const ValuePtr& one : iterable->items) assign(target, one);
    return;
  }
  Value item = merged({iterable});
  item.numeric = iterable->numeric;
  item.hidden = iterable->hidden || iterable->constant;
  item.mixed = iterable->mixed;
  item.part = iterable->content;
  item.given = iterable->given;
  item.origin = item.inner = within(*iterable);
  const bool keyed = iterable->key != nullptr && !changing_;
  if (target.kind != Kind::tuple || target.parts.size() != 2 || !iterable->pairs)
    return assign(target, keyed && !iterable->pairs ? iterable->key : make(std::move(item)));
  // The words of a message stand behind its keys.
  item.part = false;
  item.content = item.content || item.conversation;
  Value key = item;
  key.content = key.entries = false;
  assign(*target.parts[0], keyed ? iterable->key : make(std::move(key)));
  assign(*target.parts[1], make(std::move(item)));
}

void Review::set(const Node& node) {
  const Node& target = *node.parts[0];
  if (node.kind == Kind::set) {
    const Node& made = *node.parts[1];
    const std::size_t before = triggers_.size();
    const ValuePtr result = value(&made);
    note_text(node, result->size);
    assign(target, result);
    note_flag(node, mark_since(before, node), *result);
    if (target.kind == Kind::name) bound_.find(key_of(target))->second.back().reach = reach(made);
    // `namespace(x=…)`: its attributes are variables.
    if (target.kind == Kind::name && made.kind == Kind::call && made.parts[0]->kind == Kind::name &&
        made.parts[0]->text == "namespace") {
      for (const Node* argument : made.parts) {
        if (argument->kind != Kind::keyword) continue;
        const std::string attribute = target.text + "." + argument->text;
        const ValuePtr first = value(argument->parts[0]);
        set_anew_[attribute] = first->copies;
        assign(attribute, attribute, uncertain(first), *argument);
      }
    }
    return;
  }
  // What a block renders to, when it is texts and outputs only; else it counts as made of
  // literals that were not worked out.
  Values parts;
  const Outputs around = std::exchange(outputs_, {.values = &parts, .in_loop = in_loop_});
  bool whole = node.parts[1] == nullptr;
  const std::optional<Trigger> mark_around = std::exchange(outputs_mark_, std::nullopt);
  {
    const Scope scope(*this);
    for (const Node* child : node.body) {
      if (child->kind == Kind::data) {
        check_text(*child, child->text);
        parts.push_back(text_value(std::string(stripped(child->text))));
      } else if (child->kind == Kind::output) {
        for (const ValuePtr& one : values(child->parts)) parts.push_back(one);
      } else {
        statement(*child);
        whole = false;
      }
    }
  }
  outputs_ = around;
  const ValuePtr written = make(merged(parts));
  note_flag(node, std::exchange(outputs_mark_, mark_around), *written);
  const ValuePtr before = std::exchange(block_, written);
  if (node.parts[1] != nullptr) value(node.parts[1]);
  block_ = before;
  check_no_function(node, parts);
  check_joined(node, parts);
  if (!whole) check_joined(node, {written, make({})});
  assign(target, whole ? judged(node, fold_.concat(parts)) : make(merged(parts)));
}

void Review::macro(const Node& node) {
  check_name(node, node.text);
  macros_[node.text] = &node;
  bind(node);
  // What its parameters are by default is worked out in each call.
  const Place place = std::exchange(place_, {.work = work_of(node.text)});
  for (const Node* parameter : node.parts) {
    // Calls by the macro's name assign more.
    const bool has_default = !parameter->parts.empty();
    if (has_default) assign_name(*parameter, value(parameter->parts[0]));
    Value given = parameter_value();
    if (taken_.contains(node.text)) given.origin = given.inner = Origin::made;
    assign_name(*parameter, make(std::move(given)));
  }
  const Scope scope(*this);
  for (const Node* parameter : node.parts)
    bind(*parameter, {.reach = Reach::own, .copies = {{node.text + "(" + parameter->text, 1}}});
  const std::string outer = std::exchange(macro_, node.text);
  const int in_loop = std::exchange(in_loop_, 0);
  const Loops around = std::exchange(loops_, {});
  const Loops most = std::exchange(most_, {});
  const bool looping = std::exchange(looping_, true);
  auto anew = std::exchange(set_anew_, {});
  Values outputs;
  const Outputs outputs_around = std::exchange(outputs_, {.values = &outputs});
  const std::optional<Trigger> mark_around = std::exchange(outputs_mark_, std::nullopt);
  statements(node.body);
  outputs_ = outputs_around;
  if (const auto mark = std::exchange(outputs_mark_, mark_around))
    note_flag(node.text + "()", *mark);
  const Value all = merged(outputs);
  Value written;
  written.conversation = all.conversation;
  written.content = all.content;
  written.date = all.date;
  written.token = all.token;
  written.copies = all.copies;
  written_by_[node.text] = make(std::move(written));
  loops_of_[node.text] = std::exchange(most_, most);
  loops_ = around;
  macro_ = outer;
  place_ = place;
  in_loop_ = in_loop;
  looping_ = looping;
  set_anew_ = std::move(anew);
}

}  // namespace gh::jinja
