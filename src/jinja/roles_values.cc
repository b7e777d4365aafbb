// What the walk for one role knows of expressions.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/roles_walk.h"
#include "jinja/wording.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr std::size_t kLongText = 4096;  // longer ones are not put together
constexpr std::size_t kMostItems = 64;   // of a list or dict that is looked into
constexpr int kDeepest = 1000;           // no template nests as deep in itself

// About a message, and nothing that it says.
constexpr Words<8> kAbout = {"type",  "id",     "tool_call_id", "name",
                             "train", "weight", "eot",          "index"};

// What Alpaca put before every instruction, and templates that were made after it where others have
// a system prompt.
constexpr Words<2> kPreambles = {
    "Below is an instruction that describes a task. Write a response that appropriately completes "
    "the request.",
    "以下は、タスクを説明する指示です。要求を適切に満たす応答を書きなさい。"};

bool is_preamble(std::string_view text) {
  constexpr std::string_view kSpace = " \n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return is_one_of(text.substr(0, text.find_last_not_of(kSpace) + 1), kPreambles);
}

}  // namespace

Seen RoleWalk::text(std::string_view text) const {
  Seen out;
  out.constant = text.size() <= kLongText;
  if (out.constant) out.text = text;
  out.prose = is_prose(text) && !is_preamble(text);
  out.words = out.prose && decided_ > 0;
  out.by_role = decided_ > 0;
  return out;
}

Seen RoleWalk::role() const {
  Seen out;
  out.constant = out.by_role = true;
  out.text = role_;
  return out;
}

Seen RoleWalk::value(const Node* node) {
  if (node == nullptr) return {};
  if (depth_ >= kDeepest) return look_up("messages");
  ++depth_;
  Seen out = evaluated(*node);
  --depth_;
  return out;
}

Seen RoleWalk::evaluated(const Node& expression) {
  const Node* node = &expression;
  switch (node->kind) {
    case Kind::text:
      return text(node->text);
    case Kind::integer: {
      Seen out = text(std::to_string(node->number));
      out.truth = node->number != 0;
      return out;
    }
    case Kind::boolean:
      return truth_of(node->number != 0, decided_ > 0);
    case Kind::none:
      return truth_of(false, decided_ > 0);
    case Kind::name:
      return name(*node);
    case Kind::attribute:
    case Kind::subscript:
      return member(*node);
    case Kind::call:
      return call(*node);
    case Kind::filter:
      return filter(*node);
    case Kind::test: {
      const Seen left = value(node->parts[0]);
      const Seen right = node->parts.size() > 1 ? value(node->parts[1]) : Seen();
      return node->parts.size() > 1 ? compare(left, node->text, right) : Seen();
    }
    case Kind::unary: {
      const Seen of = value(node->parts[0]);
      if (node->text != "not") return remains(of);
      const std::optional<bool> truth = of.holds();
      return truth_of(truth ? std::optional(!*truth) : std::nullopt, of.by_role);
    }
    case Kind::compare: {
      const Seen left = value(node->parts[0]);
      if (node->parts.size() != 2) return {};
      return compare(left, node->parts[1]->text, value(node->parts[1]->parts[0]));
    }
    case Kind::logic:
      return logic(*node);
    case Kind::conditional:
      return conditional(*node);
    case Kind::concat:
    case Kind::binary:
      return concat(*node);
    case Kind::list:
    case Kind::tuple:
    case Kind::dict: {
      Seen out = remains(all(node->parts));
      out.literal = node;
      return out;
    }
    default:
      return all(node->parts);
  }
}

Seen RoleWalk::all(const Nodes& nodes, std::size_t from) {
  Seen out;
  for (std::size_t i = from; i < nodes.size(); ++i) out = with(out, value(nodes[i]));
  return out;
}

const Seen* RoleWalk::find(std::string_view key) const {
  for (std::size_t i = layers_.size(); i-- > bottom_;) {
    const auto found = layers_[i].find(key);
    if (found != layers_[i].end()) return &found->second;
  }
  return nullptr;
}

Seen RoleWalk::look_up(std::string_view key) const {
  if (const Seen* found = find(key)) return *found;
  Seen out;
  if (key == "messages") {
    out.is = Seen::Is::message;
    out.shows = true;
  } else if (bottom_ > 0) {
    out.shows = ever_.contains(key);
  }
  return out;
}

Seen RoleWalk::name(const Node& node) {
  return look_up(node.text);
}

Seen RoleWalk::member(const Node& node) {
  if (const std::string key = key_of(node); !key.empty() && key.contains('.'))
    if (find(key) != nullptr || ever_.contains(key)) return look_up(key);
  const Seen object = value(node.parts[0]);
  if (node.kind == Kind::subscript && node.parts[1]->kind != Kind::text && !object.literal &&
      object.is != Seen::Is::plain)
    return part_of(node, object);
  const Seen key = node.kind == Kind::attribute ? text(node.text) : value(node.parts[1]);
  return member_of(object, key);
}

// `messages[…]`
Seen RoleWalk::part_of(const Node& node, const Seen& object) {
  const Node& key = *node.parts[1];
  Seen out = object;
  out.none = false;
  if (key.kind == Kind::slice) {
    // A system message is the first.
    const Node* begin = key.parts[0];
    if (role_ == "system" && begin != nullptr && begin->kind == Kind::integer &&
        begin->number > 0) {
      out.is = Seen::Is::other;
      out.shows = false;
    }
    return out;
  }
  if (key.kind == Kind::name || key.kind == Kind::attribute) return out;
  const Seen at = value(&key);
  if (at.constant && std::ranges::any_of(at.text, is_letter)) return member_of(object, at);
  if (role_ != "system" || at.text != "0") out.is = Seen::Is::other;
  return out;
}

Seen RoleWalk::member_of(const Seen& object, const Seen& key) {
  if (object.literal != nullptr && object.literal->kind == Kind::dict && key.constant &&
      key.by_role && literals_ < 3 && object.literal->parts.size() <= kMostItems) {
    const Nodes& parts = object.literal->parts;
    ++literals_;
    ++decided_;
    Seen out = text("");
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
      if (parts[i]->kind == Kind::text && parts[i]->text == key.text) out = value(parts[i + 1]);
    --decided_;
    --literals_;
    return out;
  }
  if (object.is == Seen::Is::plain) {
    if (!object.constant || !key.constant || key.text != "0") return remains(object);
    return changed("first", object);
  }
  if (key.constant && key.text == "role") return object.is == Seen::Is::message ? role() : Seen();
  if (key.constant && is_one_of(key.text, kAbout)) return {};
  return remains(object);
}

std::optional<bool> RoleWalk::is_in(const Seen& one, const Seen& many) {
  if (many.literal == nullptr)
    return many.constant ? std::optional(many.text.contains(one.text)) : std::nullopt;
  if (many.literal->parts.size() > kMostItems) return std::nullopt;
  bool open = false;
  const std::size_t step = many.literal->kind == Kind::dict ? 2 : 1;
  for (std::size_t i = 0; i < many.literal->parts.size(); i += step) {
    const Node& item = *many.literal->parts[i];
    if (item.kind == Kind::text && item.text == one.text) return true;
    open = open || item.kind != Kind::text;
  }
  return open ? std::nullopt : std::optional(false);
}

Seen RoleWalk::compare(const Seen& left, std::string_view how, const Seen& right) {
  if (!left.constant) return {};
  const bool by_role = left.by_role || right.by_role;
  const bool denied = how == "!=" || how == "ne" || how == "not in";
  if (how == "in" || how == "not in") {
    const std::optional<bool> inside = is_in(left, right);
    return truth_of(inside ? std::optional(*inside != denied) : std::nullopt, by_role);
  }
  static constexpr Words<6> kEqual = {"==", "eq", "equalto", "sameas", "!=", "ne"};
  if (!right.constant || !is_one_of(how, kEqual)) return {};
  return truth_of((left.text == right.text) != denied, by_role);
}

Seen RoleWalk::logic(const Node& node) {
  Seen left = value(node.parts[0]);
  const bool stops = node.text == "or";  // at the first that is true
  const std::optional<bool> first = left.holds();
  if (first == stops) return left;
  const int decided = decided_;
  if (left.by_role) ++decided_;
  const bool raised = raised_;
  const Seen right = value(node.parts[1]);
  if (!first) raised_ = raised;
  decided_ = decided;
  if (first) {
    Seen out = right;
    out.by_role = right.by_role || left.by_role;
    return out;
  }
  Seen out = joined(left, right);
  out.constant = false;
  out.truth = right.holds() == stops ? std::optional(stops) : std::nullopt;
  // Of what is not known the role may decide a half: `loop.first and m.role == 'system'`.
  out.by_role = right.by_role || left.by_role;
  return out;
}

Seen RoleWalk::conditional(const Node& node) {
  const Seen condition = value(node.parts[0]);
  const std::optional<bool> truth = condition.holds();
  const int decided = decided_;
  if (truth && condition.by_role) ++decided_;
  const bool raised = raised_;
  Seen out;
  if (truth) {
    out = *truth                     ? value(node.parts[1])
          : node.parts[2] == nullptr ? text("")
                                     : value(node.parts[2]);
  } else {
    out = joined(value(node.parts[1]), node.parts[2] == nullptr ? text("") : value(node.parts[2]));
    raised_ = raised;
  }
  decided_ = decided;
  return out;
}

Seen RoleWalk::concat(const Node& node) {
  Seen out = value(node.parts[0]);
  const bool adds = node.kind == Kind::concat || node.text == "+";
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    const Seen more = value(node.parts[i]);
    const bool lists = out.is != Seen::Is::plain && out.is == more.is;
    const bool known =
        adds && out.constant && more.constant && out.text.size() + more.text.size() < kLongText;
    const std::string made = known ? out.text + more.text : std::string();
    const Seen::Is is = out.is;
    out = with(out, more);
    if (lists) out.is = is;
    if (known) {
      const bool prose = out.prose;
      out = text(made);
      out.prose = out.prose || prose;
    }
  }
  return out;
}

}  // namespace gh::jinja
