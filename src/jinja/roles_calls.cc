// What the walk for one role knows of calls and filters.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/roles_walk.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr int kOfMacro = 100;   // for the statements in it
constexpr int kMostCalls = 16;  // of one macro with different arguments

// Filters and methods that give messages of a list of messages.
constexpr Words<9> kGiving = {"list", "reverse", "sort", "unique", "default",
                              "d",    "first",   "last", "safe"};
constexpr Words<9> kChanging = {"lower", "upper",  "trim",  "strip",     "string",
                                "title", "lstrip", "first", "capitalize"};
constexpr Words<5> kPutting = {"append", "extend", "insert", "update", "setdefault"};
constexpr Words<5> kCounting = {"length", "count", "wordcount", "index", "find"};

}  // namespace

Seen RoleWalk::call(const Node& node) {
  const Node& callee = *node.parts[0];
  if (callee.kind == Kind::attribute) return method(node, callee);
  if (callee.kind == Kind::name) {
    if (const auto macro = macros_.find(callee.text); macro != macros_.end())
      return this->macro(node, *macro->second, {});
    if (callee.text == "caller") return block_;
    if (callee.text == "range" || callee.text == "namespace") return {};
    if (callee.text == "raise_exception") {
      raised_ = true;
      return {};
    }
  }
  return all(node.parts);
}

Seen RoleWalk::method(const Node& node, const Node& callee) {
  const std::string& name = callee.text;
  const Seen object = value(callee.parts[0]);
  const Seen argument = node.parts.size() > 1 ? value(node.parts[1]) : Seen();
  if (is_one_of(name, kPutting)) {
    put_into(*callee.parts[0], all(node.parts, 1));
    return {};
  }
  if (is_one_of(name, kCounting)) return {};
  if (name == "get" && node.parts.size() > 1) {
    Seen found = member_of(object, argument);
    const bool missing = object.literal != nullptr && found.constant && found.text.empty();
    if (node.parts.size() < 3 || !missing) return found;
    return value(node.parts[2]);
  }
  if (object.constant && argument.constant && (name == "startswith" || name == "endswith"))
    return truth_of(name == "startswith" ? object.text.starts_with(argument.text)
                                         : object.text.ends_with(argument.text),
                    object.by_role);
  if (object.constant && is_one_of(name, kChanging)) return changed(name, object);
  if (name == "join" || name == "format") return with(object, all(node.parts, 1));
  return remains(with(object, all(node.parts, 1)));
}

Seen RoleWalk::macro(const Node& node, const Node& macro, const Seen& block) {
  std::vector<Seen> given;
  std::string sign = fmt::format("{}{}{}", block.shows, block.words, decided_ > 0);
  Seen together = block;
  const bool many = calls_[&macro] >= kMostCalls;
  Variables own;
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    const Node& argument = *node.parts[i];
    const bool named = argument.kind == Kind::keyword;
    Seen one = value(named ? argument.parts[0] : &argument);
    if (many) one.constant = false, one.truth = std::nullopt;
    together = with(together, one);
    sign += fmt::format("|{}:{}{}{}{}{}{}{}", named ? argument.text : "", static_cast<int>(one.is),
                        one.shows, one.words, one.prose, one.none,
                        one.truth ? 1 + static_cast<int>(*one.truth) : 0,
                        one.constant ? one.text : std::string(1, '\x01'));
    if (named)
      own.insert_or_assign(argument.text, std::move(one));
    else
      given.push_back(std::move(one));
  }
  const auto [known, fresh] = called_.try_emplace({&macro, sign}, std::nullopt);
  // One that calls itself shows what it is given.
  if (!fresh) return known->second ? *known->second : together;
  ++calls_[&macro];
  for (std::size_t i = 0; i < macro.parts.size(); ++i) {
    const Node& parameter = *macro.parts[i];
    if (i < given.size())
      own.insert_or_assign(parameter.text, given[i]);
    else if (!own.contains(parameter.text))
      own.emplace(parameter.text, parameter.parts.empty() ? text("") : value(parameter.parts[0]));
  }
  const std::size_t bottom = std::exchange(bottom_, layers_.size());
  layers_.push_back(std::move(own));
  const Seen around = std::exchange(block_, block);
  Sink sink;
  Sink* const out = std::exchange(out_, &sink);
  depth_ += kOfMacro;
  const Flow flow = statements(macro.body);
  depth_ -= kOfMacro;
  out_ = out;
  block_ = around;
  layers_.pop_back();
  bottom_ = bottom;
  raised_ = flow == Flow::refuses;
  called_[{&macro, sign}] = sink.seen;
  return sink.seen;
}

Seen RoleWalk::filter(const Node& node) {
  const Seen input = value(node.parts[0]);
  if (is_one_of(node.text, kCounting)) {
    if (!input.constant || node.text == "wordcount") return {};
    Seen out = input;
    out.text = std::to_string(input.text.size());
    return out;
  }
  if (input.constant && is_one_of(node.text, kChanging)) return changed(node.text, input);
  if (input.is != Seen::Is::plain) {
    if (node.text == "selectattr" || node.text == "rejectattr") return chosen(node, input);
    if (is_one_of(node.text, kGiving)) {
      Seen out = input;
      const bool one = node.text == "first" || node.text == "last";
      if (one && (role_ != "system" || node.text == "last")) out.is = Seen::Is::other;
      return out;
    }
    if (node.text == "map" && node.parts.size() > 1 && node.parts[1]->kind == Kind::keyword)
      return member_of(input, value(node.parts[1]->parts[0]));
  }
  return with(input, all(node.parts, 1));
}

// `messages|selectattr('role', 'equalto', 'user')`
Seen RoleWalk::chosen(const Node& node, const Seen& input) const {
  Seen out = input;
  out.truth = std::nullopt;
  const auto text_at = [&](std::size_t at) {
    return node.parts.size() > at && node.parts[at]->kind == Kind::text
               ? std::string_view(node.parts[at]->text)
               : std::string_view();
  };
  if (input.is != Seen::Is::message || text_at(1) != "role" || text_at(3).empty()) return out;
  const std::string_view how = text_at(2);
  const bool equal = how == "equalto" || how == "eq" || how == "==";
  if (!equal && how != "ne" && how != "!=") return out;
  const bool taken = ((text_at(3) == role_) == equal) == (node.text == "selectattr");
  out.none = !taken;
  if (!taken) out.shows = false;
  if (taken && node.text == "selectattr" && equal) out.truth = out.by_role = true;
  return out;
}

Seen RoleWalk::changed(std::string_view how, const Seen& input) {
  Seen out = input;
  std::string& text = out.text;
  if (how == "first") text = text.substr(0, 1);
  if (how == "lower" || how == "capitalize" || how == "title")
    std::ranges::transform(text, text.begin(), to_lower);
  const std::size_t upper = how == "upper" ? text.size() : how == "capitalize" || how == "title";
  for (std::size_t i = 0; i < std::min(upper, text.size()); ++i)
    if (text[i] >= 'a' && text[i] <= 'z') text[i] = static_cast<char>(text[i] - 'a' + 'A');
  return out;
}

}  // namespace gh::jinja
