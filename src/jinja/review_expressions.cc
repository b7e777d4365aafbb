#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/arithmetic.h"
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

// An empty list or dict.
ValuePtr empty() {
  Value value;
  value.origin = value.inner = Origin::written;
  return make(std::move(value));
}

std::int64_t size_of_variable(std::string_view name) {
  if (name == "messages" || name == "tools" || name == "documents") return kMessages * kLetters;
  return 256;
}

// A variable that the engine gives. Files of the tokenizer add some under names of their choice.
Origin origin_of_variable(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kConversation = {"messages", "tools",
                                                                    "documents"};
  if (is_one_of(name, kConversation)) return Origin::data;
  return name == "varargs" || name == "kwargs" ? Origin::made : Origin::variable;
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
  ValuePtr out = check_size(*node, evaluated(node));
  if (out->content || out->entries || out->measure) ++contents_;
  return out;
}

ValuePtr Review::evaluated(const Node* node) {
  switch (node->kind) {
    case Kind::text:
      return judged(*node, text_value(node->text));
    case Kind::integer:
      return integer_value(node->number);
    case Kind::real: {
      Value real = *fact(other_constant());
      real.most = greatest_in(node->text);
      return make(std::move(real));
    }
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
      return listed(*node);
    case Kind::dict:
      return dict(*node);
    default:
      return make(merged(values(node->parts)));
  }
}

// A loop over texts writes them one behind the other, with nothing or a space between.
ValuePtr Review::listed(const Node& node) {
  Values items = values(node.parts);
  if (!recording_) return fold_.list(std::move(items));
  const std::string said = std::exchange(said_, std::string());
  for (const ValuePtr& item : items) check_said(node, *item);
  said_.clear();
  for (const ValuePtr& item : items) {
    check_said(node, *item);
    check_said(node, *text_value(" "));
  }
  said_ = said;
  return fold_.list(std::move(items));
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
    result.document = node.text == "documents";
    result.token = node.text.ends_with("_token") || node.text.ends_with("_tokens");
    result.size = size_of_variable(node.text);
  }
  result.conversation = result.conversation || node.text == "messages";
  if (binding != nullptr) {
    result.copies = binding->copies;
    if (binding->size > 0) result.size = binding->size;
  }
  // Of what a macro takes from around it, the caller knows how large it is.
  if (!macro_.empty() && known != nullptr && (binding == nullptr || binding->macro != macro_))
    result.copies = {{"$" + key_of(node), 1}};
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
      value.table = false;  // another namespace may have it by now, or this one another name
      const auto held = held_.find(name);
      if (held != held_.end()) {
        value.content = value.content || held->second->content;
        value.measure = value.measure || held->second->measure;
        value.date = value.date || held->second->date;
      }
      return carried(path, make(std::move(value)));
    }
  }
  if (!attribute || !is_method(name, true))
    if (const ValuePtr known = text_in(*object, *text_value(std::string(name)))) return known;
  if (object->key != nullptr && (object->function || does_much(object->callee)))
    return make(merged({object}));
  if (object->constant) {
    Value part = merged({object});
    part.callee = name;
    part.self = held(object);
    part.function = object->is_text() || is_method(name, attribute);
    part.origin = part.inner = within(*object, name);
    take_member(node, part, *object, name);
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
  unknown.entries = object->document && names_document_text(name);
  unknown.conversation = name == "messages";
  unknown.mixed = object->space;
  unknown.origin = unknown.inner = within(*object, name);
  unknown.numeric = !frames_.is_set("loop") && node.parts[0]->kind == Kind::name &&
                    node.parts[0]->text == "loop" &&
                    (name.contains("index") || name == "length" || name.starts_with("depth"));
  unknown.size = unknown.content ? kLetters : std::clamp<std::int64_t>(object->size, 1, kLetters);
  if (unknown.numeric) unknown.most = std::max(kMessages, place_.turns);
  unknown.measure = unknown.numeric && counts_letters_ && !name.starts_with("depth");
  take_member(node, unknown, *object, name);
  return make(std::move(unknown));
}

// What a field of a dict, or an attribute of a namespace, is known to hold.
void Review::take_member(const Node& node, Value& part, const Value& object,
                         std::string_view name) {
  const auto take = [&](const Value& from) {
    part.conversation = part.conversation || from.conversation;
    part.content = part.content || from.content;
    part.entries = part.entries || from.entries;
    part.measure = part.measure || from.measure;
    part.date = part.date || from.date;
    part.lines = part.lines || from.lines;
    part.record = part.record || from.record;
    if (part.fields == nullptr) part.fields = from.fields;
    part.nested = std::max(part.nested, from.nested);
    part.size = std::max(part.size, std::min(from.size, object.size));
    part.most = std::max(part.most, from.most);
    // What a variable holds was put there before: it is what the variable is now.
    if (!from.copies.empty()) widen(part.copies, object.copies);
  };
  if (object.fields != nullptr && !dicts_change_) {
    const auto field = object.fields->find(name);
    if (field != object.fields->end()) take(*field->second);
  } else if ((object.record || object.space) && !object.conversation) {
    take(object);
  }
  const auto attribute = held_.find(name);
  if (object.space && attribute != held_.end()) take(*attribute->second);
  if (object.key != nullptr && object.key->content && !is_plain_method(name))
    add_trigger(node, "the words of a message are a key", name, false, !negated_);
}

ValuePtr Review::attribute(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  check_attribute(node, node.text);
  note_taken(node.text, object->constant);
  return member(node, object, node.text, true);
}

ValuePtr Review::subscript(const Node& node) {
  const ValuePtr object = value(node.parts[0]);
  const Node& key = *node.parts[1];
  if (key.kind == Kind::slice) {
    Values bounds;
    for (const Node* bound : key.parts) bounds.push_back(bound == nullptr ? nullptr : value(bound));
    for (const ValuePtr& bound : bounds)
      if (bound != nullptr && bound->date)
        report(rule::kDate, node, "as much as the time of rendering says");
    for (const ValuePtr& bound : bounds)
      if (bound != nullptr && object->constant && bound->numeric &&
          (bound->measure || bound->content))
        add_trigger(node, "as much of a text as it is long", "", false, true);
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
  note_taken(index->text, object->constant);
  return index->is_text() ? member(node, object, index->text, false)
                          : looked_up(node, object, index);
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
  Values parts = values(node.parts);
  check_no_function(node, parts);
  std::ranges::transform(parts, parts.begin(), quoted);
  ValuePtr made = judged(node, fold_.concat(parts));
  if (!made->is_text()) check_joined(node, parts);
  return spelled(made, parts);
}

// What is made of a length by more than a small number more or less is no longer how much there is.
ValuePtr Review::reckoned(std::string_view op, const Value& left, const Value& right,
                          const ValuePtr& made) {
  if (!left.measure && !right.measure) return made;
  const auto small = [](const Value& number) {
    return !number.is_integer() || number.most < kLongMessage;
  };
  Value value = *made;
  value.measure = made->numeric && (op == "+" || op == "-") && small(left) && small(right);
  value.content = value.content || !value.measure;
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
  made = reckoned(node.text, *left, *right, made);
  if (node.text != "%") return made;
  Values all = right->is == Value::Is::list ? right->items : Values{right};
  all.push_back(left);
  if (right->nested > 0 && right->is == Value::Is::list) {
    Value flat = *made;
    flat.nested = right->nested - 1;
    made = make(std::move(flat));
  }
  return spelled(left->numeric ? made : grown("%", made, all), {right});
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
  out.nested = std::min(out.nested + 1, 3);
  Values keys;
  Values held;
  for (std::size_t i = 0; i < parts.size(); ++i) (i % 2 == 0 ? keys : held).push_back(parts[i]);
  check_keys(node, keys);
  out.fields = fields_of(keys, held);
  out.key = parts[0];
  out.origin = Origin::data;  // no key
  out.inner = origin_of(parts);
  for (std::size_t i = 2; i < parts.size(); i += 2) out.key = either(out.key, parts[i]);
  return make(std::move(out));
}

}  // namespace gh::jinja
