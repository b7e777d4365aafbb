// Macros, and the blocks of calls.

#include <utility>

#include "jinja/arithmetic.h"
#include "jinja/review.h"

namespace gh::jinja {

namespace {

// A parameter: what it is given may be any literal.
Value parameter_value() {
  Value value;
  value.mixed = true;
  value.origin = Origin::data;
  value.inner = Origin::data;
  return value;
}

}  // namespace

// How often a macro writes what its caller says.
int Review::times_called(const Node& call) const {
  if (call.kind != Kind::call) return 1;
  const auto macro = written_by_.find(call.parts[0]->text);
  if (macro == written_by_.end()) return 1;
  const auto often = macro->second->copies.find("caller(");
  return often == macro->second->copies.end() ? 1 : often->second;
}

void Review::call_block(const Node& node) {
  const std::size_t calls = works_[place_.work].calls.size();
  value(node.parts[0]);
  const std::size_t block = works_.size();
  works_.emplace_back();
  note_block(*node.parts[0], calls, block);
  const Place around = std::exchange(place_, {.work = block});
  Values parts;
  const Outputs outputs = outputs_;
  const int often = times_called(*node.parts[0]);
  if (often > 1 && outputs.values != nullptr)
    outputs_ = {.values = &parts, .in_loop = in_loop_, .turns = 1};
  const Scope scope(*this);
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    if (given_to_caller_ != nullptr) assign_name(*node.parts[i], given_to_caller_);
    // What a block is called with is not followed.
    assign_name(*node.parts[i], raised(make(parameter_value()), Origin::made));
    bind(*node.parts[i]);
  }
  statements(node.body);
  place_ = around;
  outputs_ = outputs;
  if (parts.empty()) return;
  Value written = merged(parts);
  written.size = times(written.size, often);
  multiply(written.copies, often);
  write(make(std::move(written)));
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
  const std::string outer = std::exchange(macro_, node.text);
  for (const Node* parameter : node.parts) {
    parameters_.insert(key_of(*parameter));
    bind(*parameter, {.reach = Reach::own, .copies = {{node.text + "(" + parameter->text, 1}}});
  }
  const int in_loop = std::exchange(in_loop_, 0);
  const Loops around = std::exchange(loops_, {});
  const Loops most = std::exchange(most_, {});
  const bool looping = std::exchange(looping_, true);
  auto anew = std::exchange(set_anew_, {});
  Values outputs;
  const Outputs outputs_around =
      std::exchange(outputs_, {.values = &outputs, .in_loop = 0, .turns = 1});
  const std::optional<Trigger> mark_around = std::exchange(outputs_mark_, std::nullopt);
  std::string said = std::exchange(said_, std::string());
  statements(node.body);
  said_ = std::move(said);
  outputs_ = outputs_around;
  if (const auto mark = std::exchange(outputs_mark_, mark_around))
    note_flag(node.text + "()", *mark);
  const Value all = merged(outputs);
  Value written;
  written.conversation = all.conversation;
  written.content = all.content;
  written.date = all.date;
  written.token = all.token;
  written.measure = all.measure;
  written.copies = all.copies;
  for (const ValuePtr& one : outputs)
    if (one->constant) written.size = plus(written.size, one->size);
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
