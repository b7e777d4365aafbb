#include "json/tape.h"

namespace gh::json {
namespace {

namespace dom = simdjson::dom;

// More than gh::escape is asked to show, so that the cut here is never seen.
constexpr std::size_t kPathKept = 512;

}  // namespace

const Node* Tape::build(dom::element root) {
  nodes_.clear();
  values_ = 0;
  path_.clear();
  return add(root, 0) ? nodes_.data() : nullptr;
}

// The element's type was just asked for, so the unchecked getters are right.
bool Tape::add(dom::element value, std::size_t depth) {
  if (++values_ > limits_.values) return refuse(ParseErrorKind::too_large);
  switch (value.type()) {
    case dom::element_type::STRING:
      add_string(value.get_string().value_unsafe());
      return true;
    case dom::element_type::INT64:
      nodes_.push_back({Type::integer, 0, {.integer = value.get_int64().value_unsafe()}});
      return true;
    case dom::element_type::UINT64:
      nodes_.push_back(
          {Type::unsigned_integer, 0, {.unsigned_integer = value.get_uint64().value_unsafe()}});
      return true;
    case dom::element_type::DOUBLE:
      nodes_.push_back({Type::real, 0, {.real = value.get_double().value_unsafe()}});
      return true;
    case dom::element_type::BOOL:
      nodes_.push_back({Type::boolean, 0, {.boolean = value.get_bool().value_unsafe()}});
      return true;
    case dom::element_type::NULL_VALUE:
      nodes_.push_back({Type::null, 0, {.nodes = 1}});
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
  const std::size_t self = nodes_.size();
  nodes_.push_back({Type::array, 0, {.nodes = 1}});
  std::uint32_t count = 0;
  for (const dom::element element : array) {
    if (!add(element, depth)) {
      prepend("[" + std::to_string(count) + "]");
      return false;
    }
    ++count;
  }
  nodes_[self].size = count;
  nodes_[self].nodes = nodes_.size() - self;
  return true;
}

bool Tape::add_object(dom::object object, std::size_t depth) {
  if (depth > limits_.depth) return refuse(ParseErrorKind::too_deep);
  const std::size_t self = nodes_.size();
  nodes_.push_back({Type::object, 0, {.nodes = 1}});
  std::uint32_t count = 0;
  for (const auto [key, value] : object) {
    add_string(key);
    if (!add(value, depth)) {
      prepend(key);
      return false;
    }
    ++count;
  }
  nodes_[self].size = count;
  nodes_[self].nodes = nodes_.size() - self;
  if (const Node* twice = keys_.find(&nodes_[self])) {
    prepend(twice->string());
    return refuse(ParseErrorKind::duplicate_key);
  }
  return true;
}

void Tape::add_string(std::string_view text) {
  // simdjson reads at most 4 GiB, so no count here outgrows 32 bits.
  nodes_.push_back({Type::string, static_cast<std::uint32_t>(text.size()), {.text = text.data()}});
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
