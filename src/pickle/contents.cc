// What is known of the contents of containers and tuples, and what their hashes take.

#include <algorithm>
#include <limits>
#include <utility>

#include "pickle/allowed.h"
#include "pickle/hashes.h"
#include "pickle/payloads.h"
#include "pickle/values.h"
#include "pickle/words.h"

namespace gh::pickle {

namespace {

template <class Number>
Number sum(Number now, std::uint64_t more) {
  constexpr std::uint64_t kMost = std::numeric_limits<Number>::max();
  return static_cast<Number>(std::min(kMost, now + std::min(more, kMost)));
}

}  // namespace

Load& Load::operator+=(const Load& more) {
  count = sum(count, more.count);
  steps = sum(steps, more.steps);
  foreseen = sum(foreseen, more.foreseen);
  return *this;
}

Value Values::container(Kind kind) {
  const Contents empty{};
  return Value(kind, contents_.add({&empty, 1}));
}

void Values::put_into(Value container, std::uint16_t contents, const Load& load) {
  if (!container.is_container()) return;
  Contents* known = contents_.at(container.payload());
  if (known == nullptr) return;
  known->flags |= contents | kFilled;
  *known += load;
}

Load Values::load_of(Value container) const {
  if (!container.is_container()) return {};
  const Load* known = contents_.at(container.payload());
  return known == nullptr ? Load{} : *known;
}

Load Values::load_by(Value element) const {
  if (weighs_one(element)) return {.count = 1, .steps = 1, .foreseen = 0};
  return {
      .count = 1,
      .steps = steps_by(element, has_endless_hash(element)),
      .foreseen = is_foreseen(element, elements(element)) ? std::uint16_t{1} : std::uint16_t{0}};
}

// What may be a pair costs what its key does, at most. What takes for ever is told otherwise.
std::uint32_t Values::steps_by(Value element, bool endless) const {
  const std::uint32_t steps = element.is(Kind::list) ? load_of(element).steps : 0;
  return endless ? steps : sum(steps, hash_cost(element));
}

bool Values::is_foreseen(Value element, const Parts& parts) const {
  if (element.is(Kind::list)) return (contents(element) & kFirstForeseen) != 0;
  return has_foreseen_hash(element) ||
         (parts && parts->size() == 2 && has_foreseen_hash((*parts)[0]));
}

bool Values::may_name_attribute(Value key) {
  if (!key.is(Kind::text)) return key.is_text();
  return !is_tensor_attribute(static_cast<std::uint16_t>(key.payload() >> kPositionBits));
}

// What dict() takes for an entry; a list has the bits for it.
bool Values::is_pair(Value value, const Parts& parts) const {
  if (parts) return parts->size() == 2 && is_hashable((*parts)[0]);
  return value.is(Kind::list) && (contents(value) & (kLength | kFirstNoKey)) == 2 * (kLength / 3);
}

// Whether it, or the key of what may be a pair, is a long number.
bool Values::has_long_number(Value element, const Parts& parts) const {
  if (element.is(Kind::list)) return (contents(element) & kLongNumbers) != 0;
  return element.is(Kind::big_integer) ||
         (parts && parts->size() == 2 && (*parts)[0].is(Kind::big_integer));
}

void Values::extend(Value list, std::span<const Value> elements) {
  Contents* known = contents_.at(list.payload());
  if (known == nullptr || elements.empty()) return;
  constexpr unsigned kOne = kLength / 3;
  std::uint16_t now = known->flags;
  std::size_t length = (now & kLength) / kOne;
  if (length == 0 && !is_hashable(elements[0])) now |= kFirstNoKey;
  if (length == 0 && has_foreseen_hash(elements[0])) now |= kFirstForeseen;
  bool pairs = (now & kNoPairs) == 0;
  std::uint64_t steps = 0;
  std::uint64_t foreseen = 0;
  for (const Value element : elements) {
    now |= contribution(element);
    if (weighs_one(element)) {
      pairs = false;
      ++steps;
      continue;
    }
    const Parts parts = this->elements(element);
    const bool endless = has_endless_hash(element);
    pairs = pairs && is_pair(element, parts);
    if (endless) now |= kEndlessKey;
    if (has_long_number(element, parts)) now |= kLongNumbers;
    steps += steps_by(element, endless);
    foreseen += is_foreseen(element, parts) ? 1U : 0U;
  }
  known->count = sum(known->count, elements.size());
  known->steps = sum(known->steps, steps);
  known->foreseen = sum(known->foreseen, foreseen);
  length = std::min<std::size_t>(length + elements.size(), kLength / kOne);
  const auto others = static_cast<std::uint16_t>(now & ~kLength);
  known->flags =
      static_cast<std::uint16_t>(others | length * kOne | kFilled | (pairs ? 0 : kNoPairs));
}

std::uint16_t Values::contents(Value value) const {
  if (value.is(Kind::tuple)) return flags_of(value) & ((1U << kHashCostShift) - 1);
  if (!value.is_container()) return kAnything;
  const Contents* known = contents_.at(value.payload());
  return known == nullptr ? kAnything : known->flags;
}

void Values::seal(Value dictionary) {
  has_sealed_ = true;
  if (Contents* known = contents_.at(dictionary.payload())) known->flags |= kSealed;
}

bool Values::is_sealed(Value container) const {
  const Contents* known = contents_.at(container.payload());
  return known == nullptr ? has_sealed_ && container.payload() == kNowhere
                          : (known->flags & kSealed) != 0;
}

std::uint8_t Values::contribution_of_composed(Value element) const {
  switch (element.kind()) {
    case Kind::magic:
      return 0;
    case Kind::tuple:
      return static_cast<std::uint8_t>(contents(element) & (kComposed | kCallable));
    case Kind::list:
    case Kind::dict:
    case Kind::ordered_dict:
    case Kind::counter:
    case Kind::set:
    case Kind::frozenset:
      return static_cast<std::uint8_t>(kComposed | (contents(element) & kCallable));
    case Kind::global:
      return kComposed | (is_callable(name_of(element.payload()).role) ? kCallable : 0);
    case Kind::unknown:
    case Kind::refused:
      return kComposed | kCallable;
    default:
      return kComposed;
  }
}

// Of an empty text the hash is 0.
bool Values::is_salted(Value value) const {
  if (value.is(Kind::tuple)) return (flags_of(value) & kSalted) != 0;
  if (!value.is(Kind::text)) return value.is_text();
  const char* entry = texts_.at(value.payload() & (kBeyondLatin1 - 1));
  return value.payload() >> kPositionBits != 0 || (entry != nullptr && *entry != 0);
}

bool Values::has_endless_hash(Value value) const {
  if (value.is(Kind::list)) return (contents(value) & kEndlessKey) != 0;
  return hash_cost(value) >= HashCost::steps_of(HashCost::kEndless);
}

std::uint64_t Values::hash_cost(Value value) const {
  if (value.is(Kind::tuple)) return HashCost::steps_of(flags_of(value) >> kHashCostShift);
  return 1 + (value.is(Kind::big_integer) ? value.payload() / 4 : 0);
}

bool Values::has_foreseen_hash(Value value) const {
  if (value.is(Kind::tuple)) return length_of(value) != 0 && !is_salted(value);
  return value.is(Kind::object) && value.payload() == std::to_underlying(Role::complex);
}

bool Values::is_hashable_composed(Value value) const {
  if (value.is(Kind::tuple)) return (contents(value) & kUnhashable) == 0;
  if (value.is(Kind::bytearray) || value.is(Kind::array)) return false;
  return !value.is_container() || value.is(Kind::frozenset);
}

}  // namespace gh::pickle
