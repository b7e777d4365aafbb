// What is made of two numbers, or of a text or list and a number.

#include <algorithm>
#include <utility>

#include "jinja/arithmetic.h"
#include "jinja/fold.h"

namespace gh::jinja {

namespace {

using Is = Value::Is;

// `left op right` as numbers: how great it may be, and how many digits it has.
void calculate(Value& out, std::string_view op, const Value& left, const Value& right) {
  const std::int64_t by = std::max<std::int64_t>(count_of(right), 1);
  if (op == "+" || op == "-") {
    out.most = plus(left.most, right.most);
  } else if (op == "*") {
    out.most = times(std::max<std::int64_t>(left.most, 1), std::max<std::int64_t>(right.most, 1));
    // What is carried through a loop and multiplied doubles there.
    if (left.most > 1 || right.most > 1) multiply(out.copies, 2);
  } else if (op == "**") {
    out.most = computed("**", std::max<std::int64_t>(left.most, 2), by).value_or(INT64_MAX);
    out.size = times(left.size, by);
    multiply(out.copies, std::max<std::int64_t>(by, 2));
  } else if (op == "/" || op == "//") {
    // By a fraction it grows.
    out.most = right.constant && !right.is_integer() ? INT64_MAX : left.most;
  } else if (op == "%") {
    out.most = right.most;
  }
}

// What is repeated may be either; what is no number has none.
void repeat(Value& out, const Value& left, const Value& right) {
  const std::int64_t lefts = std::max<std::int64_t>(count_of(left), left.is_integer() ? 0 : 1);
  const std::int64_t rights = std::max<std::int64_t>(count_of(right), right.is_integer() ? 0 : 1);
  out.size = left.numeric    ? times(right.size, lefts)
             : right.numeric ? times(left.size, rights)
                             : std::max(times(left.size, rights), times(right.size, lefts));
  out.turns = times(std::max(left.turns, right.turns), left.numeric ? lefts : rights);
  const Value& number = left.numeric ? left : right;
  const Value& text = left.numeric ? right : left;
  const std::int64_t count = left.numeric ? lefts : rights;
  out.copies = text.copies;
  if (count > 1 || !number.numeric) multiply(out.copies, 2);
  for (const auto& [name, copies] : uncounted(number.copies))
    out.copies[name] += text.size > 1 || !number.numeric ? 2 * copies : copies;
}

}  // namespace

ValuePtr Fold::binary(std::string_view op, const ValuePtr& left, const ValuePtr& right) {
  Value from = merged({left, right});
  // What is subtracted or divided is a number, and what is added to one; texts can be added to
  // texts, multiplied and formatted.
  const bool numbers = left->numeric && right->numeric;
  from.numeric = numbers || (op == "+" && (left->numeric || right->numeric)) || op == "-" ||
                 op == "/" || op == "//" || op == "**";
  if (from.numeric) calculate(from, op, *left, *right);
  if (op == "*" && !numbers) repeat(from, *left, *right);
  if (op == "+" && !from.numeric) from.turns = plus(left->turns, right->turns);
  if (op == "+" && left->is_text() && left->text.starts_with('_')) from.underscores = true;
  if (op == "+" && left->is_text() && right->is_text())
    return left->text.size() + right->text.size() > kMostText
               ? make(std::move(from))
               : finish(std::move(from), left->text + right->text);
  if (op == "*" && left->is_text() && right->is_integer())
    return finish(std::move(from), repeated(left->text, right->number));
  if (op == "*" && left->is_integer() && right->is_text())
    return finish(std::move(from), repeated(right->text, left->number));
  if (op == "%" && left->is_text())
    return finish(std::move(from),
                  formatted(left->text, right->is == Is::list ? right->items : Values{right}));
  if (op == "+" && left->is == Is::list && right->is == Is::list &&
      left->items.size() + right->items.size() <= kMostItems) {
    from.is = Is::list;
    from.items = left->items;
    from.items.insert(from.items.end(), right->items.begin(), right->items.end());
    return make(affords(16 * from.items.size()) ? std::move(from) : merged({left, right}));
  }
  if (left->is_integer() && right->is_integer()) {
    if (const auto number = computed(op, left->number, right->number)) {
      Value known = *integer_value(*number);
      if (is_saturated(*number)) known.size = from.size;
      return make(std::move(known));
    }
  }
  return make(std::move(from));
}

ValuePtr Fold::negated(const ValuePtr& value) {
  if (value->is_integer() && value->number != INT64_MIN) return integer_value(-value->number);
  Value from = merged({value});
  from.numeric = true;
  return make(std::move(from));
}

}  // namespace gh::jinja
