#include "jinja/roles_walk.h"

#include <algorithm>

#include "jinja/wording.h"

namespace gh::jinja {

namespace {

constexpr std::size_t kTail = 256;      // bytes of what was written last
constexpr std::size_t kMostLayers = 8;  // what is set deeper inside adds to what was set before
constexpr int kTwice = 3;               // loops that are gone through twice, for what they carry on

}  // namespace

std::string key_of(const Node& node) {
  if (node.kind == Kind::name) return node.text;
  const bool attribute = node.kind == Kind::attribute || node.kind == Kind::namespace_target;
  return attribute && node.parts[0]->kind == Kind::name ? node.parts[0]->text + "." + node.text
                                                        : std::string();
}

Seen joined(const Seen& a, const Seen& b) {
  Seen out;
  out.is = a.is == Seen::Is::plain ? b.is : b.is == Seen::Is::plain ? a.is : std::max(a.is, b.is);
  out.shows = a.shows || b.shows;
  out.prose = a.prose || b.prose;
  out.words = a.words || b.words;
  out.by_role = a.by_role || b.by_role;
  out.none = a.none && b.none;
  out.constant = a.constant && b.constant && a.text == b.text;
  if (out.constant) out.text = a.text;
  if (a.holds() == b.holds() && !out.constant) out.truth = a.holds();
  if (a.literal == b.literal) out.literal = a.literal;
  return out;
}

// What stands in a value, and nothing of what it is.
Seen remains(const Seen& from) {
  Seen out;
  out.shows = from.shows;
  out.prose = from.prose;
  out.words = from.words;
  return out;
}

Seen with(const Seen& a, const Seen& b) {
  return remains(joined(a, b));
}

Seen truth_of(std::optional<bool> truth, bool by_role) {
  Seen out;
  out.truth = truth;
  out.by_role = by_role;
  return out;
}

void RoleWalk::run(const Tree& tree) {
  layers_.emplace_back();
  statements(tree.body);
}

RoleWalk::Flow RoleWalk::statements(const Nodes& nodes) {
  for (const Node* node : nodes) {
    const Flow flow = statement(*node);
    if (flow != Flow::goes_on) return flow;
  }
  return Flow::goes_on;
}

RoleWalk::Flow RoleWalk::statement(const Node& node) {
  raised_ = false;
  switch (node.kind) {
    case Kind::data:
      write(node, text(node.text));
      break;
    case Kind::output:
      for (const Node* part : node.parts) write(node, value(part));
      break;
    case Kind::if_chain:
      return if_chain(node);
    case Kind::for_loop:
      return for_loop(node);
    case Kind::loop_control:
      return Flow::leaves;
    case Kind::set:
    case Kind::set_block:
      set(node);
      break;
    case Kind::filter_block:
      write(node, written(node.body));
      break;
    case Kind::call_block: {
      const Node& called = *node.parts[0];
      const auto macro = called.kind == Kind::call && called.parts[0]->kind == Kind::name
                             ? macros_.find(called.parts[0]->text)
                             : macros_.end();
      const Seen block = written(node.body);
      write(node, macro == macros_.end() ? joined(value(&called), block)
                                         : this->macro(called, *macro->second, block));
      break;
    }
    case Kind::with: {
      std::vector<Seen> given;
      for (std::size_t i = 1; i < node.parts.size(); i += 2) given.push_back(value(node.parts[i]));
      layers_.emplace_back();
      for (std::size_t i = 0; i < given.size(); ++i) assign(*node.parts[2 * i], given[i]);
      const Flow flow = statements(node.body);
      leave_scope();
      return flow;
    }
    case Kind::scope:
    case Kind::loop_else:
      return scope(node.body);
    default:
      break;  // macros run where they are called
  }
  if (!raised_) return Flow::goes_on;
  if (uncertain_ == 0) refuses_ = true;
  return Flow::refuses;
}

RoleWalk::Flow RoleWalk::scope(const Nodes& body) {
  layers_.emplace_back();
  const Flow flow = statements(body);
  leave_scope();
  return flow;
}

// Attributes of namespaces outlive it; the scope may run or not.
void RoleWalk::leave_scope() {
  const Variables inner = std::move(layers_.back());
  layers_.pop_back();
  for (const auto& [key, seen] : inner) {
    if (!key.contains('.')) continue;
    const Seen* before = find(key);
    assign(key, before == nullptr ? seen : joined(*before, seen));
  }
}

RoleWalk::Flow RoleWalk::if_chain(const Node& node) {
  std::vector<Chosen> branches;
  bool otherwise = true;  // none of them may be taken
  bool by_role = false;
  const int uncertain = uncertain_;
  const int decided = decided_;
  for (const Node* branch : node.body) {
    Seen condition;
    condition.truth = true;
    if (branch->parts[0] != nullptr) condition = value(branch->parts[0]);
    raised_ = false;
    const std::optional<bool> truth = condition.holds();
    // Most templates have no branch for tools, and what is left over is for other roles, too.
    by_role = by_role || (condition.by_role && (truth.value_or(true) || role_ != "tool"));
    if (truth == false) continue;
    otherwise = !truth;
    if (!truth) ++uncertain_;
    decided_ = decided + (by_role ? 1 : 0);
    if (layers_.size() > bottom_ + kMostLayers) {
      ++weak_;
      branches.push_back({{}, statements(branch->body)});
      --weak_;
    } else {
      layers_.emplace_back();
      const Flow flow = statements(branch->body);
      branches.push_back({std::move(layers_.back()), flow});
      layers_.pop_back();
    }
    if (truth) break;
  }
  uncertain_ = uncertain;
  decided_ = decided;
  join(branches, otherwise);
  if (otherwise) return Flow::goes_on;
  Flow flow = Flow::refuses;
  for (const Chosen& branch : branches) flow = std::min(flow, branch.flow);
  return flow;
}

void RoleWalk::join(const std::vector<Chosen>& branches, bool otherwise) {
  struct After {
    std::optional<Seen> seen;
    std::size_t branches = 0;  // that go on, and set it
  };
  std::map<std::string, After> all;
  std::size_t going = 0;
  for (const Chosen& branch : branches) {
    const bool goes_on = branch.flow == Flow::goes_on;
    if (goes_on) ++going;
    for (const auto& [key, seen] : branch.changes) {
      if (!goes_on && !key.contains('.')) continue;
      After& after = all[key];
      after.seen = after.seen ? joined(*after.seen, seen) : seen;
      if (goes_on) ++after.branches;
    }
  }
  for (const auto& [key, after] : all) {
    const bool kept = otherwise || after.branches < going;
    assign(key, kept ? joined(look_up(key), *after.seen) : *after.seen);
  }
}

RoleWalk::Flow RoleWalk::for_loop(const Node& node) {
  const Seen iterable = value(node.parts[1]);
  if (raised_) return Flow::refuses;
  const bool otherwise = !node.body.empty() && node.body.back()->kind == Kind::loop_else;
  if (iterable.is != Seen::Is::plain && loop_ == nullptr) loop_ = &node;
  ++loops_;
  Flow flow = Flow::goes_on;
  if (!iterable.none)
    for (int turn = 0; turn < (loops_ <= kTwice ? 2 : 1); ++turn) flow = for_body(node, iterable);
  --loops_;
  if (otherwise) statement(*node.body.back());
  return flow == Flow::refuses && uncertain_ == 0 ? flow : Flow::goes_on;
}

RoleWalk::Flow RoleWalk::for_body(const Node& node, const Seen& iterable) {
  layers_.emplace_back();
  Seen item;
  item.is = iterable.is;
  item.shows = iterable.shows;
  item.prose = iterable.prose;
  item.words = iterable.words;
  const Node& target = *node.parts[0];
  if (target.kind != Kind::name) item.is = Seen::Is::plain;
  assign(target, item);
  Seen condition;
  condition.truth = true;
  if (node.parts[2] != nullptr) condition = value(node.parts[2]);
  const std::optional<bool> truth = condition.holds();
  const int decided = decided_;
  if (truth && condition.by_role) ++decided_;
  Nodes body = node.body;
  if (!body.empty() && body.back()->kind == Kind::loop_else) body.pop_back();
  // Nothing is said of how often it runs but that a message of the role is there.
  const int uncertain = uncertain_;
  if (iterable.is == Seen::Is::plain || !truth) ++uncertain_;
  const Flow flow = truth == false ? Flow::goes_on : statements(body);
  uncertain_ = uncertain;
  decided_ = decided;
  leave_scope();
  return flow;
}

void RoleWalk::set(const Node& node) {
  const Node& target = *node.parts[0];
  if (node.kind == Kind::set_block) return assign(target, written(node.body));
  const Node& made = *node.parts[1];
  if (target.kind == Kind::name && made.kind == Kind::call && made.parts[0]->kind == Kind::name &&
      made.parts[0]->text == "namespace")
    for (const Node* argument : made.parts)
      if (argument->kind == Kind::keyword)
        assign(target.text + "." + argument->text, value(argument->parts[0]));
  assign(target, value(&made));
}

void RoleWalk::assign(const Node& target, const Seen& value) {
  if (target.kind == Kind::tuple || target.kind == Kind::list) {
    Seen part;
    part.shows = value.shows;
    part.prose = value.prose;
    part.words = value.words;
    for (const Node* one : target.parts) assign(*one, part);
    return;
  }
  assign(key_of(target), value);
}

void RoleWalk::assign(std::string_view key, Seen value) {
  if (key.empty()) return;
  if (value.shows) ever_.insert(std::string(key));
  if (const Seen* before = weak_ > 0 ? find(key) : nullptr) value = joined(*before, value);
  layers_.back().insert_or_assign(std::string(key), std::move(value));
}

// Into a list or a dict, wherever else it is known by that name.
void RoleWalk::put_into(const Node& object, const Seen& value) {
  const std::string key = key_of(object);
  if (key.empty()) return;
  if (value.shows) ever_.insert(key);
  for (std::size_t i = bottom_; i < layers_.size(); ++i) {
    const auto found = layers_[i].find(key);
    if (found == layers_[i].end()) continue;
    Seen both = joined(found->second, value);
    both.literal = nullptr;
    both.truth = std::nullopt;
    both.constant = false;
    if (found->second.is == Seen::Is::plain && !value.shows) both.is = Seen::Is::plain;
    found->second = std::move(both);
  }
}

void RoleWalk::write(const Node& at, const Seen& value) {
  Seen& seen = out_->seen;
  seen.shows = seen.shows || value.shows;
  seen.prose = seen.prose || value.prose;
  bool words = value.words || (value.prose && decided_ > 0);
  if (decided_ > 0) {
    const bool said = value.constant && (value.prose || !is_prose(value.text));
    out_->tail += said ? value.text : std::string(1, '\x01');
    words = words || is_prose(out_->tail);
    if (out_->tail.size() > kTail) out_->tail.erase(0, out_->tail.size() - kTail / 2);
  } else {
    out_->tail.clear();
  }
  seen.words = seen.words || words;
  if (words && out_->words == nullptr) out_->words = &at;
}

// What a block writes.
Seen RoleWalk::written(const Nodes& body) {
  Sink sink;
  Sink* const around = std::exchange(out_, &sink);
  scope(body);
  out_ = around;
  if (body.size() == 1 && body[0]->kind == Kind::data) return text(body[0]->text);
  if (body.empty()) return text("");
  return sink.seen;
}

}  // namespace gh::jinja
