#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

// A literal that is neither text nor number.
ValuePtr other_constant(Value::Is is = Value::Is::unknown) {
  Value value;
  value.is = is;
  value.constant = true;
  return make(std::move(value));
}

// Its keys with their values.
ValuePtr pairs(const ValuePtr& from) {
  Value value = merged({from});
  value.pairs = true;
  value.key = from->key;
  return make(std::move(value));
}

// True, False or a number about `from`, and no part of it.
ValuePtr fact(const ValuePtr& from) {
  Value value;
  value.constant = from->constant;
  value.numeric = true;
  return make(std::move(value));
}

}  // namespace

Values Review::values(const Nodes& nodes, std::size_t from) {
  Values out;
  for (std::size_t i = from; i < nodes.size(); ++i)
    if (nodes[i] != nullptr) out.push_back(value(nodes[i]));
  return out;
}

Review::Arguments Review::arguments(const Node& node, std::size_t from) {
  Arguments out;
  for (std::size_t i = from; i < node.parts.size(); ++i) {
    const Node& part = *node.parts[i];
    const bool positional = part.kind != Kind::keyword && part.kind != Kind::spread;
    if (part.kind == Kind::keyword) check_name(part, part.text);
    const ValuePtr one = value(positional ? &part : part.parts[0]);
    out.all.push_back(one);
    if (positional) out.positional.push_back(one);
    out.plain = out.plain && positional;
  }
  return out;
}

ValuePtr Review::value(const Node* node) {
  switch (node->kind) {
    case Kind::text:
      return judged(*node, text_value(node->text));
    case Kind::integer:
      return integer_value(node->number);
    case Kind::real:
    case Kind::boolean:
      return fact(other_constant());
    case Kind::none:
      return other_constant(Value::Is::none);
    case Kind::name:
      return name(*node);
    case Kind::attribute:
      return attribute(*node);
    case Kind::subscript:
      return subscript(*node);
    case Kind::call:
      return call(*node);
    case Kind::filter:
      return filter(*node);
    case Kind::test:
      return test(*node);
    case Kind::concat:
      return judged(*node, fold_.concat(values(node->parts)));
    case Kind::binary:
      return binary(*node);
    case Kind::unary: {
      if (node->text == "not") return negation(*node);
      const ValuePtr operand = value(node->parts[0]);
      return node->text == "-" ? fold_.negated(operand) : operand;
    }
    case Kind::compare:
      return compare(*node);
    case Kind::logic:
      return logic(*node);
    case Kind::conditional:
      return conditional(*node);
    case Kind::list:
    case Kind::tuple:
      // An empty one stands in for what a caller leaves out.
      if (node->parts.empty()) return make({});
      return fold_.list(values(node->parts));
    case Kind::dict:
      return dict(*node);
    default:
      return make(merged(values(node->parts)));
  }
}

ValuePtr Review::name(const Node& node) {
  check_name(node, node.text);
  const auto known = names_.find(node.text);
  const bool assigned = is_bound(node.text);
  if (!assigned && (is_own_object(node.text) || node.text == "namespace" || node.text == "range" ||
                    node.text == "dict"))
    report(rule::kOwnObject, node, fmt::format("`{}` is used as a value", node.text), node.text);
  if (is_foreign(node.text) && !assigned)
    report(rule::kForeignName, node, fmt::format("the name `{}`", node.text), node.text);
  Value result = known != names_.end() ? *known->second : Value();
  if (node.text != "messages" || result.conversation)
    return known != names_.end() ? known->second : make(std::move(result));
  result.conversation = true;
  return make(std::move(result));
}

ValuePtr Review::member(const Node& node, const ValuePtr& object, std::string_view name) {
  if (node.parts[0]->kind == Kind::name) {
    const auto known = names_.find(fmt::format("{}.{}", node.parts[0]->text, name));
    if (known != names_.end()) return known->second;
  }
  if (object->constant) return make(merged({object}));
  Value unknown;
  unknown.content = name == "content" || name == "text";
  unknown.conversation = name == "messages";
  unknown.mixed = object->space;
  unknown.numeric = node.parts[0]->kind == Kind::name && node.parts[0]->text == "loop" &&
                    (name.contains("index") || name == "length" || name.starts_with("depth"));
  return make(std::move(unknown));
}

ValuePtr Review::attribute(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  check_attribute(node, node.text);
  return member(node, object, node.text);
}

ValuePtr Review::subscript(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  const Node& key = *node.parts[1];
  if (key.kind == Kind::slice) {
    Values bounds;
    for (const Node* bound : key.parts) bounds.push_back(bound == nullptr ? nullptr : value(bound));
    return judged(node, fold_.slice(object, bounds));
  }
  const ValuePtr index = value(&key);
  check_key(node, index);
  if (index->is_text()) return member(node, object, index->text);
  return judged(node, fold_.item(object, index));
}

ValuePtr Review::call(const Node& node) {
  const Node& callee = *node.parts[0];
  if (callee.kind == Kind::name) return named_call(node, callee);
  if (callee.kind == Kind::attribute) return method_call(node, callee);
  const ValuePtr called = value(&callee);
  if (callee.kind == Kind::subscript && callee.parts[1]->kind == Kind::text &&
      runs_code(callee.parts[1]->text))
    report(rule::kProcess, node, fmt::format("calls `{}`", escape(callee.parts[1]->text, 64)));
  Values all = arguments(node, 1).all;
  all.push_back(called);
  return make(merged(all));
}

ValuePtr Review::method_call(const Node& node, const Node& callee) {
  const ValuePtr object = value(callee.parts[0]);
  const std::string_view method = callee.text;
  check_attribute(callee, method);
  const Arguments given = arguments(node, 1);
  if (runs_code(method))
    report(rule::kProcess, callee, fmt::format("calls `{}`", escape(method, 64)), method);
  check_look_up(callee, method, object, given.positional);
  if (method == "get" && !given.positional.empty()) {
    check_key(callee, given.positional[0]);
    ValuePtr found = given.positional[0]->is_text()
                         ? member(callee, object, given.positional[0]->text)
                         : make(merged({object}));
    return given.positional.size() > 1 ? either(found, given.positional[1]) : found;
  }
  static constexpr std::array<std::string_view, 9> kFacts = {
      "startswith", "endswith", "find", "rfind", "index", "rindex", "count", "isdigit", "isalpha"};
  if (is_one_of(method, kFacts)) return fact(object);
  if (method == "items" && given.all.empty()) return pairs(object);
  Values all = given.all;
  all.push_back(object);
  if (!given.plain) return make(merged(all));
  return judged(callee, fold_.method(method, object, given.positional));
}

ValuePtr Review::named_call(const Node& node, const Node& callee) {
  const std::string_view name = callee.text;
  check_name(callee, name);
  const Arguments given = arguments(node, 1);
  Value result = merged(given.all);
  const auto macro = macros_.find(name);
  if (macro != macros_.end()) {
    const Nodes& parameters = macro->second->parts;
    for (std::size_t i = 0; i < parameters.size() && i < given.positional.size(); ++i)
      assign(parameters[i]->text, given.positional[i], *parameters[i]);
    for (std::size_t i = given.positional.size(); i < given.all.size(); ++i)
      if (node.parts[i + 1]->kind == Kind::keyword)
        assign(node.parts[i + 1]->text, given.all[i], callee);
    result.hidden = true;  // its body may say anything
    return make(std::move(result));
  }
  if (name == "namespace") {
    const bool keywords =
        std::ranges::all_of(node.parts.begin() + 1, node.parts.end(),
                            [](const Node* part) { return part->kind == Kind::keyword; });
    if (!keywords) report(rule::kHelper, callee, "calls `namespace` with more than keywords", name);
    Value space;
    space.space = true;
    return make(std::move(space));
  }
  if (name == "range") {
    check_range(node, given.positional);
    result.numeric = true;
    if (given.positional.size() == 1) result.number = given.positional[0]->number;
    return make(std::move(result));
  }
  if (name == "dict") {
    Values keys;
    for (const Node* part : node.parts)
      if (part->kind == Kind::keyword) keys.push_back(text_value(part->text));
    return given.all.size() == keys.size() ? fold_.list(std::move(keys)) : make(std::move(result));
  }
  if (name == "strftime_now") {
    result.constant = false;
    result.date = true;
    return make(std::move(result));
  }
  if (name == "cycler" || name == "joiner" || name == "lipsum") {
    report(rule::kHelper, callee, fmt::format("calls `{}`", name), name);
    if (name == "lipsum" && !given.all.empty()) check_times(node, given.all[0]->number, 1000);
    return make(std::move(result));
  }
  this->name(callee);
  result.constant = false;
  result.hidden = result.hidden || name == "caller" || name == "super";
  return make(std::move(result));
}

ValuePtr Review::filter(const Node& node) {
  const Node* from = node.parts[0];
  const ValuePtr input = from == nullptr ? make({}) : value(from);
  const Arguments given = arguments(node, 1);
  check_filter(node, input, given);
  const std::string_view name = node.text;
  Values all = given.all;
  all.push_back(input);
  if (name == "length" || name == "count" || name == "int" || name == "float" ||
      name == "wordcount" || name == "abs" || name == "round") {
    Value number = merged(all);
    number.numeric = true;
    number.content = number.content && (name == "int" || name == "float");
    return make(std::move(number));
  }
  if (name == "items" || name == "dictsort") return pairs(input);
  if (name == "attr" && !given.positional.empty())
    return given.positional[0]->is_text() && from != nullptr
               ? member(node, input, given.positional[0]->text)
               : make(merged(all));
  const bool spelled = name == "tojson" || name == "string" || name == "pprint";
  if (from != nullptr && given.plain && name != "map" && !(spelled && !input->constant))
    return judged(node, fold_.filter(name, input, given.positional));
  Value result = merged(all);
  result.content = result.content || ((spelled || name == "map") && input->conversation);
  result.hidden = result.hidden || spelled;
  return make(std::move(result));
}

ValuePtr Review::test(const Node& node) {
  const Node& subject = *node.parts[0];
  const std::string_view test = node.text;
  if (!is_known_test(test))
    report(rule::kUnknownName, node, fmt::format("the test `{}`", escape(test, 64)), test);
  const bool existence = test == "defined" || test == "undefined" || test == "callable";
  if (existence && subject.kind == Kind::name) {
    check_name(subject, subject.text);
    return fact(make({}));
  }
  const ValuePtr left = value(&subject);
  const Arguments given = arguments(node, 1);
  if (!given.all.empty()) {
    const Node& argument = *node.parts[1];
    const bool named = argument.kind == Kind::keyword || argument.kind == Kind::spread;
    check_comparison(node, test, {&subject, left},
                     {named ? argument.parts[0] : &argument, given.all[0]});
  }
  return fact(left);
}

ValuePtr Review::negation(const Node& node) {
  negated_ = !negated_;
  const ValuePtr operand = value(node.parts[0]);
  negated_ = !negated_;
  return fact(operand);
}

ValuePtr Review::logic(const Node& node) {
  const ValuePtr left = value(node.parts[0]);
  const std::size_t mappings = mappings_.size();
  if (node.text == "and") note_mappings(*node.parts[0]);
  const ValuePtr right = value(node.parts[1]);
  mappings_.resize(mappings);
  return either(left, right);
}

ValuePtr Review::conditional(const Node& node) {
  const std::size_t before = triggers_.size();
  value(node.parts[0]);
  report_triggers(before, &node);
  const std::size_t mappings = mappings_.size();
  note_mappings(*node.parts[0]);
  const ValuePtr one = value(node.parts[1]);
  mappings_.resize(mappings);
  return node.parts[2] == nullptr ? one : either(one, value(node.parts[2]));
}

ValuePtr Review::binary(const Node& node) {
  const ValuePtr left = value(node.parts[0]);
  const ValuePtr right = value(node.parts[1]);
  check_product(node, left, right);
  return judged(node, fold_.binary(node.text, left, right));
}

ValuePtr Review::compare(const Node& node) {
  Operand left{node.parts[0], value(node.parts[0])};
  Values all = {left.value};
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    const Node& operand = *node.parts[i];
    const Operand right{operand.parts[0], value(operand.parts[0])};
    check_comparison(operand, operand.text, left, right);
    all.push_back(right.value);
    left = right;
  }
  return fact(make(merged(all)));
}

ValuePtr Review::dict(const Node& node) {
  if (node.parts.empty()) return make({});
  const Values parts = values(node.parts);
  Value out = merged(parts);
  out.key = parts[0];
  for (std::size_t i = 2; i < parts.size(); i += 2) out.key = either(out.key, parts[i]);
  return make(std::move(out));
}

}  // namespace gh::jinja
