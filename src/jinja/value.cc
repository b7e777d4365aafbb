#include "jinja/value.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "jinja/addresses.h"
#include "jinja/arithmetic.h"
#include "jinja/wording.h"

namespace gh::jinja {

namespace {

constexpr std::int64_t kMostCount = 1000;  // of copies: more is as bad
constexpr std::size_t kMostFields = 64;

// Without what is inside it.
ValuePtr flat(const ValuePtr& field) {
  const bool deep = field->nested >= 2;
  if (!deep && field->self == nullptr) return field;
  Value out = *field;
  out.self = nullptr;
  if (deep) {
    if (out.is == Value::Is::list) out.is = Value::Is::unknown;
    out.items.clear();
    out.fields = nullptr;
    out.key = nullptr;
  }
  return make(std::move(out));
}

bool same_fields(const FieldsPtr& a, const FieldsPtr& b) {
  if (a == b || a == nullptr || b == nullptr) return a == b;
  return std::ranges::equal(*a, *b, [](const auto& x, const auto& y) {
    return x.first == y.first && (x.second == y.second || same(*x.second, *y.second));
  });
}

// What either dict has under a name.
void add_fields(Value& out, const Value& from) {
  if (from.fields == nullptr || out.fields == from.fields) return;
  if (out.fields == nullptr) {
    out.fields = from.fields;
    return;
  }
  Fields all = *out.fields;
  for (const auto& [name, field] : *from.fields) {
    const auto [place, fresh] = all.try_emplace(name, field);
    if (!fresh) place->second = either(place->second, field);
  }
  out.fields = all.size() > kMostFields ? nullptr : std::make_shared<const Fields>(std::move(all));
}

// Of several functions the one that does most; else the later.
void take_callee(Value& out, const Value& from) {
  if (from.callee.empty() || (does_much(out.callee) && !does_much(from.callee))) return;
  out.callee = from.callee;
  out.self = from.self;
}

void add_copies(Copies& out, const Copies& from) {
  for (const auto& [name, count] : from) {
    const auto known = out.find(name);
    if (known != out.end())
      known->second = std::min<int>(known->second + count, kMostCount);
    else if (count > 1 || out.size() < kMostCopies)
      out.emplace(name, count);
  }
}

}  // namespace

void widen(Copies& copies, const Copies& by) {
  for (const auto& [name, count] : by) {
    const auto known = copies.find(name);
    if (known != copies.end())
      known->second = std::max(known->second, count);
    else if (count > 1 || copies.size() < kMostCopies)
      copies.emplace(name, count);
  }
}

void multiply(Copies& copies, std::int64_t by) {
  for (auto& [name, count] : copies)
    count = static_cast<int>(std::min(times(count, by), kMostCount));
}

Copies counted(const Copies& copies) {
  Copies out;
  for (const auto& [name, count] : copies) out[name.starts_with('#') ? name : "#" + name] += count;
  return out;
}

Copies uncounted(const Copies& copies) {
  Copies out;
  for (const auto& [name, count] : copies)
    out[name.starts_with('#') ? name.substr(1) : name] += count;
  return out;
}

bool is_plain(const Value& value) {
  return value.numeric || value.choice || value.is == Value::Is::none ||
         (value.is_text() && !is_internal(value.text));
}

Origin origin_of(const Value& value) {
  if (value.numeric || value.is == Value::Is::none) return Origin::data;
  if (value.is_text()) return is_internal(value.text) ? Origin::made : Origin::written;
  return value.choice ? std::min(value.origin, Origin::written) : value.origin;
}

// A text has letters.
Origin inner_of(const Value& value) {
  if (value.numeric || value.is == Value::Is::none) return Origin::data;
  return value.is_text() || value.choice ? Origin::written : value.inner;
}

Origin origin_of(std::span<const ValuePtr> values) {
  Origin last = Origin::data;
  for (const ValuePtr& value : values)
    if (value != nullptr) last = std::max({last, origin_of(*value), inner_of(*value)});
  return last;
}

Value merged(std::span<const ValuePtr> from) {
  Value out;
  out.constant = true;
  out.size = 0;
  bool all_known = true;  // what the dicts among them hold
  for (const ValuePtr& value : from) {
    if (value == nullptr) continue;
    out.constant = out.constant && value->constant;
    out.underscores = out.underscores || value->underscores;
    out.underscore = out.underscore || value->underscore;
    out.hidden =
        out.hidden || value->hidden || value->mixed || value->underscore ||
        (value->constant && value->is == Value::Is::unknown && !value->numeric && !value->choice);
    out.reported = out.reported || value->reported;
    out.conversation = out.conversation || value->conversation;
    out.content = out.content || value->content;
    out.entries = out.entries || value->entries;
    out.date = out.date || value->date;
    out.wording = out.wording || value->wording;
    out.token = out.token || value->token;
    out.open = out.open || value->open;
    out.function = out.function || value->function;
    out.record = out.record || value->record;
    out.measure = out.measure || value->measure;
    out.nested = std::max(out.nested, value->nested);
    if (out.chosen == nullptr) out.chosen = value->chosen;
    out.size = plus(out.size, value->size);
    out.most = std::max(out.most, value->most);
    add_copies(out.copies, value->copies);
    all_known = all_known && (value->fields != nullptr || !value->record);
    add_fields(out, *value);
    take_callee(out, *value);
  }
  if (!all_known) out.fields = nullptr;
  return out;
}

Value merged(std::initializer_list<ValuePtr> from) {
  return merged(std::span(from.begin(), from.size()));
}

ValuePtr either(const ValuePtr& a, const ValuePtr& b) {
  if (a == b || same(*a, *b)) return a;
  const auto plain = [](const Value& value) {
    return value.choice || (value.is_text() && !is_internal(value.text));
  };
  const auto literal = [](const Value& value) {
    return value.constant && !value.numeric && value.is != Value::Is::none;
  };
  Value out = merged({a, b});
  const auto opaque = [&](const Value& value) {
    return literal(value) && value.is == Value::Is::unknown && !value.choice;
  };
  out.hidden = a->hidden || b->hidden || opaque(*a) || opaque(*b);
  out.numeric = a->numeric && b->numeric;
  out.choice = plain(*a) && plain(*b);
  out.space = a->space || b->space;
  out.lines = a->lines || b->lines;
  out.size = std::max(a->size, b->size);
  out.copies = a->copies;
  widen(out.copies, b->copies);
  out.context = a->context && b->context;
  out.document = a->document || b->document;
  out.turns = std::max(a->turns, b->turns);
  out.generator = a->generator || b->generator;
  out.given = a->given || b->given;
  out.speaks = a->speaks || b->speaks;
  out.table = a->table && b->table;
  out.led = a->led || b->led;
  out.hops = std::max(a->hops, b->hops);
  out.pairs = a->pairs && b->pairs;
  out.part = (a->part || !a->content) && (b->part || !b->content);
  if (a->key != nullptr && b->key != nullptr) out.key = either(a->key, b->key);
  out.origin = std::max(origin_of(*a), origin_of(*b));
  out.inner = std::max(inner_of(*a), inner_of(*b));
  out.mixed = a->mixed || b->mixed || (!out.constant && (literal(*a) || literal(*b)));
  return make(std::move(out));
}

ValuePtr make(Value value) {
  return std::make_shared<const Value>(std::move(value));
}

ValuePtr uncertain(const ValuePtr& value) {
  if (value->is != Value::Is::text && value->is != Value::Is::list) return value;
  Value other;
  other.origin = Origin::data;
  other.inner = Origin::data;
  Value out = *either(value, make(std::move(other)));
  out.constant = value->constant;
  out.choice = value->is_text() && !is_internal(value->text);
  return make(std::move(out));
}

ValuePtr of_origin(const ValuePtr& made, Origin origin, Origin inner) {
  if (made->is != Value::Is::unknown) return made;
  Value value = *made;
  value.origin = origin;
  value.inner = inner;
  return make(std::move(value));
}

ValuePtr raised(const ValuePtr& value, Origin origin) {
  if (origin_of(*value) >= origin && inner_of(*value) >= origin) return value;
  Value out = *uncertain(value);
  out.table = false;
  out.origin = std::max(out.origin, origin);
  out.inner = std::max(out.inner, origin);
  if (origin > Origin::written) {
    out.is = Value::Is::unknown;
    out.numeric = false;
    out.choice = false;
  }
  return make(std::move(out));
}

ValuePtr text_value(std::string text) {
  Value value;
  value.is = Value::Is::text;
  value.constant = true;
  value.underscores = text.contains("__");
  value.underscore = text.contains('_');
  value.wording = is_wording(text);
  value.open = ends_in_page(text);
  value.size = static_cast<std::int64_t>(text.size());
  value.turns = value.size;
  value.text = std::move(text);
  return make(std::move(value));
}

ValuePtr integer_value(std::int64_t number) {
  Value value;
  value.is = Value::Is::integer;
  value.constant = true;
  value.numeric = true;
  value.number = number;
  value.most = number == INT64_MIN ? INT64_MAX : std::abs(number);
  value.size = 1;
  return make(std::move(value));
}

std::int64_t count_of(const Value& number) {
  return number.is_integer() ? std::max<std::int64_t>(number.number, 0) : number.most;
}

ValuePtr quoted(const ValuePtr& value) {
  constexpr std::int64_t kQuoted = 5;  // `'x', ` for each letter of a list of letters
  if (value->nested == 0) return value;
  Value out = *value;
  out.nested = 0;
  out.size = times(out.size, kQuoted);
  multiply(out.copies, kQuoted);
  return make(std::move(out));
}

ValuePtr held(const ValuePtr& object) {
  if (object->self == nullptr) return object;
  Value plain = *object;
  plain.self = nullptr;
  plain.callee.clear();
  return make(std::move(plain));
}

std::optional<std::string> field_name(const Value& key) {
  if (key.is_text()) return key.text;
  if (!key.is_integer() || is_saturated(key.number)) return std::nullopt;
  return std::string(1, '\0') + std::to_string(key.number);
}

FieldsPtr fields_of(const Values& keys, const Values& values) {
  if (keys.size() > kMostFields) return nullptr;
  Fields out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto name = field_name(*keys[i]);
    if (!name) return nullptr;
    out[*name] = flat(values[i]);
  }
  return out.empty() ? nullptr : std::make_shared<const Fields>(std::move(out));
}

ValuePtr fact(const ValuePtr& from) {
  Value value;
  value.most = 1;
  value.constant = from->constant;
  value.numeric = true;
  value.chosen = from->chosen;
  return make(std::move(value));
}

bool same(const Value& a, const Value& b) {
  return a.is == b.is && a.text == b.text && a.number == b.number && a.constant == b.constant &&
         a.underscores == b.underscores && a.underscore == b.underscore && a.hidden == b.hidden &&
         a.mixed == b.mixed && a.space == b.space && a.conversation == b.conversation &&
         a.content == b.content && a.entries == b.entries && a.date == b.date &&
         a.wording == b.wording && a.numeric == b.numeric && a.choice == b.choice &&
         a.token == b.token && a.open == b.open && a.function == b.function &&
         a.record == b.record && a.generator == b.generator && a.size == b.size &&
         a.copies == b.copies && a.context == b.context && a.document == b.document &&
         a.turns == b.turns && a.measure == b.measure && a.nested == b.nested && a.most == b.most &&
         a.lines == b.lines && same_fields(a.fields, b.fields) && a.given == b.given &&
         a.table == b.table && a.speaks == b.speaks && a.led == b.led && a.hops == b.hops &&
         a.callee == b.callee && a.self == b.self && a.pairs == b.pairs && a.part == b.part &&
         a.origin == b.origin && a.inner == b.inner && a.chosen == b.chosen &&
         (a.key == b.key || (a.key != nullptr && b.key != nullptr && same(*a.key, *b.key))) &&
         std::ranges::equal(a.items, b.items, [](const ValuePtr& x, const ValuePtr& y) {
           return x == y || (x->is != Value::Is::list && y->is != Value::Is::list && same(*x, *y));
         });
}

}  // namespace gh::jinja
