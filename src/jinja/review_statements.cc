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

// `text` as large as `by`, which was made of it.
ValuePtr enlarged(const ValuePtr& text, const Value& by) {
  Value out = *text;
  out.size = std::max(out.size, by.size);
  widen(out.copies, by.copies);
  return make(std::move(out));
}

// A variable, or an attribute of one.
bool is_same(const Node& target, const Node& part) {
  if (target.text != part.text) return false;
  return target.kind == Kind::name
             ? part.kind == Kind::name
             : part.kind == Kind::attribute && part.parts[0]->kind == Kind::name &&
                   part.parts[0]->text == target.parts[0]->text;
}

// `set n.x = n.x + 1`, or `~ 'a'`
bool adds_to(const Node& target, const Node& made) {
  if (made.kind != Kind::concat && (made.kind != Kind::binary || made.text != "+")) return false;
  return std::ranges::any_of(made.parts, [&](const Node* part) { return is_same(target, *part); });
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
    begin_anew();
  }
  report_choices();
  report_formats();
  check_recursions();
  check_growths();
  check_work();
}

// `set x = x ~ 'a'`: a text that is written piece by piece, and shown later.
void Review::check_added(const Node& set, const Value& result) {
  const Node& target = *set.parts[0];
  const Node& made = *set.parts[1];
  if (!recording_ || target.kind == Kind::tuple) return;
  const bool adds = adds_to(target, made) && is_same(target, *made.parts[0]);
  std::string& before = added_[target_of(set)];
  std::swap(said_, before);
  if (!adds) {
    said_.clear();
    check_said(target, result);
  }
  for (std::size_t i = 1; adds && i < made.parts.size(); ++i)
    check_said(target, *weighed(*made.parts[i]));
  std::swap(said_, before);
}

// A variable begins anew in each rendering, but for parameters: calls stand behind the macro. A
// namespace may gather keys in a loop.
void Review::begin_anew() {
  for (auto& [name, value] : names_) {
    const bool hops = value->hops > 0 && !name.contains('.');
    const bool grown =
        value->size > 1 && value->is == Value::Is::unknown && !parameters_.contains(name);
    if (!hops && !grown) continue;
    Value anew = *value;
    if (hops) anew.hops = 0;
    if (grown) anew.size = 1;
    value = make(std::move(anew));
  }
}

// Into the text of the macro or block around.
void Review::write(ValuePtr one) {
  if (outputs_.values == nullptr) return;
  one = quoted(one);
  if (in_loop_ > outputs_.in_loop) {
    Value often = *one;
    often.size = times(often.size, std::max<std::int64_t>(place_.turns / outputs_.turns, 1));
    multiply(often.copies, 2);
    one = make(std::move(often));
  }
  outputs_.values->push_back(std::move(one));
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
      note_text(node, *text_value(node.text));
      write(text_value(node.text));
      break;
    case Kind::output:
      if (walk_ == 0)
        for (const Node* part : node.parts) note_written(*part);
      for (const ValuePtr& one : values(node.parts)) {
        note_text(node, *one);
        note_said(node, *one);
        write(one);
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
    case Kind::call_block:
      call_block(node);
      break;
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
  const Outputs around =
      std::exchange(outputs_, {.values = &parts, .in_loop = in_loop_, .turns = place_.turns});
  std::string said = std::exchange(said_, std::string());
  {
    const Scope scope(*this);
    statements(node.body);
  }
  outputs_ = around;
  said_ = std::move(said);
  const bool whole = std::ranges::all_of(node.body, [](const Node* child) {
    return child->kind == Kind::data || child->kind == Kind::output;
  });
  const ValuePtr before = std::exchange(block_, whole ? fold_.concat(parts) : make(merged(parts)));
  const ValuePtr made = value(node.parts[0]);
  block_ = before;
  check_said(node, *made);
  write(made);
}

void Review::if_chain(const Node& node) {
  std::optional<Trigger> mark;
  const Node* chosen = nullptr;
  bool on_content = false;  // a condition so far
  const std::string said = said_;
  for (const Node* branch : node.body) {
    const Node* condition = branch->parts[0];
    const std::size_t before = triggers_.size();
    const std::size_t mappings = mappings_.size();
    if (condition != nullptr) {
      const std::size_t contents = contents_;
      const ValuePtr made = this->condition(condition);
      if (made->chosen != nullptr) chosen = made->chosen;
      on_content = on_content || contents_ > contents;
      if (const auto found = mark_since(before, *branch)) mark = found;
      report_triggers(before, &node, branch);
      note_mappings(*condition);
    }
    if (mark) note_branch(*branch, *mark);
    said_ = said;
    const Scope scope(*this);
    ++branches_;
    const int outer = std::exchange(on_content_, on_content_ + (on_content ? 1 : 0));
    statements(branch->body);
    on_content_ = outer;
    --branches_;
    mappings_.resize(mappings);
  }
  if (chosen != nullptr) check_chosen(node, *chosen);
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
  if (node.parts[2] != nullptr) condition(node.parts[2]);

  const Loops around = std::exchange(loops_, inside(node, loop_over(*iterable)));
  const bool looping = std::exchange(looping_, true);
  const int branches = std::exchange(branches_, 0);
  auto anew = std::exchange(set_anew_, {});
  ++in_loop_;
  const Node* outer = std::exchange(loop_, &node);
  const bool letters = (iterable->content && !iterable->conversation) || iterable->measure;
  const bool counts = std::exchange(counts_letters_, letters);
  statements(body);
  counts_letters_ = counts;
  loop_ = outer;
  --in_loop_;
  place_.turns = turns;
  loops_ = around;
  looping_ = looping;
  branches_ = branches;
  for (const auto& [name, held] : set_anew_) {
    const auto before = anew.find(name);
    if (before == anew.end()) continue;
    Copies more = held.copies;
    more.erase(name);
    more.erase("#" + name);
    widen(before->second.copies, more);
    before->second.size = std::max(before->second.size, held.size);
  }
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
  item.document = iterable->document;
  const std::int64_t turns = turns_of(*iterable);
  if (!item.numeric) item.size = std::max<std::int64_t>(item.size / turns, 1);
  item.nested = std::max(item.nested - 1, 0);
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
    ValuePtr result = value(&made);
    // One more for each letter.
    if (loops_.content > 0 && target.kind == Kind::namespace_target && adds_to(target, made) &&
        !result->content) {
      Value count = *result;
      count.measure = true;
      result = make(std::move(count));
    }
    note_text(node, *result);
    check_added(node, *result);
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
        set_anew_[attribute] = {first->copies, first->size};
        assign(attribute, attribute, uncertain(first), *argument);
        if (first->is_text()) added_[attribute] = first->text.substr(0, kPiece);
      }
    }
    return;
  }
  // What a block renders to, when it is texts and outputs only; else it counts as made of
  // literals that were not worked out.
  Values parts;
  const Outputs around =
      std::exchange(outputs_, {.values = &parts, .in_loop = in_loop_, .turns = place_.turns});
  bool whole = true;
  const std::optional<Trigger> mark_around = std::exchange(outputs_mark_, std::nullopt);
  std::string said = std::exchange(said_, std::string());
  {
    const Scope scope(*this);
    for (const Node* child : node.body) {
      if (child->kind == Kind::data) {
        check_text(*child, child->text);
        parts.push_back(text_value(std::string(stripped(child->text))));
      } else if (child->kind == Kind::output) {
        for (const ValuePtr& one : values(child->parts)) parts.push_back(quoted(one));
      } else {
        statement(*child);
        whole = false;
      }
    }
  }
  outputs_ = around;
  said_ = std::move(said);
  const ValuePtr written = check_size(node, make(merged(parts)));
  note_flag(node, std::exchange(outputs_mark_, mark_around), *written);
  const ValuePtr plain = whole ? judged(node, fold_.concat(parts)) : written;
  const ValuePtr before = std::exchange(block_, plain->is_text() ? plain : written);
  const ValuePtr filtered = node.parts[1] == nullptr ? plain : value(node.parts[1]);
  block_ = before;
  whole = whole && (node.parts[1] == nullptr || filtered->is_text());
  check_no_function(node, parts);
  check_joined(node, parts);
  if (!whole) check_joined(node, {written, make({})});
  assign(target, whole ? filtered : enlarged(written, *filtered));
}

}  // namespace gh::jinja
