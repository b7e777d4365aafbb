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

// `{:>{}}`, `{0:{1[w]}}`: a width that is an argument.
bool has_inner_field(std::string_view format) {
  int depth = 0;
  for (std::size_t at = 0; at < format.size(); ++at) {
    if (depth == 0 && format.substr(at).starts_with("{{"))
      ++at;
    else if (format[at] == '{' && ++depth == 2)
      return true;
    else if (format[at] == '}')
      depth = 0;
  }
  return false;
}

// A text of literals that is too long to be worked out, with fields and widths that nobody counted.
bool is_unread(const Value& format) {
  return format.constant && !format.numeric && !format.is_text() &&
         format.size > static_cast<std::int64_t>(Fold::kMostText);
}

// A number that whoever sends a message chooses.
bool is_chosen(const Value& number) {
  constexpr std::int64_t kMany = 1'000'000;  // more than a message is long
  return number.numeric && number.content && number.most >= kMany;
}

}  // namespace

void Review::check_times(const Node& node, const Values& arguments, std::int64_t most) {
  for (const ValuePtr& one : arguments) {
    if (count_of(*one) >= most)
      report(rule::kHugeConstant, node, fmt::format("{} times", count_of(*one)));
    if (is_chosen(*one)) report(rule::kHugeConstant, node, "as often as a message says");
  }
}

void Review::check_format(const Node& node, const ValuePtr& format, const Values& arguments) {
  if (!format->constant) report(rule::kOpenFormat, node, "a text that is not constant is a format");
  if (is_unread(*format))
    report(rule::kHugeConstant, node, fmt::format("a format of {} characters", format->size));
  if (!format->is_text()) return;
  if (has_huge_width(format->text))
    report(rule::kHugeConstant, node, "a format with a huge width", format->text);
  const bool inner = has_inner_field(format->text);
  if (!inner && !format->text.contains('*')) return;  // `%*d`
  for (const ValuePtr& one : arguments) {
    check_times(node, one->is == Value::Is::list ? one->items : Values{one}, kWide);
    if (inner && one->content && !one->numeric)
      report(rule::kHugeConstant, node, "as wide as a message says");
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
  if (!known) {
    // A sandbox ends one that is longer than this with an error; other engines do not.
    if (result.most >= kWide)
      report(rule::kHugeConstant, node, fmt::format("a range of {} numbers", result.most));
    result.size = std::max<std::int64_t>(result.most, 1);
    if (!result.measure && result.most > kLongRange) result.turns = result.most;
    return make(std::move(result));
  }
  const std::int64_t begin = arguments.size() > 1 ? arguments[0]->number : 0;
  const std::int64_t end = arguments[arguments.size() > 1 ? 1 : 0]->number;
  std::int64_t step = arguments.size() > 2 ? arguments[2]->number : 1;
  if (step == 0 || step == INT64_MIN) step = 1;
  std::int64_t distance = 0;
  if (__builtin_sub_overflow(end, begin, &distance)) distance = INT64_MAX;
  result.turns = std::max<std::int64_t>(distance / step, 0);
  result.size = std::max<std::int64_t>(result.turns, 1);
  result.nested = 1;
  if (result.turns > kLongRange)
    report(rule::kHugeConstant, node, fmt::format("a range of {} numbers", result.turns));
  return make(std::move(result));
}

void Review::check_product(const Node& node, const ValuePtr& left, const ValuePtr& right) {
  const auto repeats = [](const Value& what, const Value& times) {
    return !what.numeric && (count_of(times) >= kWide || is_chosen(times));
  };
  if (node.text == "*" && (repeats(*left, *right) || repeats(*right, *left)))
    report(rule::kHugeConstant, node, "a text or list is repeated a million times or more");
  const auto dated = [](const Value& number, const Value& what) {
    return number.numeric && number.date && !what.numeric;
  };
  if (node.text == "*" && (dated(*left, *right) || dated(*right, *left)))
    report(rule::kDate, node, "as often as the time of rendering says");
  if (node.text == "**") {
    if (!right->is_integer())
      report(rule::kHugeConstant, node, "a power that is not constant");
    else if (right->number >= kHighPower)
      report(rule::kHugeConstant, node, fmt::format("a power of {}", right->number));
    else if (left->is_integer() && fold_.binary("**", left, right)->number == INT64_MAX)
      report(rule::kHugeConstant, node, "a power beyond 64 bits");
  }
  if (node.text == "%" && (left->is_text() || left->content || left->token || is_unread(*left)))
    check_format(node, left, right->is == Value::Is::list ? right->items : Values{right});
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

}  // namespace gh::jinja
