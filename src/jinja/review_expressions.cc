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

// What a bound method keeps of its object: no chain of objects.
ValuePtr held(const ValuePtr& object) {
  if (object->self == nullptr) return object;
  Value plain = *object;
  plain.self = nullptr;
  plain.callee.clear();
  return make(std::move(plain));
}

bool names_content(std::string_view attribute) {
  const std::string_view last = attribute.substr(attribute.rfind('.') + 1);
  return last == "content" || last == "text";
}

// Its keys with their values.
ValuePtr pairs(const ValuePtr& from) {
  Value value = merged({from});
  value.pairs = true;
  value.turns = from->turns;
  value.key = from->key;
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
      return concat(*node);
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
  if (known == names_.end() && is_function(node.text)) return function(node.text);
  Value result = known != names_.end() ? *known->second : Value();
  if (known == names_.end()) {
    result.given = true;
    result.context = true;
    result.token = node.text.ends_with("_token") || node.text.ends_with("_tokens");
  }
  result.conversation = result.conversation || node.text == "messages";
  const auto bound = bound_.find(node.text);
  if (bound != bound_.end() && !bound->second.empty()) result.copies = bound->second.back().copies;
  return make(std::move(result));
}

ValuePtr Review::member(const Node& node, const ValuePtr& object, std::string_view name,
                        bool attribute) {
  if (node.parts[0]->kind == Kind::name) {
    const std::string path = fmt::format("{}.{}", node.parts[0]->text, name);
    const auto known = names_.find(path);
    if (known != names_.end()) return carried(path, known->second);
  }
  if (object->key != nullptr && (object->function || does_much(object->callee)))
    return make(merged({object}));
  if (object->constant) {
    Value part = merged({object});
    part.callee = name;
    part.self = held(object);
    part.function = object->is_text() || is_method(name, attribute);
    return make(std::move(part));
  }
  Value unknown;
  unknown.callee = name;
  unknown.self = held(object);
  unknown.function = is_method(name, attribute);
  unknown.given = object->given || object->conversation;
  unknown.led = object->led;
  unknown.token = object->token;
  unknown.content = names_content(name) || (name == "grouper" && object->content);
  unknown.conversation = name == "messages";
  unknown.mixed = object->space;
  unknown.numeric = node.parts[0]->kind == Kind::name && node.parts[0]->text == "loop" &&
                    (name.contains("index") || name == "length" || name.starts_with("depth"));
  return make(std::move(unknown));
}

ValuePtr Review::attribute(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  check_attribute(node, node.text);
  return member(node, object, node.text, true);
}

ValuePtr Review::subscript(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  const Node& key = *node.parts[1];
  if (key.kind == Kind::slice) {
    Values bounds;
    for (const Node* bound : key.parts) bounds.push_back(bound == nullptr ? nullptr : value(bound));
    const bool backwards = bounds.size() == 3 && bounds[2] != nullptr && bounds[2]->is_integer() &&
                           bounds[2]->number < 0;
    if (backwards && object->content && !object->conversation)
      report(rule::kRewrite, node, "turns the letters of a message round");
    Value part = *judged(node, fold_.slice(object, bounds));
    part.copies = object->copies;
    part.size = std::min(part.size, object->size);
    return make(std::move(part));
  }
  const ValuePtr index = value(&key);
  check_key(node, index);
  return index->is_text() ? member(node, object, index->text, false)
                          : looked_up(node, object, index);
}

ValuePtr Review::filter(const Node& node) {
  const Node* from = node.parts[0];
  const ValuePtr input = from != nullptr ? value(from) : block_ != nullptr ? block_ : make({});
  const Arguments given = arguments(node, 1);
  check_filter(node, input, given);
  static constexpr std::array<std::string_view, 9> kGenerators = {
      "select", "reject", "selectattr", "rejectattr", "map", "batch", "slice", "unique", "groupby"};
  const std::string_view name = node.text;
  Values all = given.all;
  all.push_back(input);
  if (name == "length" || name == "count" || name == "int" || name == "float" ||
      name == "wordcount" || name == "abs" || name == "round") {
    Value number = merged(all);
    number.numeric = true;
    number.measure = number.content && name != "int" && name != "float";
    number.content = number.content && !number.measure;
    number.copies.clear();
    number.size = 1;
    return make(std::move(number));
  }
  if (name == "items" || name == "dictsort") return pairs(input);
  if (name == "attr" && !given.positional.empty())
    return given.positional[0]->is_text() && from != nullptr
               ? member(node, input, given.positional[0]->text, true)
               : make(merged(all));
  const bool shown = name == "tojson" || name == "string" || name == "pprint";
  const bool generator = is_one_of(name, kGenerators);
  if (from != nullptr && given.plain && !generator && !(shown && !input->constant)) {
    ValuePtr made = judged(node, grown(name, fold_.filter(name, input, given.positional), all));
    if (name == "join") return spelled(made, all);
    if ((name != "first" && name != "last") || !input->given) return made;
    Value item = *made;
    item.given = true;
    return make(std::move(item));
  }
  Value result = merged(all);
  result.turns = input->turns;
  result.generator = generator && name != "groupby";
  if (name == "map" && given.positional.empty() && given.all.size() == 1 &&
      given.all[0]->is_text()) {
    result.callee = given.all[0]->text;
    result.self = held(input);
  }
  const Value* mapped = name == "map" && given.all.size() == 1 ? given.all[0].get() : nullptr;
  if (name == "groupby" && !given.all.empty() && names_content(given.all[0]->text))
    result.content = true;
  const bool other = mapped != nullptr && given.positional.empty() && mapped->is_text() &&
                     !names_content(mapped->text);
  result.content = result.content || ((shown || (name == "map" && !other)) && input->conversation);
  result.conversation = result.conversation && !other;
  result.hidden = result.hidden || shown;
  return grown(name, make(std::move(result)), all);
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
  const ValuePtr left = value(&subject);
  const Arguments given = arguments(node, 1);
  if (left->measure && is_one_of(test, kShapes))
    add_trigger(node, fmt::format("whether its length is {}", test), "", false, !negated_);
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

// A list of messages as text holds their words.
ValuePtr Review::spelled(const ValuePtr& made, const Values& from) {
  if (!made->conversation || made->content) return made;
  Value text = *made;
  text.content = std::ranges::any_of(
      from, [](const ValuePtr& part) { return part->conversation && !part->numeric; });
  return make(std::move(text));
}

ValuePtr Review::concat(const Node& node) {
  const Values parts = values(node.parts);
  check_no_function(node, parts);
  return spelled(judged(node, fold_.concat(parts)), parts);
}

// What is divided out of a length is no longer how much there is.
ValuePtr Review::remainder(const ValuePtr& length, const ValuePtr& made) {
  Value value = *made;
  value.content = value.content || length->measure;
  return make(std::move(value));
}

ValuePtr Review::binary(const Node& node) {
  const ValuePtr left = value(node.parts[0]);
  const ValuePtr right = value(node.parts[1]);
  if (node.text == "%") check_no_function(node, {right});
  check_product(node, left, right);
  const ValuePtr made = judged(node, fold_.binary(node.text, left, right));
  return node.text == "%" ? spelled(remainder(left, made), {right}) : made;
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
  out.record = true;
  out.speaks = false;
  for (std::size_t i = 1; i < parts.size(); i += 2)
    out.speaks = out.speaks || !parts[i]->is_text() || is_prose(parts[i]->text);
  out.turns = static_cast<std::int64_t>(parts.size() / 2);
  out.key = parts[0];
  for (std::size_t i = 2; i < parts.size(); i += 2) out.key = either(out.key, parts[i]);
  return make(std::move(out));
}

}  // namespace gh::jinja
