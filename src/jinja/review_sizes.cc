// How large texts and lists grow: with what makes them, with each turn of a loop and with each
// call.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "jinja/arithmetic.h"
#include "jinja/characters.h"
#include "jinja/graph.h"
#include "jinja/review.h"
#include "jinja/rules.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

constexpr std::int64_t kHugeText = 1 << 24;  // characters of one text that is written out
constexpr std::int64_t kHuge = 1 << 26;      // of what holds something of a request
constexpr std::int64_t kBetween = 16;        // letters of a message for each of a text found in it
constexpr std::int64_t kShortField = 2;      // letters of `%s` and `{}`

template <std::size_t N>
using Words = std::array<std::string_view, N>;

// What a text may be as often as arguments say, or with one of them between its letters or lines.
constexpr Words<6> kOften = {"indent", "wordwrap", "urlize", "xmlattr", "translate", "expandtabs"};
constexpr Words<4> kPadded = {"center", "ljust", "rjust", "zfill"};
constexpr Words<2> kFilled = {"batch", "slice"};
constexpr Words<9> kLists = {"list",   "map",       "split",      "rsplit", "splitlines",
                             "select", "partition", "rpartition", "reject"};
constexpr Words<3> kPairs = {"items", "groupby", "dictsort"};
constexpr Words<2> kEscaping = {"tojson", "pprint"};
constexpr Words<3> kFormats = {"format", "format_map", "%"};

// The longest of several, or the greatest number.
std::int64_t longest(const Values& values) {
  std::int64_t out = 0;
  for (const ValuePtr& one : values)
    out = std::max(out, one->numeric ? count_of(*one) : std::max(one->size, one->most));
  return out;
}

std::int64_t largest(const Values& values) {
  std::int64_t out = 0;
  for (const ValuePtr& one : values) out = std::max(out, one->size);
  return out;
}

// A format that the template makes, and whose text is not known: of others that alone is a finding
// (TPL-108). With a number behind it `%` is a remainder.
bool is_open_format(const Value& format, const Values& given) {
  return !format.is_text() && !format.numeric && !format.content && !format.token &&
         !given.empty() &&
         std::ranges::none_of(given, [](const ValuePtr& one) { return one->numeric; });
}

// Letters that take an argument: `%s`, `{}`.
std::int64_t fields_of(const Value& format) {
  return std::ranges::count_if(format.text, [](char c) { return c == '%' || c == '{'; });
}

// The widths of a format together: `%9999d`.
std::int64_t widths_of(const Value& format) {
  std::int64_t all = 0;
  for (std::size_t at = 0; at < format.text.size(); ++at) {
    std::int64_t one = 0;
    for (; at < format.text.size() && is_digit(format.text[at]); ++at)
      one = plus(times(one, 10), format.text[at] - '0');
    all = plus(all, one);
  }
  return all;
}

void enlarge(Value& value, std::int64_t by) {
  value.size = times(value.size, by);
  multiply(value.copies, by);
}

// `text.replace(what, by)`.
void replace(Value& out, const Value& text, const Value& what, const Value& by) {
  const std::int64_t before = std::max<std::int64_t>(what.size, 1);
  if (by.is_text()) {
    // Nothing is found before each letter and at the end.
    const std::int64_t factor =
        what.size == 0 ? plus(by.size, 1) : by.size / before + (by.size % before != 0);
    if (!out.is_text()) out.size = times(text.size, std::max<std::int64_t>(factor, 1));
  } else if (!out.is_text()) {
    const std::int64_t apart = before <= 1 ? 1 : times(before, kBetween);
    out.size = plus(text.size, times(text.size / apart + 1, by.size));
  }
  if (!by.is_text() || by.size >= 2 * before) multiply(out.copies, 2);
}

}  // namespace

ValuePtr Review::check_size(const Node& node, ValuePtr value) {
  if (!recording_ || value->size < (value->constant ? kHugeText : kHuge)) return value;
  report(rule::kHugeConstant, node, fmt::format("something of {} characters", value->size));
  Value named = *value;
  named.size = 0;
  return make(std::move(named));
}

// What filters and methods make of a text or a list grows with it. `all`: what they are given, and
// what it is made of behind that.
ValuePtr Review::grown(std::string_view how, const ValuePtr& made, const Values& all) {
  if (made->is_text() && how != "replace") return made;
  const Value& input = *all.back();
  const Values given(all.begin(), all.end() - 1);
  Value out = *made;
  if (how == "replace" && given.size() > 1) {
    replace(out, input, *given[0], *given[1]);
  } else if (how == "join" && !given.empty()) {
    const bool letters = input.content && !input.conversation;
    const std::int64_t turns = input.turns > 0 ? input.turns : letters ? kLetters : kMessages;
    out.size = plus(input.size, times(given[0]->size, turns));
  } else if (is_one_of(how, kOften)) {
    out.size = times(input.size, plus(longest(given), 1));
    out.copies = uncounted(out.copies);
  } else if (is_one_of(how, kPadded)) {
    out.size = std::max(input.size, longest(given));
    out.copies = input.copies;
    for (const ValuePtr& one : given) widen(out.copies, uncounted(one->copies));
  } else if (is_one_of(how, kFilled)) {
    out.size = plus(input.size, longest(given));
    out.copies = uncounted(out.copies);
  } else if (is_one_of(how, kEscaping)) {
    const std::int64_t indent = how == "tojson" ? longest(given) : 0;
    out = *quoted(made);
    out.copies = uncounted(out.copies);
    if (input.nested == 0) enlarge(out, 2);
    out.size = times(out.size, plus(indent, 1));
  } else if (how == "to_bytes") {  // as many as it says, each written as `\x00`
    out.size = times(longest(given), 4);
    out.copies = uncounted(out.copies);
  } else if (is_one_of(how, kFormats) && is_open_format(input, given)) {
    out.size = plus(input.size, times(input.size / kShortField, largest(given)));
    multiply(out.copies, 2);
  } else if (is_one_of(how, kFormats)) {
    const std::int64_t fields = fields_of(input) - static_cast<std::int64_t>(given.size());
    if (fields > 0) enlarge(out, fields + 1);
    out.size = plus(out.size, widths_of(input));
    if (input.text.contains('*') || input.text.contains(":{")) {
      out.size = plus(out.size, longest(given));
      out.copies = uncounted(out.copies);
    }
  }
  if (is_one_of(how, kLists)) {
    out.nested = std::max(out.nested, 1);
  } else if (is_one_of(how, kPairs) || is_one_of(how, kFilled)) {
    out.nested = std::min(out.nested + 1, 3);
  } else if (how == "first" || how == "last" || how == "random") {
    out.nested = std::max(out.nested - 1, 0);
  } else if (how == "join" && out.nested < 2) {
    out.nested = 0;
  } else if (how == "join" || how == "string" || how == "format" || how == "%") {
    return quoted(make(std::move(out)));
  }
  return make(std::move(out));
}

// An attribute of a namespace is carried from one turn of a loop to the next, until it is set anew.
ValuePtr Review::carried(const std::string& attribute, const ValuePtr& value) const {
  const auto anew = set_anew_.find(attribute);
  Value now = *value;
  if (anew != set_anew_.end()) now.size = anew->second.size;
  if (looping_)
    now.copies = anew == set_anew_.end() ? Copies{{(value->numeric ? "#" : "") + attribute, 1}}
                                         : anew->second.copies;
  return make(std::move(now));
}

// What a macro writes: its own attributes, and as often as it writes them, its arguments and the
// variables around it.
void Review::add_written(Value& result, const Node& call, const Node& macro,
                         const Arguments& given) const {
  result.copies.clear();
  result.size = 1;
  const auto written = written_by_.find(macro.text);
  const auto add = [&](const Copies& copies, std::int64_t size, std::int64_t count) {
    for (const auto& [name, often] : copies) {
      int& all = result.copies[name];
      all = static_cast<int>(std::min<std::int64_t>(all + often * count, 1000));
    }
    result.size = plus(result.size, times(size, count));
  };
  const auto count = [&](std::string_view parameter) {
    // Within itself a macro takes the parts of what it was given.
    if (written == written_by_.end() || macro.text == macro_) return 1;
    const auto known = written->second->copies.find(fmt::format("{}({}", macro.text, parameter));
    return known == written->second->copies.end() ? 0 : known->second;
  };
  if (written != written_by_.end()) {
    result.size = plus(result.size, written->second->size);
    for (const auto& [name, often] : written->second->copies) {
      if (name.starts_with('$')) {
        const auto bound = bound_.find(std::string_view(name).substr(1));
        if (bound != bound_.end() && !bound->second.empty())
          add(bound->second.back().copies, bound->second.back().size, often);
      } else if (!name.contains('(')) {
        const auto anew = set_anew_.find(name);
        add({{name, 1}}, anew == set_anew_.end() ? 1 : anew->second.size, often);
      }
    }
  }
  for (std::size_t i = 0; i < given.all.size(); ++i) {
    const Node& part = *call.parts[i + 1];
    std::string_view parameter;
    if (part.kind == Kind::keyword) parameter = part.text;
    if (part.kind != Kind::keyword && i < macro.parts.size()) parameter = macro.parts[i]->text;
    add(given.all[i]->copies, given.all[i]->size, count(parameter));
  }
}

void Review::check_growth(const std::string& attribute, const ValuePtr& value, const Node& at) {
  if (looping_) note_growth(attribute, *value, at);
  auto [place, fresh] = set_anew_.try_emplace(attribute, Held{value->copies, value->size});
  if (branches_ == 0) {
    place->second = {value->copies, value->size};
  } else {  // perhaps
    if (fresh) place->second.copies = {{attribute, 1}};
    widen(place->second.copies, value->copies);
    place->second.size = std::max(place->second.size, value->size);
  }
}

// What is carried from turn to turn, or given from call to call, and of what it is made.
void Review::note_growth(const std::string& target, const Value& value, const Node& at) {
  if (!recording_ || value.copies.empty()) return;
  Growth one{.target = target, .from = {}, .node = &at};
  for (const auto& [name, count] : value.copies) {
    const bool number = name.starts_with('#');
    if (!number || value.numeric) one.from[number ? name.substr(1) : name] += count;
  }
  if (!one.from.empty()) growths_.push_back(std::move(one));
}

// Where one leads back to itself twice it doubles.
void Review::check_growths() {
  std::map<std::string_view, std::size_t> index;
  for (const Growth& one : growths_) {
    index.try_emplace(one.target, index.size());
    for (const auto& [name, count] : one.from) index.try_emplace(name, index.size());
  }
  Graph graph(index.size());
  for (const Growth& one : growths_)
    for (const auto& [name, count] : one.from) graph[index[name]].push_back(index[one.target]);
  const std::vector<std::size_t> circle = circles(graph);
  recording_ = true;
  for (const Growth& one : growths_) {
    int copies = 0;
    for (const auto& [name, count] : one.from)
      if (circle[index[name]] == circle[index[one.target]]) copies += count;
    const std::string name = one.target.substr(one.target.find('(') + 1);
    if (copies > 1)
      report(rule::kHugeConstant, *one.node,
             fmt::format("`{}` doubles with each turn", escape(name, 64)));
  }
}

}  // namespace gh::jinja
