#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

// `content[12:]` and `content[12]`: whether there is anything so far behind says how long it is.
bool Review::is_far_part(const Node* node) {
  if (node == nullptr || node->kind != Kind::subscript) return false;
  const Node* at = node->parts[1];
  if (at->kind == Kind::slice) at = at->parts[0];
  return at != nullptr && at->kind == Kind::integer && at->number >= kLongMessage;
}

ValuePtr Review::test(const Node& node) {
  const Node& subject = *node.parts[0];
  const std::string_view test = node.text;
  if (!is_known_test(test))
    report(rule::kUnknownName, node, fmt::format("the test `{}`", escape(test, 64)), test);
  static constexpr std::array<std::string_view, 3> kShapes = {"odd", "even", "divisibleby"};
  const bool existence = test == "defined" || test == "undefined" || test == "callable";
  if (existence && subject.kind == Kind::name) {
    check_name(subject, subject.text);
    return fact(make({}));
  }
  const std::size_t before = triggers_.size();
  const ValuePtr left = value(&subject);
  unsettle(before);
  const Arguments given = arguments(node, 1);
  if (existence && left->content && is_far_part(&subject))
    add_trigger(node, "whether it is so long", "", false, !negated_);
  if (left->measure && is_one_of(test, kShapes))
    add_trigger(node, fmt::format("whether its length is {}", test), "", false, !negated_);
  if (left->content && asks_for_words(test))
    add_trigger(node, fmt::format("whether it is {}", test), "", false, !negated_);
  if (!given.all.empty()) {
    const Node& argument = *node.parts[1];
    const bool named = argument.kind == Kind::keyword || argument.kind == Kind::spread;
    check_comparison(node, test, {&subject, left},
                     {named ? argument.parts[0] : &argument, given.all[0]});
  }
  return fact(left);
}

// A number decides by whether it is nothing.
ValuePtr Review::condition(const Node* node) {
  const ValuePtr made = value(node);
  if (made->numeric && made->content)
    add_trigger(*node, "whether a number that is made of it is 0", "", false, !negated_);
  if (made->content && is_far_part(node))
    add_trigger(*node, "whether it is long enough to have such a part", "", false, !negated_);
  if (made->numeric && made->date)
    report(rule::kDate, *node, "a number made of the time of rendering decides");
  return made;
}

ValuePtr Review::negation(const Node& node) {
  negated_ = !negated_;
  const ValuePtr operand = condition(node.parts[0]);
  negated_ = !negated_;
  return fact(operand);
}

ValuePtr Review::logic(const Node& node) {
  const std::size_t contents = contents_;
  const ValuePtr left = condition(node.parts[0]);
  const int on_content = std::exchange(on_content_, on_content_ + (contents_ > contents ? 1 : 0));
  const std::size_t mappings = mappings_.size();
  if (node.text == "and") note_mappings(*node.parts[0]);
  const ValuePtr right = value(node.parts[1]);
  mappings_.resize(mappings);
  on_content_ = on_content;
  return one_of(left, right);
}

ValuePtr Review::conditional(const Node& node) {
  const std::size_t before = triggers_.size();
  const std::size_t contents = contents_;
  condition(node.parts[0]);
  const int on_content = std::exchange(on_content_, on_content_ + (contents_ > contents ? 1 : 0));
  std::vector<Trigger> marks = told_on(node, before);
  report_triggers(before, &node);
  const std::size_t mappings = mappings_.size();
  note_mappings(*node.parts[0]);
  const ValuePtr one = value(node.parts[1]);
  mappings_.resize(mappings);
  std::ranges::move(marks, std::back_inserter(triggers_));
  const ValuePtr other = node.parts[2] == nullptr ? one : value(node.parts[2]);
  on_content_ = on_content;
  return node.parts[2] == nullptr ? one : one_of(one, other);
}

ValuePtr Review::compare(const Node& node) {
  const std::size_t before = triggers_.size();
  Operand left{node.parts[0], value(node.parts[0])};
  unsettle(before);
  Values all = {left.value};
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    const Node& operand = *node.parts[i];
    const std::size_t own = triggers_.size();
    const Operand right{operand.parts[0], value(operand.parts[0])};
    unsettle(own);
    check_comparison(operand, operand.text, left, right);
    all.push_back(right.value);
    left = right;
  }
  return fact(make(merged(all)));
}

}  // namespace gh::jinja
