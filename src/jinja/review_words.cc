#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kQuoted = 64;
constexpr std::size_t kShortMarker = 8;  // letters of words that may be the template's own

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr Words<11> kSearches = {"startswith", "endswith",  "find",      "rfind",
                                 "index",      "rindex",    "count",     "split",
                                 "rsplit",     "partition", "rpartition"};
constexpr Words<6> kTrims = {"strip", "lstrip", "rstrip", "trim", "removeprefix", "removesuffix"};

bool is_one_letter(const Value& value) {
  return value.is_text() && value.text.size() == 1 && is_letter(value.text[0]);
}

// `['n', 'o']`, what letters are compared with that were taken apart.
bool holds_letters(const Value& value) {
  return is_one_letter(value) ||
         (value.is == Value::Is::list && std::ranges::any_of(value.items, [](const ValuePtr& one) {
            return is_one_letter(*one);
          }));
}

bool holds_number(const Value& value) {
  if (value.is == Value::Is::list)
    return std::ranges::any_of(value.items, [](const ValuePtr& one) { return holds_number(*one); });
  return value.numeric && (value.is_integer() || value.most > 1);
}

std::string plain(std::string_view words) {
  constexpr std::string_view kSpace = " \t\n\r:.";
  words.remove_prefix(std::min(words.find_first_not_of(kSpace), words.size()));
  std::string out(words.substr(0, words.find_last_not_of(kSpace) + 1));
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

// The variable at the beginning of an expression: "m" of `m.content|lower`.
std::string root_of(const Node* node) {
  while (node != nullptr && node->kind != Kind::name && !node->parts.empty()) node = node->parts[0];
  return node != nullptr && node->kind == Kind::name ? node->text : std::string();
}

// "message.content" of `message.content` and `message['content']`; nothing for other expressions.
std::string path_of(const Node& node) {
  if (node.kind == Kind::name) return node.text;
  const bool attribute = node.kind == Kind::attribute;
  if (!attribute && (node.kind != Kind::subscript || node.parts[1]->kind != Kind::text)) return {};
  const std::string object = path_of(*node.parts[0]);
  if (object.empty()) return {};
  return fmt::format("{}.{}", object, attribute ? node.text : node.parts[1]->text);
}

}  // namespace

void Review::check_comparison(const Node& node, std::string_view how, const Operand& left,
                              const Operand& right) {
  const bool inside = how == "in" || how == "not in";
  const bool present = (how != "!=" && how != "ne" && how != "not in") != negated_;
  const auto decides = [&](const Value& content, const Value& other) {
    // Words that were not worked out are hidden ones.
    const bool hidden = other.is == Value::Is::unknown && !other.numeric && !other.choice;
    if (content.content && content.numeric && (other.measure || other.numeric)) return true;
    if (content.measure && other.measure) return true;
    if (other.content || !other.constant) return false;
    const bool digits = other.is_text() && std::ranges::any_of(other.text, is_digit);
    const bool long_text = other.is_text() && !content.content && other.text.size() >= kLongMessage;
    if (content.measure && (other.most >= kLongMessage || digits || long_text)) return true;
    // A message as a whole equals nothing but another.
    if (content.conversation && other.record && other.wording) return true;
    return (content.content || content.entries) &&
           (other.wording || hidden || holds_number(other) || (!inside && holds_letters(other)) ||
            (content.numeric && other.numeric));
  };
  const auto add = [&](const Value& words, bool whole, const Node* subject) {
    std::string message = "one of several words";
    if (words.is_text()) message = fmt::format("the words \"{}\"", escape(words.text, kQuoted));
    if (words.is_integer()) message = fmt::format("the number {}", words.number);
    add_trigger(node, std::move(message), words.text, whole, present, subject);
  };
  const auto ends_before = [](const Operand& one, const Value& other) {
    return one.value->content && is_far_part(one.node) && other.is_text() && other.text.empty();
  };
  if (ends_before(left, *right.value) || ends_before(right, *left.value))
    add_trigger(node, "whether it is so long", "", false, present);
  if (decides(*left.value, *right.value)) add(*right.value, true, left.node);
  const bool key = inside && (right.value->part || is_mapping(right.node));
  if (!key && decides(*right.value, *left.value)) add(*left.value, !inside, right.node);
  const auto says = [](const Value& value) { return value.content || value.entries; };
  static constexpr Words<8> kEqual = {"==", "!=", "in", "not in", "eq", "ne", "equalto", "sameas"};
  const bool ordered = !is_one_of(how, kEqual);
  if (says(*left.value))
    add_mark(node, "the text", *right.value, {.present = present, .both = ordered});
  if (!key && says(*right.value))
    add_mark(node, "the text", *left.value, {.present = present, .both = ordered});
  const auto dated = [](const Value& date, const Value& other) {
    return date.date && other.is != Value::Is::none;
  };
  if (dated(*left.value, *right.value) || dated(*right.value, *left.value))
    report(rule::kDate, node, "the time of rendering is compared");
}

// Words of its own beside those of a message: how many of them are left tells whether they are
// alike.
bool Review::mixes_words(const Value& value) {
  return value.content && value.wording && !value.numeric;
}

void Review::check_alike(const Node& node, const Value& input, const Values& arguments) {
  bool named = false;
  bool mixed = false;
  for (const ValuePtr& one : arguments) {
    if (!one->is_text()) continue;
    named = true;
    const bool said = input.conversation && names_content(one->text);
    mixed = mixed || (said && input.wording);
    if (input.fields == nullptr) continue;
    const auto field = input.fields->find(one->text);
    mixed = mixed || (field != input.fields->end() && mixes_words(*field->second));
  }
  if (mixed || (!named && mixes_words(input)))
    add_trigger(node, "whether it is one of several words", "", false, true);
}

// A dict keeps one of two keys that are alike.
void Review::check_keys(const Node& node, const Values& keys) {
  if (mixes_words(merged(keys)))
    add_trigger(node, "whether it is one of several keys", "", false, true);
}

bool Review::looks_for(std::string_view method) {
  return is_one_of(method, kTrims) || is_one_of(method, kSearches);
}

void Review::check_look_up(const Node& node, std::string_view method, const ValuePtr& object,
                           const Values& arguments) {
  const bool worded = !arguments.empty() && arguments[0]->constant && arguments[0]->wording;
  const bool letter = !arguments.empty() && is_one_letter(*arguments[0]);
  const std::string_view words = worded ? std::string_view(arguments[0]->text) : "";
  const bool says = object->content || object->entries;
  if (says && !arguments.empty() && (looks_for(method) || method == "replace")) {
    const bool ends = method == "startswith" || method == "endswith";
    const bool fact = ends || method.ends_with("find") || method.ends_with("index");
    add_mark(node, method, *arguments[0],
             {.present = !negated_, .both = !ends, .piece = !fact && method != "count"});
  }
  // What is left of words of its own without those of a message.
  const bool takes = is_one_of(method, kTrims) || method == "replace";
  if (takes && object->constant && object->wording && !arguments.empty() && arguments[0]->content)
    add_trigger(node, "one of several words", object->text, false, !negated_);
  // `loop.changed` compares with what it was given before.
  if (method == "changed" && !arguments.empty() && mixes_words(*arguments[0]))
    add_trigger(node, "whether it is one of several words", "", false, !negated_);
  if (says && worded && is_one_of(method, kTrims))
    add_trigger(node, fmt::format("{} \"{}\"", method, escape(words, kQuoted)), words, false, true);
  if (is_one_of(method, kSearches)) {
    if (object->constant && (object->wording || object->record) && !arguments.empty() &&
        arguments[0]->content)
      add_trigger(node, "one of several words", object->text, false, !negated_);
    if (says && letter)
      add_trigger(node, fmt::format("{} \"{}\"", method, arguments[0]->text), arguments[0]->text,
                  false, !negated_);
    if (says && worded)
      add_trigger(node, fmt::format("{} \"{}\"", method, escape(words, kQuoted)), words,
                  method == "startswith", !negated_, &node);
    if (object->date && !arguments.empty())
      report(rule::kDate, node, fmt::format("{} on the time of rendering", method));
  }
  // A message as a whole equals nothing but another.
  if (object->conversation && (method == "count" || method == "index") && !arguments.empty() &&
      arguments[0]->record && arguments[0]->wording && !arguments[0]->content)
    add_trigger(node, fmt::format("{} of a message that is written out", method), "", true,
                !negated_);
  // A message without words is none; what is said only then is a secret all the same.
  if (says && method == "isspace") add_mark(node, method, *text_value(" "), {.present = !negated_});
  static constexpr Words<11> kShapes = {"isdigit", "isdecimal",    "isnumeric",  "isalpha",
                                        "isalnum", "isupper",      "islower",    "istitle",
                                        "isascii", "isidentifier", "isprintable"};
  if (says && is_one_of(method, kShapes))
    add_trigger(node, fmt::format("{} on it", method), "", false, !negated_);
  if (method == "replace" && object->content && (worded || letter) && arguments.size() >= 2)
    report(rule::kRewrite, node,
           fmt::format("replaces \"{}\"", escape(arguments[0]->text, kQuoted)), arguments[0]->text);
  if ((method == "translate" || method == "swapcase") && object->content && !object->conversation)
    report(rule::kRewrite, node, fmt::format("calls `{}` on a message", method), method);
  if ((object->conversation || object->given) && changes(method))
    report(rule::kMutation, node, fmt::format("calls `{}` on messages", method), method);
  const bool between = method == "join" || (method == "replace" && arguments.size() >= 2 &&
                                            arguments[0]->is_text() && arguments[0]->text.empty());
  if (between && object->content && !arguments.empty() &&
      arguments[method == "join" ? 0 : 1]->content)
    report(rule::kHugeConstant, node, "what a message says between its own letters");
  if (method == "format" || method == "format_map") {
    check_format(node, object, arguments);
    check_fields(node, object->text);
    if (object->constant && !object->is_text() && !object->choice)
      report(rule::kUnknownKey, node, "the text that is formatted names attributes");
  }
  if (is_padding(method)) check_times(node, arguments, kWide);
}

void Review::add_trigger(const Node& node, std::string message, std::string_view words, bool whole,
                         bool present, const Node* subject) {
  if (recording_)
    triggers_.push_back({.node = &node,
                         .message = std::move(message),
                         .words = std::string(words),
                         .whole = whole,
                         .present = present,
                         .subject = root_of(subject)});
}

void Review::report_triggers(std::size_t first, const Node* decided, const Node* branch) {
  std::vector<Trigger> found(triggers_.begin() + static_cast<std::ptrdiff_t>(first),
                             triggers_.end());
  triggers_.resize(first);
  for (Trigger& trigger : found) {
    trigger.branch = branch;
    if (trigger.mark) {
      if (decided != nullptr && adds_words(trigger, *decided))
        report(rule::kTrigger, *trigger.node, trigger.message, trigger.words);
      continue;
    }
    const bool weighs = decided != nullptr && ++weighed_ <= kMostWeighed;
    const findings::Rule& rule = weighs && is_command(trigger, *decided)
                                     ? rule_of(trigger, *decided)
                                 : weighs && is_own_marker(trigger, *decided) ? rule::kOwnWords
                                                                              : rule::kTrigger;
    report(rule, *trigger.node, trigger.message, trigger.words);
  }
}

// One word that the message is or begins with, where no branch says anything of its own.
bool Review::is_command(const Trigger& trigger, const Node& decided) {
  std::string_view word = trigger.words;
  if (word.ends_with(' ')) word.remove_suffix(1);
  if (!trigger.whole || word.size() > 20 || word.size() < 2 ||
      !std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }))
    return false;
  // Of all messages one branch may show another than the other.
  if (trigger.subject.empty() || trigger.subject == "messages") return false;
  Names locals = {trigger.subject};
  if (decided.kind == Kind::conditional)
    return std::ranges::all_of(
        decided.parts.begin() + 1, decided.parts.end(), [&](const Node* part) {
          return part == nullptr || (is_quiet(*part) && shows_only(locals, *part));
        });
  // What is said to all other messages is no secret.
  return std::ranges::all_of(decided.body, [&](const Node* branch) {
    const bool chosen = trigger.branch == nullptr || trigger.branch == branch || !trigger.present;
    return shows_only(locals, branch->body) && (!chosen || is_quiet(branch->body));
  });
}

// No variable of a message but those, and what is made of them.
bool Review::shows_only(Names& locals, const Nodes& statements) const {
  return std::ranges::all_of(statements, [&](const Node* node) {
    if ((node->kind == Kind::set || node->kind == Kind::set_block) &&
        node->parts[0]->kind == Kind::name &&
        (node->kind == Kind::set_block || shows_only(locals, *node->parts[1])))
      locals.insert(node->parts[0]->text);
    return shows_only(locals, node->body) &&
           (node->kind != Kind::output || std::ranges::all_of(node->parts, [&](const Node* part) {
              return shows_only(locals, *part);
            }));
  });
}

bool Review::shows_only(const Names& locals, const Node& expression) const {
  if (expression.kind != Kind::name)
    return std::ranges::all_of(expression.parts, [&](const Node* part) {
      return part == nullptr || shows_only(locals, *part);
    });
  if (locals.contains(expression.text) || expression.text.ends_with("_token")) return true;
  const ValuePtr value = known(expression).value;
  return value == nullptr ? expression.text != "messages" && expression.text != "documents"
                          : !value->content && !value->conversation;
}

// Words that the template writes itself where the message lacks them.
bool Review::is_own_marker(const Trigger& trigger, const Node& decided) {
  const std::string words = plain(trigger.words);
  if (decided.kind != Kind::if_chain || decided.body.size() > 2 || words.size() < kShortMarker)
    return false;
  const bool own = std::ranges::any_of(written_, [&](const std::string& piece) {
    return piece.contains(words) || (piece.size() >= kShortMarker && words.starts_with(piece));
  });
  const Nodes nothing;
  const Nodes& yes = decided.body[0]->body;
  const Nodes& no = decided.body.size() == 2 ? decided.body[1]->body : nothing;
  const Nodes& present = trigger.present ? yes : no;
  return own && is_quiet(present) && shown(present) >= shown(trigger.present ? no : yes);
}

void Review::note_written(const Node& node) {
  if (node.kind == Kind::data || node.kind == Kind::text) {
    std::string piece = plain(node.text);
    if (piece.size() >= kShortMarker) written_.push_back(std::move(piece));
    return;
  }
  if (node.kind == Kind::compare || node.kind == Kind::test) return;
  for (std::size_t i = node.kind == Kind::conditional ? 1u : 0u; i < node.parts.size(); ++i)
    if (node.parts[i] != nullptr) note_written(*node.parts[i]);
}

bool Review::is_quiet(const Nodes& statements) {
  return std::ranges::all_of(statements, [&](const Node* node) {
    if (node->kind == Kind::data) return !is_prose(node->text);
    if (node->kind == Kind::output)
      return std::ranges::all_of(node->parts, [&](const Node* part) { return is_quiet(*part); });
    return node->kind == Kind::if_chain && std::ranges::all_of(node->body, [&](const Node* branch) {
             return is_quiet(branch->body);
           });
  });
}

ValuePtr Review::weighed(const Node& expression) {
  const bool recording = std::exchange(recording_, false);
  const std::size_t triggers = triggers_.size();
  ValuePtr made = value(&expression);
  triggers_.resize(triggers);
  recording_ = recording;
  return made;
}

bool Review::is_quiet(const Node& expression) {
  const ValuePtr made = weighed(expression);
  return made->is_text() ? !is_prose(made->text) : !made->constant && spells_nothing(expression);
}

bool Review::spells_nothing(const Node& expression) const {
  if (expression.kind == Kind::text) return !is_prose(expression.text);
  if (expression.kind == Kind::compare || expression.kind == Kind::test) return true;
  if (expression.kind == Kind::call && expression.parts[0]->kind == Kind::name) return false;
  const auto attribute = names_.find(path_of(expression));
  const ValuePtr value = expression.kind == Kind::name ? known(expression).value
                         : attribute != names_.end()   ? attribute->second
                                                       : nullptr;
  if (value != nullptr &&
      (value->is_text() ? is_prose(value->text) : value->constant || value->wording))
    return false;
  return std::ranges::all_of(
      expression.parts, [&](const Node* part) { return part == nullptr || spells_nothing(*part); });
}

// How often something of a message is written out.
std::size_t Review::shown(const Nodes& statements) {
  std::size_t count = 0;
  for (const Node* node : statements) {
    if (node->kind == Kind::output) {
      for (const Node* part : node->parts)
        if (weighed(*part)->content) ++count;
    } else {
      count += shown(node->body);
    }
  }
  return count;
}

void Review::note_mappings(const Node& condition) {
  if (condition.kind == Kind::logic && condition.text == "and")
    for (const Node* part : condition.parts) note_mappings(*part);
  if (condition.kind == Kind::test && condition.text == "mapping")
    mappings_.push_back(path_of(*condition.parts[0]));
}

void Review::forget_mapping(std::string_view name) {
  for (std::string& path : mappings_)
    if (path == name || (path.starts_with(name) && path[name.size()] == '.')) path.clear();
}

bool Review::is_mapping(const Node* node) const {
  if (node == nullptr || mappings_.empty()) return false;
  const std::string path = path_of(*node);
  return !path.empty() && is_one_of(path, mappings_);
}

}  // namespace gh::jinja
