#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/arithmetic.h"
#include "jinja/characters.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::int64_t kLongRange = 10'000;
constexpr std::int64_t kHighPower = 1'000;
constexpr std::int64_t kHugeText = 1 << 24;  // characters of one text

// `%9999999d`, `{:>9999999}`: a width beyond reason.
bool has_huge_width(std::string_view format) {
  std::size_t digits = 0;
  bool open = false;
  for (const char c : format) {
    if (c == '%' || c == '{') open = true;
    if (is_digit(c)) {
      if (open && ++digits > 6) return true;
    } else {
      digits = 0;
      if (is_letter(c) || c == '}') open = false;
    }
  }
  return false;
}

// A number that whoever sends a message chooses.
bool is_chosen(const Value& number) {
  return number.numeric && number.content && !number.measure;
}

}  // namespace

void Review::check_times(const Node& node, const Values& arguments, std::int64_t most) {
  for (const ValuePtr& one : arguments) {
    if (one->is_integer() && one->number >= most)
      report(rule::kHugeConstant, node, fmt::format("{} times", one->number));
    if (is_chosen(*one)) report(rule::kHugeConstant, node, "as often as a message says");
  }
}

void Review::check_format(const Node& node, const ValuePtr& format, const Values& arguments) {
  if (!format->constant) report(rule::kOpenFormat, node, "a text that is not constant is a format");
  if (!format->is_text()) return;
  if (has_huge_width(format->text))
    report(rule::kHugeConstant, node, "a format with a huge width", format->text);
  // `%*d`, `{:{}}`: the width is an argument.
  if (format->text.contains('*') || format->text.contains(":{")) {
    for (const ValuePtr& one : arguments)
      check_times(node, one->is == Value::Is::list ? one->items : Values{one}, kWide);
  }
}

ValuePtr Review::range(const Node& node, const Values& arguments) {
  Value result = merged(arguments);
  result.numeric = true;
  result.size = 0;
  if (std::ranges::any_of(arguments, [](const ValuePtr& one) { return is_chosen(*one); }))
    report(rule::kHugeConstant, node, "a range as long as a message says");
  const bool known = !arguments.empty() && std::ranges::all_of(arguments, [](const ValuePtr& one) {
    return one->is_integer();
  });
  if (!known) return make(std::move(result));
  const std::int64_t begin = arguments.size() > 1 ? arguments[0]->number : 0;
  const std::int64_t end = arguments[arguments.size() > 1 ? 1 : 0]->number;
  std::int64_t step = arguments.size() > 2 ? arguments[2]->number : 1;
  if (step == 0 || step == INT64_MIN) step = 1;
  std::int64_t distance = 0;
  if (__builtin_sub_overflow(end, begin, &distance)) distance = INT64_MAX;
  result.turns = std::max<std::int64_t>(distance / step, 0);
  if (result.turns > kLongRange)
    report(rule::kHugeConstant, node, fmt::format("a range of {} numbers", result.turns));
  return make(std::move(result));
}

void Review::check_product(const Node& node, const ValuePtr& left, const ValuePtr& right) {
  const auto repeats = [](const Value& what, const Value& times) {
    return !what.numeric && ((times.is_integer() && times.number >= kWide) || is_chosen(times));
  };
  if (node.text == "*" && (repeats(*left, *right) || repeats(*right, *left)))
    report(rule::kHugeConstant, node, "a text or list is repeated a million times or more");
  if (node.text == "**") {
    if (!right->is_integer())
      report(rule::kHugeConstant, node, "a power that is not constant");
    else if (right->number >= kHighPower)
      report(rule::kHugeConstant, node, fmt::format("a power of {}", right->number));
    else if (left->is_integer() && fold_.binary("**", left, right)->number == INT64_MAX)
      report(rule::kHugeConstant, node, "a power beyond 64 bits");
  }
  if (node.text == "%" && (left->is_text() || left->content || left->token))
    check_format(node, left, right->is == Value::Is::list ? right->items : Values{right});
}

ValuePtr Review::check_size(const Node& node, ValuePtr value) {
  if (!recording_ || value->size < kHugeText) return value;
  report(rule::kHugeConstant, node, fmt::format("a text of {} characters", value->size));
  Value named = *value;
  named.size = 0;
  return make(std::move(named));
}

Review::Loops Review::loop_over(const Value& iterable) const {
  return {.conversation = iterable.conversation ? 1 : 0,
          .content = iterable.content && !iterable.conversation ? 1 : 0,
          .outer = iterable.conversation || iterable.context ? 1 : 0};
}

Review::Loops Review::inside(const Node& node, const Loops& more) {
  const Loops all{.conversation = loops_.conversation + more.conversation,
                  .content = loops_.content + more.content,
                  .outer = loops_.outer + more.outer};
  if (more.conversation > 0 && all.conversation == 2)
    report(rule::kQuadratic, node, "a loop over messages inside a loop over messages");
  // A macro that looks for one message is common, and stops where it found it.
  const int most = node.kind == Kind::for_loop ? 2 : 3;
  if (more.outer > 0 && all.outer > most && loops_.outer > 0)
    report(rule::kCubic, node,
           fmt::format("{} loops over what a request holds inside each other", all.outer));
  if (more.content > 0 && all.content > most && loops_.content > 0)
    report(rule::kCubic, node,
           fmt::format("{} loops over what a message says inside each other", all.content));
  most_.conversation = std::max(most_.conversation, all.conversation);
  most_.content = std::max(most_.content, all.content);
  most_.outer = std::max(most_.outer, all.outer);
  return all;
}

// An attribute of a namespace is carried from one turn of a loop to the next, until it is set anew.
ValuePtr Review::carried(const std::string& attribute, const ValuePtr& value) const {
  if (!looping_) return value;
  Value now = *value;
  const auto anew = set_anew_.find(attribute);
  now.copies = anew == set_anew_.end() ? Copies{{attribute, 1}} : anew->second;
  return make(std::move(now));
}

// What a macro writes: its own attributes, and its arguments as often as it writes their
// parameters.
Copies Review::copies_made(const Node& call, const Node& macro, const Arguments& given) const {
  const auto written = written_by_.find(macro.text);
  const auto count = [&](std::string_view parameter) {
    if (written == written_by_.end()) return 1;
    const auto known = written->second->copies.find(fmt::format("{}({}", macro.text, parameter));
    return known == written->second->copies.end() ? 0 : known->second;
  };
  Copies out;
  if (written != written_by_.end())
    for (const auto& [name, copies] : written->second->copies)
      if (!name.contains('(')) out[name] += copies;
  for (std::size_t i = 0; i < given.all.size(); ++i) {
    const Node& part = *call.parts[i + 1];
    std::string_view parameter;
    if (part.kind == Kind::keyword) parameter = part.text;
    if (part.kind != Kind::keyword && i < macro.parts.size()) parameter = macro.parts[i]->text;
    for (const auto& [name, copies] : given.all[i]->copies)
      out[name] = std::min(out[name] + copies * count(parameter), 1000);
  }
  return out;
}

void Review::check_growth(const std::string& attribute, const ValuePtr& value, const Node& at) {
  const auto copies = value->copies.find(attribute);
  if (looping_ && copies != value->copies.end() && copies->second > 1)
    report(rule::kHugeConstant, at,
           fmt::format("`{}` doubles with each turn", escape(attribute, 64)));
  auto [place, fresh] = set_anew_.try_emplace(attribute, value->copies);
  if (branches_ == 0) {
    place->second = value->copies;
  } else {  // perhaps
    if (fresh) place->second = {{attribute, 1}};
    widen(place->second, value->copies);
  }
}

// What some filters make of a text grows with the text.
ValuePtr Review::grown(std::string_view filter, const ValuePtr& made, const Values& all) {
  if (made->size == 0 && made->copies.empty()) return made;
  const Value& input = *all.back();
  Value text = *made;
  if (filter == "replace" && all.size() > 2) {
    const std::int64_t before = std::max<std::int64_t>(all[0]->size, 1);
    const std::int64_t after = all[1]->is_text() ? all[1]->size : all[1]->size + 2 * before;
    // Nothing is found before each letter and at the end.
    const std::int64_t factor =
        all[0]->size == 0 ? plus(times(after, 2), 1) : after / before + (after % before != 0);
    if (!made->is_text()) text.size = times(input.size, std::max<std::int64_t>(factor, 1));
    if (after >= 2 * before)
      for (auto& [name, copies] : text.copies) copies *= 2;
  } else if (filter == "join" && all.size() == 2 && !made->is_text()) {
    text.size = plus(input.size, times(all[0]->size, input.turns));
  } else if (filter == "tojson" || filter == "pprint") {
    for (auto& [name, copies] : text.copies) copies *= 2;
  } else {
    return made;
  }
  return make(std::move(text));
}

}  // namespace gh::jinja
