#include "json/tape.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace gh::json {
namespace {

using simdjson::internal::tape_type;

// More than gh::escape is asked to show, so that the cut here is never seen.
constexpr std::size_t kPathKept = 512;

// A word of simdjson's tape: what it is in the top byte, and what belongs to it below.
tape_type type_of(std::uint64_t word) {
  return static_cast<tape_type>(word >> 56);
}

std::uint64_t payload_of(std::uint64_t word) {
  return word & 0x00FF'FFFF'FFFF'FFFF;
}

}  // namespace

void Tape::reserve(std::size_t bytes) {
  // Each Node stands for two bytes at least: a value and the comma or bracket after it, a key and
  // its colon. Only the root may come without.
  const std::size_t wanted = bytes / 2 + 1;
  if (wanted <= capacity_) return;
  nodes_ = std::make_unique_for_overwrite<Node[]>(wanted);
  capacity_ = wanted;
}

const Node* Tape::build(const simdjson::dom::document& document) {
  word_ = document.tape.get() + 1;  // after the root's own
  strings_ = document.string_buf.get();
  next_ = nodes_.get();
  end_ = next_ + capacity_;
  values_ = 0;
  path_.clear();
  return add(0) ? nodes_.get() : nullptr;
}

// simdjson reads at most 4 GiB, so no size here outgrows 32 bits.
inline Node* Tape::push(Type type, std::size_t size) {
  GH_CHECK(next_ != end_);
  next_->type = type;
  next_->size = static_cast<std::uint32_t>(size);
  return next_++;
}

// Its length stands before it.
inline void Tape::push_string(std::uint64_t word) {
  const std::uint8_t* const place = strings_ + payload_of(word);
  std::uint32_t size = 0;
  std::memcpy(&size, place, sizeof size);
  push(Type::string, size)->text = reinterpret_cast<const char*>(place + sizeof size);
}

inline void Tape::close(Node* container, std::size_t size) {
  container->size = static_cast<std::uint32_t>(size);
  container->nodes = static_cast<std::uint64_t>(next_ - container);
}

bool Tape::add(std::size_t depth) {
  if (++values_ > limits_.values) return refuse(ParseErrorKind::too_large);
  const std::uint64_t word = *word_++;
  switch (type_of(word)) {
    case tape_type::STRING:
      push_string(word);
      return true;
    case tape_type::INT64:
      push(Type::integer, 0)->integer = static_cast<std::int64_t>(*word_++);
      return true;
    case tape_type::UINT64:
      push(Type::unsigned_integer, 0)->unsigned_integer = *word_++;
      return true;
    case tape_type::DOUBLE:
      push(Type::real, 0)->real = std::bit_cast<double>(*word_++);
      return true;
    case tape_type::TRUE_VALUE:
      push(Type::boolean, 0)->boolean = true;
      return true;
    case tape_type::FALSE_VALUE:
      push(Type::boolean, 0)->boolean = false;
      return true;
    case tape_type::NULL_VALUE:
      push(Type::null, 0);
      return true;
    case tape_type::START_ARRAY:
      return add_array(depth + 1);
    case tape_type::START_OBJECT:
      return add_object(depth + 1);
    case tape_type::ROOT:
    case tape_type::END_ARRAY:
    case tape_type::END_OBJECT:
      break;
  }
  return refuse(ParseErrorKind::syntax);
}

bool Tape::add_array(std::size_t depth) {
  if (depth > limits_.depth) return refuse(ParseErrorKind::too_deep);
  Node* const self = push(Type::array, 0);
  std::size_t count = 0;
  for (; type_of(*word_) != tape_type::END_ARRAY; ++count) {
    if (!add(depth)) {
      prepend("[" + std::to_string(count) + "]");
      return false;
    }
  }
  ++word_;
  close(self, count);
  return true;
}

bool Tape::add_object(std::size_t depth) {
  if (depth > limits_.depth) return refuse(ParseErrorKind::too_deep);
  Node* const self = push(Type::object, 0);
  std::size_t count = 0;
  for (; type_of(*word_) != tape_type::END_OBJECT; ++count) {
    const Node* const key = next_;
    push_string(*word_++);
    if (!add(depth)) {
      prepend(key->string());
      return false;
    }
  }
  ++word_;
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
