#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/arithmetic.h"
#include "jinja/characters.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr int kMostHops = 2;  // `table[group][name]`

// What a call gives is no function any more.
ValuePtr result_of(Value result) {
  result.function = false;
  result.callee.clear();
  result.self = nullptr;
  return make(std::move(result));
}

bool is_named_by_data(const Value& key) {
  return key.is == Value::Is::unknown && !key.constant && !key.numeric && !key.choice;
}

// A list or a dict of the template's own.
bool is_written_out(const Value& table) {
  return table.constant || table.key != nullptr;
}

}  // namespace

ValuePtr Review::function(std::string_view name) {
  Value value;
  value.function = true;
  value.callee = name;
  if (macros_.contains(name) && taken_.emplace(name).second) fresh_ = true;
  return make(std::move(value));
}

bool Review::is_function(std::string_view name) const {
  static constexpr std::array<std::string_view, 5> kFunctions = {"raise_exception", "strftime_now",
                                                                 "caller", "super", "loop"};
  return is_one_of(name, kFunctions) || macros_.contains(name);
}

// A table of anything but signs and a model's markers, for all that is known.
bool has_words(const Value& table) {
  return table.fields == nullptr || std::ranges::any_of(*table.fields, [](const auto& field) {
           return is_wording(field.first) || (field.first.size() == 1 && is_letter(field.first[0]));
         });
}

// Of what `dict` is given: another dict, or a list of pairs. Null where that is not known.
ValuePtr keys_of(const Value& given) {
  ValuePtr key = given.key;
  for (const ValuePtr& pair : given.items)
    if (!pair->items.empty()) key = key == nullptr ? pair->items[0] : either(key, pair->items[0]);
  return key;
}

// One of its texts; of a dict's own attributes only `__doc__` is one, and that is no name.
void Review::take_from_table(Value& found, const Value& table) const {
  if (!is_table(table) || found.origin > Origin::written) return;
  found.choice = true;
  found.hidden = false;
}

// `object[key]` where the key is no known text. Where an object has no such key, Jinja looks for an
// attribute of that name.
ValuePtr Review::looked_up(const Node& node, const ValuePtr& object, const ValuePtr& key) {
  if (const ValuePtr known = text_in(*object, *key)) return known;
  ValuePtr item = judged(node, fold_.item(object, key));
  const bool data = is_named_by_data(*key);
  const Node* chosen = is_written_out(*object) ? check_choice(node, object, key) : nullptr;
  if (item->is != Value::Is::unknown) return item;
  Value found = *item;
  found.chosen = chosen;
  found.document = object->document;
  const bool table = is_table(*object);
  const bool made = origin_of(*key) == Origin::made;
  const bool hidden = (made && !table) || (led_away_ && item->origin == Origin::made &&
                                           within(*object) == Origin::made);
  if (std::ranges::find(object->items, item) == object->items.end())
    found.origin = found.inner = hidden ? Origin::made : within(*object);
  take_from_table(found, *object);
  if (hidden || made) found.led = true;
  if (hidden || made) ++found.hops;
  if (!data && !object->given && object->hops == 0) return make(std::move(found));
  found.given = object->given;
  found.hops = object->hops + (data ? 1 : 0);
  found.led = object->led || data;
  if (data && (object->function || object->space))
    report(rule::kDynamicAttribute, node, "a function or a namespace is read by a key from data");
  else if (data && key->token)
    report(rule::kDynamicAttribute, node, "the key is a special token");
  else if (data && key->content && !key->hidden && !is_written_out(*object))
    report(rule::kDynamicAttribute, node, "the key is the words of a message");
  else if (data && !table && origin_of(*key) == Origin::variable && within(*object) != Origin::data)
    report(rule::kUnknownKey, node, "the key is a variable, perhaps a special token");
  else if (found.hops > kMostHops)
    report(rule::kDynamicAttribute, node, "keys from data lead from object to object");
  if (data) found.function = false;
  return make(std::move(found));
}

// What a table has under a key that is known, when that is a text; else null.
ValuePtr Review::text_in(const Value& table, const Value& key) const {
  const auto name = field_name(key);
  if (!name || !is_table(table) || table.fields == nullptr) return nullptr;
  const auto field = table.fields->find(*name);
  return field != table.fields->end() && field->second->is_text() ? field->second : nullptr;
}

// What a constant table holds for the words of a message, or for the date. Where it has single
// words for words: the node.
const Node* Review::check_choice(const Node& node, const ValuePtr& table, const ValuePtr& key) {
  const bool listed = table->is == Value::Is::list && table->key == nullptr;
  const bool speaks =
      listed ? std::ranges::any_of(
                   table->items,
                   [](const ValuePtr& item) { return !item->is_text() || is_prose(item->text); })
             : table->speaks;
  // A length finds one that is written for it.
  const bool measured = key->measure && table->key != nullptr && table->key->most >= kLongMessage;
  const bool chosen = key->content || measured;
  if (chosen && speaks)
    add_trigger(node, "the words of a message choose", table->text, false, true);
  else if (chosen && recording_)
    choices_.push_back(&node);
  if (key->date && speaks) report(rule::kDate, node, "the time of rendering chooses");
  return chosen && !listed && !speaks && has_words(*table) ? &node : nullptr;
}

ValuePtr Review::call(const Node& node) {
  const Node& callee = *node.parts[0];
  if (callee.kind == Kind::name) return named_call(node, callee);
  if (callee.kind == Kind::attribute) {
    const ValuePtr object = value(callee.parts[0]);
    check_attribute(callee, callee.text);
    const ValuePtr put = member(callee, object, callee.text, true);
    if (put->callee != callee.text && !is_method(callee.text, true))
      return invoke(node, put, arguments(node, 1));
    return method_call(callee, callee.text, object, arguments(node, 1));
  }
  const ValuePtr called = value(&callee);
  return invoke(node, called, arguments(node, 1));
}

ValuePtr Review::invoke(const Node& node, const ValuePtr& called, const Arguments& given) {
  const auto macro = macros_.find(called->callee);
  if (called->hops > 0)
    report(rule::kDynamicAttribute, node, "calls what a key from data leads to");
  else if (called->self != nullptr)
    return method_call(node, called->callee, called->self, given);
  else if (macro != macros_.end())
    return macro_call(node, *macro->second, given);
  else if (called->callee == "caller")
    note_caller();
  else if (called->callee == "loop")
    loop_again(given);
  else if (called->function && called->callee.empty())
    report(rule::kDynamicAttribute, node, "calls a function that was put away");
  else if (recording_)
    unknown_calls_.push_back(&node);
  Values all = given.all;
  all.push_back(called);
  return result_of(merged(all));
}

ValuePtr Review::method_call(const Node& node, std::string_view method, const ValuePtr& object,
                             const Arguments& given) {
  if (runs_code(method))
    report(rule::kProcess, node, fmt::format("calls `{}`", escape(method, 64)), method);
  if (object->led && !is_plain_method(method))
    report(rule::kDynamicAttribute, node, "calls what a key from data leads to");
  static constexpr std::array<std::string_view, 3> kOfLoops = {"cycle", "changed", "next"};
  if (recording_ && !is_plain_method(method) && !is_one_of(method, kOfLoops))
    unknown_calls_.push_back(&node);
  check_look_up(node, method, object, given.all);
  if (!looks_for(method)) check_joined(node, {object, make(merged(given.all)), make({})});
  if (method == "get" && !given.positional.empty()) {
    const ValuePtr& key = given.positional[0];
    check_key(node, object, key);
    Value unknown = merged({object});
    if (is_written_out(*object)) unknown.chosen = check_choice(node, object, key);
    unknown.given = object->given;
    unknown.nested = std::max(object->nested - 1, 0);
    unknown.origin = unknown.inner = within(*object, method);
    take_from_table(unknown, *object);
    const ValuePtr found = key->is_text() ? member(node, object, key->text, false) : make(unknown);
    return given.positional.size() > 1 ? one_of(found, given.positional[1]) : found;
  }
  static constexpr std::array<std::string_view, 9> kFacts = {
      "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "isdigit", "isalpha"};
  if (is_one_of(method, kFacts)) {
    Value number = *fact(object);
    // A dict may have a function by that name.
    number.numeric = object->is_text() || !(object->record || object->space || changing_) ||
                     within(*object, method) == Origin::data;
    number.measure = object->content;
    return make(std::move(number));
  }
  if (changes(method)) {
    note_change(method);
    put_into(*object, origin_of(given.all));
    led_away_ = led_away_ || std::ranges::any_of(given.all, [](const ValuePtr& one) {
                  return one->hops > 0 && one->origin == Origin::made;
                });
  }
  Values all = given.all;
  all.push_back(object);
  if (method == "items" && given.all.empty()) {
    Value pairs = merged({object});
    pairs.entries = pairs.conversation;
    pairs.pairs = true;
    pairs.given = object->given;
    pairs.key = object->key;
    pairs.origin = pairs.inner = within(*object, method);
    return make(std::move(pairs));
  }
  if (method == "values" && object->conversation) {
    Value values = merged({object});
    values.content = true;
    values.origin = values.inner = within(*object, method);
    return result_of(std::move(values));
  }
  if (method == "format") check_no_function(node, given.all);
  Value read = merged(all);
  read.origin = read.inner = returned(method, object, given.all);
  if (method == "join" && given.all.size() == 1) std::swap(all[0], all[1]);  // as the filter has it
  read.lines = method == "splitlines" && object->content;
  if (!given.plain || read.origin != Origin::made)
    return result_of(*grown(method, make(std::move(read)), all));
  ValuePtr made = grown(method, fold_.method(method, object, given.positional), all);
  return spelled(judged(node, result_of(*made)), all);
}

// What was put into a list, a dict or a loop is not followed: any call of what has no name may be
// the one of a method that was taken.
void Review::report_formats() {
  if (formatter_.empty()) return;
  const findings::Rule& found = is_formatting(formatter_) ? rule::kOpenFormat : rule::kHugeConstant;
  for (const Node* node : unknown_calls_)
    report(found, *node, fmt::format("calls what may be `{}` of a text", formatter_));
}

ValuePtr Review::macro_call(const Node& node, const Node& macro, const Arguments& given) {
  note_recursion(node, macro.text);
  look_at_flag(macro.text + "()");
  note_call(node, work_of(macro.text));
  const auto loops = loops_of_.find(macro.text);
  if (macro.text != macro_ && loops != loops_of_.end()) inside(node, loops->second);
  const Nodes& parameters = macro.parts;
  for (std::size_t i = 0; i < parameters.size() && i < given.positional.size(); ++i)
    assign_name(*parameters[i], given.positional[i]);
  for (std::size_t i = given.positional.size(); i < given.all.size(); ++i) {
    const Node& argument = *node.parts[i + 1];
    if (argument.kind == Kind::keyword) {
      const auto named = std::ranges::find(parameters, argument.text, &Node::text);
      if (named != parameters.end()) assign_name(**named, given.all[i]);
    } else if (taken_.insert(macro.text).second) {  // spread: any of them may be anything
      fresh_ = true;
    }
  }
  for (std::size_t i = 0; i < given.all.size(); ++i) {
    const Node& argument = *node.parts[i + 1];
    const bool named = argument.kind == Kind::keyword;
    if (named || i < parameters.size())
      note_growth(macro.text + "(" + (named ? argument.text : parameters[i]->text), *given.all[i],
                  node);
  }
  Values all = given.all;
  const auto written = written_by_.find(macro.text);
  if (written != written_by_.end()) all.push_back(written->second);
  Value result = merged(all);
  add_written(result, node, macro, given);
  result.hidden = true;  // its body may say anything
  return result_of(std::move(result));
}

ValuePtr Review::named_call(const Node& node, const Node& callee) {
  const std::string_view name = callee.text;
  check_name(callee, name);
  const Arguments given = arguments(node, 1);
  const ValuePtr variable = known(callee).value;
  const auto macro = macros_.find(name);
  if (variable != nullptr && (macro == macros_.end() || does_much(variable->callee))) {
    this->name(callee);
    return invoke(node, variable, given);
  }
  if (macro != macros_.end()) return macro_call(node, *macro->second, given);
  Value result = merged(given.all);
  if (name == "namespace") {
    const bool keywords =
        std::ranges::all_of(node.parts.begin() + 1, node.parts.end(),
                            [](const Node* part) { return part->kind == Kind::keyword; });
    if (!keywords) report(rule::kHelper, callee, "calls `namespace` with more than keywords", name);
    Value space;
    space.space = true;
    space.origin = space.inner = keywords ? Origin::written : Origin::made;
    for (std::size_t i = 0; keywords && i < given.all.size(); ++i)
      name_attribute(node.parts[i + 1]->text, given.all[i]);
    // Of what is not named by keywords any attribute may be anything.
    space.content = !keywords && (result.content || result.conversation);
    space.measure = !keywords && result.measure;
    space.date = !keywords && result.date;
    return make(std::move(space));
  }
  if (name == "range") return range(node, given.positional);
  if (name == "loop") {
    note_recursion(node, "");
    loop_again(given);
  }
  if (name == "dict") {
    Values keys;
    for (const Node* part : node.parts)
      if (part->kind == Kind::keyword) keys.push_back(text_value(part->text));
    result.nested = std::min(result.nested + 1, 3);
    result.record = true;
    Values all_keys = keys;
    if (!given.positional.empty()) all_keys.push_back(keys_of(*given.positional[0]));
    check_keys(node, all_keys);
    for (const ValuePtr& key : all_keys)
      if (key != nullptr) result.key = result.key == nullptr ? key : either(result.key, key);
    if (given.all.size() != keys.size()) return make(std::move(result));
    result.speaks = std::ranges::any_of(
        given.all, [](const ValuePtr& one) { return !one->is_text() || is_prose(one->text); });
    const FieldsPtr fields = fields_of(keys, given.all);
    Value named = *fold_.list(std::move(keys));
    named.constant = result.constant;
    named.content = result.content;
    named.entries = result.entries;
    named.measure = result.measure;
    named.date = result.date;
    named.conversation = result.conversation;
    named.nested = result.nested;
    named.size = plus(named.size, result.size);
    named.most = result.most;
    named.copies = result.copies;
    named.fields = fields;
    named.key = result.key;
    named.speaks = result.speaks;
    named.inner = std::max(named.inner, origin_of(given.all));
    named.wording = named.wording || (result.constant && result.wording);
    named.record = true;
    named.table =
        std::ranges::all_of(given.all, [](const ValuePtr& one) { return is_plain(*one); });
    return make(std::move(named));
  }
  if (name == "strftime_now") {
    result.constant = false;
    result.date = true;
    result.size = plus(times(result.size, 8), 8);  // `%c`, `%A`
    const bool plain = given.all.size() == 1 && given.all[0]->is_text() &&
                       !given.all[0]->underscore && !is_internal(given.all[0]->text);
    if (plain) result.origin = Origin::written;
    return result_of(std::move(result));
  }
  if (name == "cycler" || name == "joiner" || name == "lipsum") {
    report(rule::kHelper, callee, fmt::format("calls `{}`", name), name);
    if (name == "lipsum") {
      check_times(node, given.all, 1000);
      report(rule::kRandom, callee, "calls `lipsum`");
    }
    result.space = true;
    return make(std::move(result));
  }
  if (name == "caller") {
    note_caller();
    for (const ValuePtr& one : given.all)
      given_to_caller_ = given_to_caller_ == nullptr ? one : either(given_to_caller_, one);
  }
  this->name(callee);
  result.constant = false;
  result.hidden = result.hidden || name == "caller" || name == "super";
  result.content = result.content || name == "caller";
  if (name == "caller") result.copies["caller("] = 1;
  return result_of(std::move(result));
}

}  // namespace gh::jinja
