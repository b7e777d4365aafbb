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

// An empty list or dict.
ValuePtr empty() {
  Value value;
  value.origin = value.inner = Origin::written;
  return make(std::move(value));
}

bool names_content(std::string_view attribute) {
  const std::string_view last = attribute.substr(attribute.rfind('.') + 1);
  return last == "content" || last == "text" || last == "reasoning_content";
}

// A variable that the engine gives. Files of the tokenizer add some under names of their choice.
Origin origin_of_variable(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kConversation = {"messages", "tools",
                                                                    "documents"};
  if (is_one_of(name, kConversation)) return Origin::data;
  return name == "varargs" || name == "kwargs" ? Origin::made : Origin::variable;
}

// What was not worked out, from where it is known to come.
ValuePtr of_origin(const ValuePtr& made, Origin origin, Origin inner) {
  if (made->is != Value::Is::unknown) return made;
  Value value = *made;
  value.origin = origin;
  value.inner = inner;
  return make(std::move(value));
}

// Its keys with their values.
ValuePtr pairs(const ValuePtr& from, Origin origin) {
  Value value = merged({from});
  value.entries = value.conversation;
  value.pairs = true;
  value.turns = from->turns;
  value.key = from->key;
  value.origin = value.inner = origin;
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
  ValuePtr out = evaluated(node);
  if (out->content || out->entries || out->measure) ++contents_;
  return out;
}

ValuePtr Review::evaluated(const Node* node) {
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
      if (node->parts.empty()) return empty();
      return fold_.list(values(node->parts));
    case Kind::dict:
      return dict(*node);
    default:
      return make(merged(values(node->parts)));
  }
}

ValuePtr Review::name(const Node& node) {
  check_name(node, node.text);
  const auto [known, assigned, binding] = this->known(node);
  look_at_flags(node);
  if (!assigned && (is_own_object(node.text) || node.text == "namespace" || node.text == "range" ||
                    node.text == "dict"))
    report(rule::kOwnObject, node, fmt::format("`{}` is used as a value", node.text), node.text);
  if (is_foreign(node.text) && !assigned)
    report(rule::kForeignName, node, fmt::format("the name `{}`", node.text), node.text);
  if (known == nullptr && is_function(node.text)) return function(node.text);
  Value result = known != nullptr ? *known : Value();
  // A variable that was not set here is the engine's, or nothing; a list may have changed.
  if (known != nullptr && (!assigned || (changing_ && result.is == Value::Is::list)))
    result = *uncertain(known);
  if (known != nullptr && !assigned) {
    result.table = false;
    result.origin = std::max(result.origin, origin_of_variable(node.text));
    result.choice = false;
    if (result.is == Value::Is::unknown && known->is_text()) result.constant = false;
  }
  if (known == nullptr) {
    result.origin = origin_of_variable(node.text);
    result.inner = result.origin == Origin::made ? Origin::made : Origin::data;
    result.given = true;
    result.context = true;
    result.token = node.text.ends_with("_token") || node.text.ends_with("_tokens");
  }
  result.conversation = result.conversation || node.text == "messages";
  if (binding != nullptr) result.copies = binding->copies;
  return make(std::move(result));
}

ValuePtr Review::member(const Node& node, const ValuePtr& object, std::string_view name,
                        bool attribute) {
  if (node.parts[0]->kind == Kind::name) {
    const std::string path = fmt::format("{}.{}", node.parts[0]->text, name);
    look_at_flag(path);
    const auto known = names_.find(path);
    if (known != names_.end()) {
      const auto other = attributes_.find(name);
      const Origin also = other == attributes_.end() ? Origin::data : other->second;
      Value value = *raised(known->second, std::max(also, inner_of(*object)));
      value.table = false;  // another namespace may have it by now
      return carried(path, make(std::move(value)));
    }
  }
  if (object->key != nullptr && (object->function || does_much(object->callee)))
    return make(merged({object}));
  if (object->constant) {
    Value part = merged({object});
    part.callee = name;
    part.self = held(object);
    part.function = object->is_text() || is_method(name, attribute);
    part.origin = part.inner = within(*object, name);
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
  unknown.origin = unknown.inner = within(*object, name);
  unknown.numeric = !frames_.is_set("loop") && node.parts[0]->kind == Kind::name &&
                    node.parts[0]->text == "loop" &&
                    (name.contains("index") || name == "length" || name.starts_with("depth"));
  return make(std::move(unknown));
}

ValuePtr Review::attribute(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  check_attribute(node, node.text);
  note_taken(node.text);
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
    part.inner = within(*object);
    if (origin_of(*object) == Origin::data) part.origin = part.inner;
    part.size = std::min(part.size, object->size);
    return make(std::move(part));
  }
  const ValuePtr index = value(&key);
  check_key(node, object, index);
  note_taken(index->text);
  return index->is_text() ? member(node, object, index->text, false)
                          : looked_up(node, object, index);
}

ValuePtr Review::filter(const Node& node) {
  const Node* from = node.parts[0];
  const ValuePtr input = from != nullptr ? value(from) : block_ != nullptr ? block_ : make({});
  const Arguments given = arguments(node, 1);
  check_filter(node, input, given);
  static constexpr std::array<std::string_view, 5> kLeaving = {"default", "d", "trim", "length",
                                                               "count"};
  if (!is_one_of(node.text, kLeaving)) {
    Values used = given.all;
    used.push_back(input);
    used.push_back(make({}));
    check_joined(node, used);
  }
  static constexpr std::array<std::string_view, 9> kGenerators = {
      "select", "reject", "selectattr", "rejectattr", "map", "batch", "slice", "unique", "groupby"};
  const std::string_view name = node.text;
  Values all = given.all;
  all.push_back(input);
  if (name == "length" || name == "count" || name == "int" || name == "float" ||
      name == "wordcount" || name == "abs" || name == "round") {
    Value number = merged(all);
    number.numeric = origin_of(given.all) == Origin::data;  // `int` gives its argument for words
    // Nobody needs the number of words to know whether there are any.
    number.measure = number.content && name != "int" && name != "float" && name != "wordcount";
    number.content = number.content && !number.measure;
    number.entries = false;
    number.copies.clear();
    number.size = 1;
    return make(std::move(number));
  }
  if (name == "items" || name == "dictsort") return pairs(input, within(*input));
  if (name == "attr" && !given.positional.empty())
    return given.positional[0]->is_text() && from != nullptr
               ? member(node, input, given.positional[0]->text, true)
               : make(merged(all));
  const bool shown = name == "tojson" || name == "string" || name == "pprint";
  const bool generator = is_one_of(name, kGenerators);
  if (from != nullptr && given.plain && !generator && !(shown && !input->constant)) {
    ValuePtr made = judged(node, grown(name, fold_.filter(name, input, given.positional), all));
    const Origin origin = filtered(node, input, given);
    made = of_origin(made, origin, name == "reverse" ? within(*input) : origin);
    if (name == "join" || is_spelling(name)) return spelled(made, all);
    if ((name != "first" && name != "last") || !input->given) return made;
    Value item = *made;
    item.given = true;
    return make(std::move(item));
  }
  Value result = merged(all);
  result.origin = result.inner = filtered(node, input, given);
  if (name == "reverse") result.inner = within(*input);
  result.turns = input->turns;
  result.generator = generator && name != "groupby";
  if (name == "map" && given.positional.empty() && given.all.size() == 1 &&
      given.all[0]->is_text()) {
    result.callee = given.all[0]->text;
    result.self = held(input);
  }
  const Value* mapped = name == "map" && given.all.size() == 1 ? given.all[0].get() : nullptr;
  if ((name == "groupby" || name == "min" || name == "max") &&
      std::ranges::any_of(given.all, [](const ValuePtr& one) { return names_content(one->text); }))
    result.content = true;
  const bool other = mapped != nullptr && given.positional.empty() && mapped->is_text() &&
                     !names_content(mapped->text);
  result.content = result.content || ((shown || (name == "map" && !other)) && input->conversation);
  result.conversation = result.conversation && !other;
  result.hidden = result.hidden || shown;
  return grown(name, make(std::move(result)), all);
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
  ValuePtr made = judged(node, fold_.concat(parts));
  if (!made->is_text()) check_joined(node, parts);
  return spelled(made, parts);
}

// What is divided out of a length is no longer how much there is.
ValuePtr Review::remainder(const ValuePtr& length, const ValuePtr& made) {
  Value value = *made;
  value.content = value.content || length->measure;
  return make(std::move(value));
}

ValuePtr Review::binary(const Node& node) {
  const ValuePtr left = value(node.parts[0]);
  ValuePtr right = value(node.parts[1]);
  if (node.text == "%") check_no_function(node, {right});
  // Of lists only a tuple is taken apart.
  if (node.text == "%" && right->is == Value::Is::list && node.parts[1]->kind != Kind::tuple)
    right = make(merged({right}));
  check_product(node, left, right);
  ValuePtr made = judged(node, fold_.binary(node.text, left, right));
  const bool listed = left->is == Value::Is::list || right->is == Value::Is::list;
  if (!made->is_text())
    check_joined(node, node.text == "+" ? Values{left, right} : Values{left, right, make({})});
  if (node.text == "+")
    made = of_origin(made, listed ? Origin::data : Origin::made,
                     std::max(within(*left), within(*right)));
  return node.text == "%" ? spelled(remainder(left, made), {right}) : made;
}

ValuePtr Review::dict(const Node& node) {
  if (node.parts.empty()) return empty();
  const Values parts = values(node.parts);
  Value out = merged(parts);
  out.record = true;
  out.speaks = false;
  out.table = true;
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    // What is put together by `~` is a text, whatever it says.
    out.table = out.table && (is_plain(*parts[i]) || node.parts[i]->kind == Kind::concat);
    out.speaks = out.speaks || !parts[i]->is_text() || is_prose(parts[i]->text);
  }
  out.turns = static_cast<std::int64_t>(parts.size() / 2);
  out.key = parts[0];
  out.origin = Origin::data;  // no key
  out.inner = origin_of(parts);
  for (std::size_t i = 2; i < parts.size(); i += 2) out.key = either(out.key, parts[i]);
  return make(std::move(out));
}

}  // namespace gh::jinja
