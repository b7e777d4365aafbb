// What filters make of what they are given.

#include <algorithm>
#include <array>
#include <utility>

#include "jinja/arithmetic.h"
#include "jinja/review.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

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

// The number that a text may be; as many digits as it is long, where it is not known.
std::int64_t number_in(const Value& text, bool based) {
  const std::int64_t base = based ? 36 : 10;
  if (text.is_text()) return greatest_in(text.text, base);
  // What else a request gives is taken for a number that somebody means.
  if (!text.constant && !text.content && !text.date) return std::max(text.most, kMessages);
  return std::max(text.most, computed("**", base, text.size).value_or(INT64_MAX));
}

}  // namespace

ValuePtr Review::number(std::string_view name, const ValuePtr& input, const Arguments& given) {
  Values all = given.all;
  all.push_back(input);
  Value number = merged(all);
  const bool length = name == "length" || name == "count" || name == "wordcount";
  number.numeric =
      name != "sum" && origin_of(given.all) == Origin::data;  // `int` gives its argument for words
  // Nobody needs the number of words, or of lines, to know whether there are any.
  const bool words = name == "int" || name == "float" || name == "wordcount" || name == "sum";
  number.measure = number.measure || (number.content && !words && !input->lines);
  const bool same = name == "abs" || name == "round";
  number.measure = number.measure && !(same && input->content);
  number.content = number.content && (words || same || input->lines);
  number.entries = false;
  number.nested = 0;
  if (length) {
    const bool many = input->conversation || input->context;
    number.most = input->turns > 0 ? input->turns
                  : many           ? kMessages
                                   : std::min(input->size, kLetters);
    number.most = std::max<std::int64_t>(number.most, 1);
  } else if (name == "sum") {
    number.most = times(std::max<std::int64_t>(input->turns, kMessages), number.most);
  } else if (!input->numeric) {
    number.most = std::max(number.most, number_in(*input, given.all.size() > 1));
  }
  if (name != "sum") {
    if (length || !input->numeric) number.copies = counted(number.copies);
    number.size = input->numeric ? input->size : 1;
  }
  return make(std::move(number));
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
  if ((name == "default" || name == "d") && !given.all.empty()) one_of(input, given.all[0]);
  Values all = given.all;
  all.push_back(input);
  static constexpr std::array<std::string_view, 8> kNumbers = {
      "length", "count", "wordcount", "int", "float", "abs", "round", "sum"};
  if (is_one_of(name, kNumbers)) return number(name, input, given);
  if (name == "items" || name == "dictsort") return pairs(input, within(*input));
  if (name == "attr" && !given.positional.empty())
    return given.positional[0]->is_text() && from != nullptr
               ? member(node, input, given.positional[0]->text, true)
               : make(merged(all));
  const bool shown = name == "tojson" || name == "string" || name == "pprint";
  const bool generator = is_one_of(name, kGenerators);
  if ((from != nullptr || input->is_text()) && given.plain && !generator &&
      !(shown && !input->constant)) {
    ValuePtr made = judged(node, grown(name, fold_.filter(name, input, given.positional), all));
    const Origin origin = filtered(node, input, given);
    made = of_origin(made, origin, name == "reverse" ? within(*input) : origin);
    if (name == "join" || is_spelling(name)) return spelled(made, all);
    const bool end = name == "first" || name == "last";
    const bool same =
        end || name == "default" || name == "d" || name == "list" || name == "reverse";
    if ((!end || !input->given) && (!same || !input->document)) return made;
    Value item = *made;
    item.given = item.given || (end && input->given);
    item.document = input->document;
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
  // `map` does to each what it is told.
  const bool told = name == "map" && !given.positional.empty() && given.positional[0]->is_text();
  if (told) all.erase(all.begin());
  return grown(told ? std::string_view(given.positional[0]->text) : name, make(std::move(result)),
               all);
}

}  // namespace gh::jinja
