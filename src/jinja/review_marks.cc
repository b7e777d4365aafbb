// What hangs on a mark. Templates look for marks in what is said, "</think>" or "/no_think", and
// write other marks; words that they write only then are what a trigger is made for. Digits,
// punctuation and white space stand in messages of all kinds and mark nothing: a word is enough
// behind those.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kQuoted = 64;
constexpr char kGap = '\x01';  // where something is written that was not worked out

// "<mm:think>" is no words.
std::string without_tags(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == '<' ? text.find_first_of("<> \t\n\r", at + 1) : at;
    if (end != std::string_view::npos && text[end] == '>') at = end;
    out += text[at];
  }
  return out;
}

bool speaks(std::string_view text, bool signs) {
  return is_prose(without_tags(text)) || (signs && is_wording(text));
}

// What is looked for: the text, or one of several; signs before marks.
std::string_view mark_of(const Value& value) {
  if (!value.constant || value.wording) return {};
  if (value.is_text()) return value.text;
  std::string_view found;
  for (const ValuePtr& one : value.items)
    if (one->is_text() && (found.empty() || is_signs(one->text))) found = one->text;
  return found;
}

// Tells that a branch was taken, and nothing else. A mode that is called by its mark says what the
// message says: "/no_think".
bool is_flag(const Node& value) {
  if (value.kind == Kind::text)
    return !value.text.empty() && (is_wording(value.text) || is_signs(value.text));
  return value.kind == Kind::boolean || value.kind == Kind::integer || value.kind == Kind::real ||
         value.kind == Kind::none;
}

}  // namespace

void Review::add_mark(const Node& node, std::string_view how, const Value& text, Trigger trigger) {
  const std::string_view mark = mark_of(text);
  if (mark.empty()) return;
  trigger.node = &node;
  trigger.message = fmt::format("{} \"{}\", and adds words", how, escape(mark, kQuoted));
  trigger.words = mark;
  trigger.mark = true;
  triggers_.push_back(std::move(trigger));
}

void Review::unsettle(std::size_t first) {
  for (; first < triggers_.size(); ++first) triggers_[first].both = true;
}

void Review::report_marks(std::size_t first, const Node& statement) {
  for (std::size_t i = first; i < triggers_.size(); ++i) {
    const Trigger trigger = triggers_[i];  // the list may move while it is weighed
    if (recording_ && trigger.mark && !trigger.piece && says(statement, is_signs(trigger.words)))
      report(rule::kTrigger, *trigger.node, trigger.message, trigger.words);
  }
}

// Where the mark is there. What is said to all messages without it is no secret.
bool Review::adds_words(const Trigger& trigger, const Node& decided) {
  if (!recording_) return false;
  const bool there = trigger.present || trigger.both;
  const bool elsewhere = !trigger.present || trigger.both;
  const bool signs = is_signs(trigger.words);
  if (decided.kind == Kind::conditional)
    return (there && says(*decided.parts[1], signs)) ||
           (elsewhere && decided.parts[2] != nullptr && says(*decided.parts[2], signs));
  if (there && says(*trigger.branch, signs)) return true;
  return elsewhere && says_after(decided, *trigger.branch, signs);
}

// Whether a later branch does. The last one that does is looked for once.
bool Review::says_after(const Node& chain, const Node& branch, bool signs) {
  const auto [last, fresh] = last_saying_.try_emplace({&chain, signs}, nullptr);
  if (fresh)
    for (const Node* one : chain.body)
      if (says(*one, signs)) last->second = one;
  const auto place = [](const Node& node) { return std::pair(node.at.line, node.at.column); };
  return last->second != nullptr && place(*last->second) > place(branch);
}

// Pieces that stand side by side are one text.
bool Review::says(const Nodes& nodes, bool signs) {
  std::string text;
  return std::ranges::any_of(nodes, [&](const Node* node) { return says(*node, signs, text); }) ||
         speaks(text, signs);
}

bool Review::says(const Node& node, bool signs, std::string& text) {
  if (node.kind == Kind::data) {
    text += node.text;
    return false;
  }
  if (node.kind != Kind::output) {
    text += kGap;
    return says(node, signs);
  }
  return std::ranges::any_of(node.parts, [&](const Node* part) {
    const ValuePtr made = weighed(*part);
    text += made->is_text() ? made->text : std::string(1, kGap);
    return !made->is_text() && says(*part, signs);
  });
}

bool Review::says(const Node& node, bool signs) {
  const auto [known, fresh] = says_.try_emplace({&node, signs}, false);
  if (!fresh) return known->second;
  const auto any = [&](const Nodes& nodes, std::size_t from = 0) {
    return std::any_of(nodes.begin() + static_cast<std::ptrdiff_t>(from), nodes.end(),
                       [&](const Node* part) { return part != nullptr && says(*part, signs); });
  };
  bool out = false;
  switch (node.kind) {
    case Kind::text:
    case Kind::data:
      out = speaks(node.text, signs);
      break;
    case Kind::compare:
    case Kind::test:
      break;
    case Kind::output: {
      std::string text;
      out = says(node, signs, text) || speaks(text, signs);
      break;
    }
    case Kind::name: {
      const ValuePtr value = this->known(node).value;
      out = value != nullptr && value->is_text() && speaks(value->text, signs);
      break;
    }
    case Kind::conditional:
      out = any(node.parts, 1);
      break;
    case Kind::branch:
      out = says(node.body, signs);
      break;
    case Kind::subscript:
      out = says(*node.parts[0], signs) ||
            (node.parts[1]->kind != Kind::text && says(*node.parts[1], signs));
      break;
    case Kind::call: {
      const Node& callee = *node.parts[0];
      if (callee.kind == Kind::name && callee.text == "raise_exception") break;
      const auto macro = callee.kind == Kind::name ? macros_.find(callee.text) : macros_.end();
      // What is looked for is not written.
      if (callee.kind == Kind::attribute && looks_for(callee.text)) {
        out = says(callee, signs);
        break;
      }
      out = any(node.parts) || (macro != macros_.end() && says(macro->second->body, signs));
      break;
    }
    default:
      out = any(node.parts) || says(node.body, signs);
  }
  return says_[{&node, signs}] = out;
}

// `true if … else false` decides like its condition; of another the words were weighed already.
std::vector<Review::Trigger> Review::told_on(const Node& conditional, std::size_t first) const {
  const auto flag = [](const Node* value) {
    return value != nullptr && value->kind != Kind::text && is_flag(*value);
  };
  const bool flags = flag(conditional.parts[1]) || flag(conditional.parts[2]);
  std::vector<Trigger> out;
  for (std::size_t i = first; i < triggers_.size(); ++i) {
    if (!triggers_[i].mark) continue;
    out.push_back(triggers_[i]);
    out.back().both = true;
    out.back().piece = out.back().piece || !flags;
  }
  return out;
}

// The variable of `set hit`, "n.hit" of `set n.hit`.
std::string Review::target_of(const Node& set) const {
  const Node& target = *set.parts[0];
  if (target.kind == Kind::name) return key_of(target);
  if (target.kind == Kind::namespace_target)
    return fmt::format("{}.{}", target.parts[0]->text, target.text);
  return {};
}

void Review::note_flag(const std::string& name, const Trigger& trigger) {
  if (name.empty()) return;
  fresh_ = flags_.try_emplace(name, trigger).second || fresh_;
}

// A variable that is no part of a message and was made of whether a mark is there.
void Review::note_flag(const Node& set, const std::optional<Trigger>& mark, const Value& made) {
  if (!mark) return;
  const Node* from = set.kind == Kind::set ? set.parts[1] : nullptr;
  const auto macro = from != nullptr && from->kind == Kind::call
                         ? written_by_.find(from->parts[0]->text)
                         : written_by_.end();
  const Value& written = macro == written_by_.end() ? made : *macro->second;
  if (!written.content && !written.conversation) note_flag(target_of(set), *mark);
}

std::optional<Review::Trigger> Review::mark_since(std::size_t first, const Node& branch) const {
  std::optional<Trigger> found;
  for (; first < triggers_.size(); ++first)
    if (triggers_[first].mark) found = triggers_[first];
  if (found) found->branch = &branch;
  return found;
}

// Variables that a branch sets to something that tells that it was taken, and the rest of a loop
// that it leaves where the mark is missing.
void Review::note_branch(const Node& branch, Trigger trigger) {
  const bool there = (trigger.branch == &branch) == trigger.present;
  const bool leaves = trigger.both || !there;
  trigger.both = true;
  note_branch(branch.body, trigger, leaves);
}

void Review::note_branch(const Nodes& nodes, const Trigger& trigger, bool leaves) {
  for (const Node* node : nodes) {
    if (node->kind == Kind::set && is_flag(*node->parts[1])) note_flag(target_of(*node), trigger);
    if (node->kind == Kind::data || node->kind == Kind::output) outputs_mark_ = trigger;
    if (node->kind == Kind::loop_control && leaves && recording_ && loop_ != nullptr &&
        says(*loop_, is_signs(trigger.words)))
      report(rule::kTrigger, *trigger.node, trigger.message, trigger.words);
    note_branch(node->body, trigger, leaves);
  }
}

void Review::look_at_flags(const Node& name) {
  for (const auto& [slot, last] : frames_.meanings(name)) {
    look_at_flag(slot->key);
    if (last) break;
  }
}

void Review::look_at_flag(const std::string& name) {
  const auto flag = flags_.find(name);
  if (flag == flags_.end()) return;
  ++contents_;
  Trigger trigger = flag->second;
  trigger.piece = trigger.piece || name.ends_with("()");
  trigger.present = trigger.present != negated_;
  triggers_.push_back(std::move(trigger));
}

}  // namespace gh::jinja
