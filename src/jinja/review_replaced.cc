// Words of the template in the place of those of a message: what a template writes where a message
// has a word, and shows otherwise, is a replacement by another name.

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"

namespace gh::jinja {

struct Review::Written {
  std::string text;     // as far as it is known
  bool said = false;    // something of a message
  bool table = false;   // what a message chose
  bool leaves = false;  // the loop; what stands behind it is shown elsewhere only
};

namespace {

constexpr std::string_view kMarker = "<|>";  // for what is not known: perhaps one of the model's

std::string_view without_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

// No command of the model's, and not those words.
bool is_other(std::string_view text, std::string_view words) {
  return text.find_first_of("<[{|") == std::string_view::npos && !text.contains("▁") &&
         !text.contains("｜") && !equals_ignoring_case(without_space(text), without_space(words));
}

}  // namespace

void Review::add_written(Written& out, const Node& expression) {
  const ValuePtr made = weighed(expression);
  const bool table = made->chosen != nullptr;
  out.table = out.table || table;
  out.said = out.said || (made->content && !table);
  out.text += made->is_text() ? made->text : made->content || table ? " " : kMarker;
}

Review::Written Review::written(const Nodes& statements) {
  Written out;
  for (const Node* node : statements) {
    if (node->kind == Kind::data) out.text += node->text;
    if (node->kind == Kind::loop_control) out.leaves = true;
    if (node->kind == Kind::output)
      for (const Node* part : node->parts) add_written(out, *part);
    const Written inside = written(node->body);
    out.text += inside.text;
    out.said = out.said || inside.said;
    out.table = out.table || inside.table;
    out.leaves = out.leaves || inside.leaves;
  }
  return out;
}

// Of a command. Where the words are there nothing is shown, or something else, and elsewhere what
// was said: a replacement. Words beside what was said are no command either.
const findings::Rule& Review::rule_of(const Trigger& trigger, const Node& decided) {
  std::vector<Written> there;
  std::vector<Written> elsewhere;
  const auto place = [&](bool holds) -> std::vector<Written>& {
    return holds == trigger.present ? there : elsewhere;
  };
  if (decided.kind == Kind::conditional) {
    for (const std::size_t i : {1u, 2u}) {
      Written one;
      if (decided.parts[i] != nullptr) add_written(one, *decided.parts[i]);
      place(i == 1).push_back(std::move(one));
    }
  } else {
    for (const Node* branch : decided.body)
      place(branch == trigger.branch).push_back(written(branch->body));
    if (decided.body.back()->parts[0] != nullptr) place(false).emplace_back();
  }
  const bool said = std::ranges::any_of(elsewhere, &Written::said);
  for (const Written& one : there) {
    if (!is_other(one.text, trigger.words)) continue;
    if (said && !one.said) return rule::kRewrite;
    if (is_wording(one.text)) return rule::kTrigger;
  }
  return rule::kOwnWords;
}

// One or the other. Of a table's word and what was said the first replaces the second.
ValuePtr Review::one_of(const ValuePtr& one, const ValuePtr& other) {
  const auto replaced = [&](const Value& table, const Value& said) {
    if (table.chosen != nullptr && said.chosen == nullptr && said.content && !said.numeric)
      report(rule::kRewrite, *table.chosen, "a table has other words for those of a message");
  };
  replaced(*one, *other);
  replaced(*other, *one);
  return either(one, other);
}

// `if` there is something in the table.
void Review::check_chosen(const Node& chain, const Node& chosen) {
  if (!recording_ || ++weighed_ > kMostWeighed) return;
  bool table = false;
  bool said = false;
  for (const Node* branch : chain.body) {
    const Written one = written(branch->body);
    const bool instead = one.table && !one.said;
    table = table || instead;
    said = said || (one.said && !one.table) || (instead && one.leaves);
  }
  if (table && said)
    report(rule::kRewrite, chosen, "a table has other words for those of a message");
}

// Look-ups, where none of them replaces anything.
void Review::report_choices() {
  const bool replaced = std::ranges::any_of(choices_, [&](const Node* node) {
    return reported_.contains({&rule::kRewrite, node->at.line, node->at.column});
  });
  for (const Node* node : choices_)
    if (!replaced)
      report(rule::kOwnWords, *node, "the words of a message choose one of several words");
}

}  // namespace gh::jinja
