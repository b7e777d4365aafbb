#include "json/tape.h"

#include "base/check.h"

namespace gh::json {
namespace {

namespace dom = simdjson::dom;

// More than gh::escape is asked to show, so that the cut here is never seen.
constexpr std::size_t kPathKept = 512;

}  // namespace

void Tape::reserve(std::size_t bytes) {
  // Each Node stands for two bytes at least: a value and the comma or bracket after it, a key and
  // its colon. Only the root may come without.
  const std::size_t wanted = bytes / 2 + 1;
  if (wanted <= capacity_) return;
  nodes_ = std::make_unique_for_overwrite<Node[]>(wanted);
  capacity_ = wanted;
}

const Node* Tape::build(dom::element root) {
  next_ = nodes_.get();
  end_ = next_ + capacity_;
  values_ = 0;
  path_.clear();
  return add(root, 0) ? nodes_.get() : nullptr;
}

// simdjson reads at most 4 GiB, so no size here outgrows 32 bits.
inline Node* Tape::push(Type type, std::size_t size) {
  GH_CHECK(next_ != end_);
  next_->type = type;
  next_->size = static_cast<std::uint32_t>(size);
  return next_++;
}

inline void Tape::push_string(std::string_view text) {
  push(Type::string, text.size())->text = text.data();
}

inline void Tape::close(Node* container, std::size_t size) {
  container->size = static_cast<std::uint32_t>(size);
  container->nodes = static_cast<std::uint64_t>(next_ - container);
}

// The element's type was just asked for, so the unchecked getters are right.
bool Tape::add(dom::element value, std::size_t depth) {
  if (++values_ > limits_.values) return refuse(ParseErrorKind::too_large);
  switch (value.type()) {
    case dom::element_type::STRING:
      push_string(value.get_string().value_unsafe());
      return true;
    case dom::element_type::INT64:
      push(Type::integer, 0)->integer = value.get_int64().value_unsafe();
      return true;
    case dom::element_type::UINT64:
      push(Type::unsigned_integer, 0)->unsigned_integer = value.get_uint64().value_unsafe();
      return true;
    case dom::element_type::DOUBLE:
      push(Type::real, 0)->real = value.get_double().value_unsafe();
      return true;
    case dom::element_type::BOOL:
      push(Type::boolean, 0)->boolean = value.get_bool().value_unsafe();
      return true;
    case dom::element_type::NULL_VALUE:
      push(Type::null, 0);
      return true;
    case dom::element_type::ARRAY:
      return add_array(value.get_array().value_unsafe(), depth + 1);
    case dom::element_type::OBJECT:
      return add_object(value.get_object().value_unsafe(), depth + 1);
  }
  return refuse(ParseErrorKind::syntax);
}

bool Tape::add_array(dom::array array, std::size_t depth) {
  if (depth > limits_.depth) return refuse(ParseErrorKind::too_deep);
  Node* const self = push(Type::array, 0);
  std::size_t count = 0;
  for (const dom::element element : array) {
    if (!add(element, depth)) {
      prepend("[" + std::to_string(count) + "]");
      return false;
    }
    ++count;
  }
  close(self, count);
  return true;
}

bool Tape::add_object(dom::object object, std::size_t depth) {
  if (depth > limits_.depth) return refuse(ParseErrorKind::too_deep);
  Node* const self = push(Type::object, 0);
  std::size_t count = 0;
  for (const auto [key, value] : object) {
    push_string(key);
    if (!add(value, depth)) {
      prepend(key);
      return false;
    }
    ++count;
  }
  close(self, count);
  if (const Node* twice = keys_.find(self)) {
    prepend(twice->string());
    return refuse(ParseErrorKind::duplicate_key);
  }
  return true;
}

bool Tape::refuse(ParseErrorKind kind) {
  fault_ = kind;
  return false;
}

void Tape::prepend(std::string_view step) {
  if (!path_.empty() && path_.front() != '[') path_.insert(path_.begin(), '.');
  path_.insert(0, step.substr(0, kPathKept));
  if (path_.size() > kPathKept) path_.resize(kPathKept);
}

}  // namespace gh::json
