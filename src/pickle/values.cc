#include "pickle/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "pickle/allowed.h"
#include "pickle/hashes.h"
#include "pickle/payloads.h"
#include "pickle/words.h"

namespace gh::pickle {

namespace {

// Of bytes and long texts: how many there are, and one more, so that 0 is left for what is not
// known.
std::uint64_t sized(std::optional<std::uint64_t> size) {
  return size && *size < kBeyondLatin1 - 1 ? *size + 1 : 0;
}

constexpr std::uint64_t kPlain = 256;  // beside the bytes of an element
constexpr std::size_t kShownText = 60;
constexpr std::size_t kShownArguments = 4;

// Keys of storages are pointers or counters in decimal: they say themselves.
std::optional<std::uint64_t> as_numeral(std::string_view text) {
  constexpr std::size_t kDigits = 16;  // below 2^56
  if (text.empty() || text.size() > kDigits || (text[0] == '0' && text.size() > 1))
    return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::big_integer:
      return "a long number";
    case Kind::real:
      return "a float";
    case Kind::long_text:
      return "a long text";
    case Kind::bytes:
      return "bytes";
    case Kind::bytearray:
      return "a bytearray";
    case Kind::list:
      return "a list";
    case Kind::dict:
      return "a dict";
    case Kind::ordered_dict:
      return "an OrderedDict";
    case Kind::counter:
      return "a Counter";
    case Kind::set:
      return "a set";
    case Kind::frozenset:
      return "a frozenset";
    case Kind::storage:
      return "a storage";
    case Kind::tensor:
      return "a tensor";
    case Kind::parameter:
      return "a parameter";
    case Kind::dtype:
      return "a NumPy dtype";
    case Kind::array:
      return "an array";
    case Kind::wrapper:
      return "joblib's array wrapper";
    case Kind::magic:
      return "PyTorch's magic number";
    case Kind::unknown:
      return "the result of a refused call";
    default:
      return "an object";
  }
}

}  // namespace

Value Values::text(std::string_view bytes, bool beyond_latin1) {
  if (const auto number = as_numeral(bytes)) return Value(Kind::numeral, *number);
  if (const std::uint16_t number = word_of(bytes))
    return Value(Kind::text, std::uint64_t{number} << kPositionBits);
  char entry[256];
  entry[0] = static_cast<char>(static_cast<unsigned char>(bytes.size()));
  std::ranges::copy(bytes, entry + 1);
  const std::uint64_t position = texts_.add({entry, bytes.size() + 1}) & (kBeyondLatin1 - 1);
  return Value(Kind::text, position | (beyond_latin1 ? kBeyondLatin1 : 0));
}

Value Values::long_text(bool beyond_latin1, std::optional<std::uint64_t> characters) {
  return Value(Kind::long_text, (beyond_latin1 ? kBeyondLatin1 : 0) | sized(characters));
}

Value Values::bytes(Kind kind, std::optional<std::uint64_t> size) {
  return Value(kind, sized(size));
}

std::optional<std::uint64_t> Values::size_of(Value bytes) const {
  if (bytes.is(Kind::bytes) || bytes.is(Kind::bytearray) || bytes.is(Kind::long_text)) {
    const std::uint64_t size = bytes.payload() & (kBeyondLatin1 - 1);
    return size == 0 ? std::nullopt : std::optional(size - 1);
  }
  const auto text = text_of(bytes);
  if (!text) return std::nullopt;
  return static_cast<std::uint64_t>(
      std::ranges::count_if(*text, [](char c) { return (c & 0xc0) != 0x80; }));
}

bool Values::is_latin1(Value text) {
  return text.is(Kind::numeral) || (text.payload() & kBeyondLatin1) == 0;
}

std::optional<std::string> Values::text_of(Value value) const {
  if (value.is(Kind::numeral)) return fmt::format("{}", value.payload());
  if (!value.is(Kind::text)) return std::nullopt;
  if (const auto number = static_cast<std::uint16_t>(value.payload() >> kPositionBits))
    return std::string(word(number));
  const char* entry = texts_.at(value.payload() & (kBeyondLatin1 - 1));
  if (entry == nullptr) return std::nullopt;
  return std::string(entry + 1, static_cast<unsigned char>(*entry));
}

bool Values::is_text(Value value, std::string_view text) const {
  return value.is(Kind::text) && text_of(value) == text;
}

Value Values::tuple(std::span<const Value> elements) {
  std::uint8_t contents = elements.empty() ? 0 : kFilled;
  std::uint64_t steps = 1;
  for (const Value element : elements) {
    if (element.is(Kind::integer) || element.is(Kind::real)) {  // most are
      ++steps;
      continue;
    }
    contents |=
        static_cast<std::uint8_t>(contribution(element) | (is_hashable(element) ? 0 : kUnhashable) |
                                  (is_salted(element) ? kSalted : 0));
    steps += hash_cost(element);
  }
  contents |= static_cast<std::uint8_t>(HashCost::class_of(steps) << kHashCostShift);
  const bool kept = elements.size() <= kLongestTuple;
  const std::uint64_t length = kept ? elements.size() : kForgottenLength;
  const std::uint64_t position = kept && !elements.empty() ? elements_.add(elements) : 0;
  return Value(Kind::tuple,
               (length << kContentsBits | contents) << kPositionBits | (position & kPosition));
}

std::optional<std::span<const Value>> Values::elements(Value tuple) const {
  return tuple.is(Kind::tuple) ? sequence_of(tuple) : std::nullopt;
}

Value Values::tensor(Value shape, std::uint8_t facts) {
  return Value(Kind::tensor, (length_of(shape) << kContentsBits | facts) << kPositionBits |
                                 (shape.payload() & kPosition));
}

// Whether something may be made of it that asks for more than its shape.
bool Values::keeps_strides(std::uint8_t facts) const {
  return (facts & kStrided) != 0 &&
         (keeps_all_strides_ || (facts & kWhole) != 0 || (facts & kContiguous) == 0);
}

// The elements: shape, steps, storage, offset, bytes and, above these, whether it is plain.
Value Values::tensor(Value tuple, const Strided& strided, std::uint8_t facts) {
  const auto shape = elements(tuple);
  if (!shape || shape->empty() || !keeps_strides(facts)) return tensor(tuple, facts);
  scratch_.assign(shape->begin(), shape->end());
  scratch_.insert(scratch_.end(), strided.steps.begin(), strided.steps.end());
  scratch_.push_back(strided.storage);
  scratch_.push_back(Value(Kind::integer, strided.offset));
  scratch_.push_back(Value(Kind::integer, strided.bytes | (strided.plain ? kPlain : 0)));
  const std::uint64_t position = elements_.add(scratch_) & kPosition;
  return Value(Kind::tensor,
               (std::uint64_t{shape->size()} << kContentsBits | facts) << kPositionBits | position);
}

std::optional<Values::Strided> Values::strided(Value tensor) const {
  const auto shape = shape_of(tensor);
  if (!shape || shape->empty() || !keeps_strides(facts_of(tensor))) return std::nullopt;
  const Value* const behind = shape->data() + shape->size();
  const std::span steps(behind, shape->size());
  const Value* const rest = behind + steps.size();
  return Strided{.storage = rest[0],
                 .offset = rest[1].payload(),
                 .bytes = static_cast<std::uint8_t>(rest[2].payload()),
                 .plain = (rest[2].payload() & kPlain) != 0,
                 .steps = steps};
}

std::uint8_t Values::facts_of(Value tensor) {
  return static_cast<std::uint8_t>(tensor.payload() >> kPositionBits);
}

std::optional<std::span<const Value>> Values::shape_of(Value tensor) const {
  return tensor.is(Kind::tensor) ? sequence_of(tensor) : std::nullopt;
}

std::optional<std::span<const Value>> Values::sequence_of(Value value) const {
  const std::uint64_t length = length_of(value);
  if (length == kForgottenLength) return std::nullopt;
  if (length == 0) return std::span<const Value>{};
  const Value* first = elements_.at(value.payload() & kPosition);
  if (first == nullptr) return std::nullopt;
  return std::span(first, static_cast<std::size_t>(length));
}

Value Values::aged(Value value) {
  if (value.is_container()) return Value(value.kind(), kNowhere);
  if (value.is(Kind::text) && value.payload() >> kPositionBits == 0)
    return long_text(!is_latin1(value));
  if (value.is(Kind::long_text)) return long_text(!is_latin1(value));
  if (value.is(Kind::bytes) || value.is(Kind::bytearray)) return Value(value.kind());
  const bool refers = value.is(Kind::tuple) || value.is(Kind::tensor) || value.is(Kind::parameter);
  if (!refers || length_of(value) == 0) return value;
  const std::uint64_t contents = value.payload() >> kPositionBits & 0xff;
  return Value(value.kind(), (kForgottenLength << kContentsBits | contents) << kPositionBits);
}

Value Values::refused(std::string name) {
  if (!keeps_refused()) return Value(Kind::refused, kRefused);
  refused_.push_back(std::move(name));
  return Value(Kind::refused, refused_.size() - 1);
}

std::string Values::describe(Value value) const {
  switch (value.kind()) {
    case Kind::boolean:
      return value.payload() != 0 ? "True" : "False";
    case Kind::integer:
      return fmt::format("{}", *value.as_integer());
    case Kind::text:
    case Kind::numeral: {
      const auto text = text_of(value);
      return text ? fmt::format("'{}'", escape(*text, kShownText)) : "a text";
    }
    case Kind::tuple: {
      const auto inside = elements(value);
      return inside ? fmt::format("a tuple of {}", inside->size()) : "a tuple";
    }
    case Kind::global: {
      const std::uint64_t which = value.payload();
      return fmt::format("{}.{}", family_of(which).module, name_of(which).name);
    }
    case Kind::refused:
      return value.payload() < refused_.size() ? refused_[value.payload()] : "a refused name";
    default:
      return std::string(kind_name(value.kind()));
  }
}

std::string Values::describe_arguments(Value tuple) const {
  const auto inside = elements(tuple);
  if (!inside) return describe(tuple);
  std::string text = "(";
  for (std::size_t i = 0; i < inside->size() && i < kShownArguments; ++i)
    text += (i == 0 ? "" : ", ") + describe((*inside)[i]);
  if (inside->size() > kShownArguments) text += ", …";
  return text + ")";
}

}  // namespace gh::pickle
