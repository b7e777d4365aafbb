#include "pickle/generators.h"

#include <algorithm>
#include <utility>

#include "pickle/allowed.h"

namespace gh::pickle {

namespace {

constexpr std::array<std::string_view, 5> kForms = {"MT19937", "PCG64", "PCG64DXSM", "Philox",
                                                    "SFC64"};
constexpr std::uint64_t kTwister = 0;
constexpr std::uint64_t kPhilox = 3;
constexpr std::uint64_t kSfc = 4;

constexpr std::int64_t kTwisterKeys = 624;
constexpr std::int64_t kPhiloxNumbers = 4;
constexpr std::size_t kDictionaries = 16;
constexpr std::uint64_t kLongestNumber = 64;  // bytes or digits, of 128 bits

// What it is made by, and above that, of all but seeds, which of `kForms` and whether it is a
// RandomState.
constexpr unsigned kRoleBits = 8;
constexpr unsigned kFormBits = 8;

Value generator(Role role, std::uint64_t form, bool old) {
  return Value(Kind::object, std::to_underlying(role) | form << kRoleBits |
                                 (old ? std::uint64_t{1} << (kRoleBits + kFormBits) : 0));
}

Role role_of(Value object) {
  return static_cast<Role>(object.payload() & ((1U << kRoleBits) - 1));
}

std::uint64_t form_in(Value object) {
  return object.payload() >> kRoleBits & ((1U << kFormBits) - 1);
}

bool is_within(Value value, std::int64_t most) {
  if (value.is(Kind::boolean)) return most >= 1;
  const auto number = value.as_integer();
  return number && *number >= 0 && *number <= most;
}

bool is_long(Value value) {
  return is_within(value, INT64_MAX) ||
         (value.is(Kind::big_integer) && value.payload() <= kLongestNumber);
}

bool is_role(Value value, Role role) {
  return value.is(Kind::global) && name_of(value.payload()).role == role;
}

}  // namespace

Generators::Generators(Values& values) : values_(values) {
  std::ranges::transform(kGeneratorKeys, keys_.begin(), [&](auto key) { return values.text(key); });
}

bool Generators::is_generator(Value value) {
  if (!value.is(Kind::object)) return false;
  const Role role = role_of(value);
  return role == Role::bit_generator_ctor || role == Role::random_ctor ||
         role == Role::seed_sequence_ctor;
}

std::optional<std::uint64_t> Generators::form_of(Value name_or_class) const {
  std::optional<std::string> name;
  if (is_role(name_or_class, Role::bit_generator_class))
    name = name_of(name_or_class.payload()).name;
  else
    name = values_.text_of(name_or_class);
  const auto found = name ? std::ranges::find(kForms, *name) : kForms.end();
  if (found == kForms.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found - kForms.begin());
}

// (a bit generator[, what makes one of its name])
std::optional<Value> Generators::random(std::uint64_t which,
                                        std::span<const Value> arguments) const {
  const bool old = name_of(which).name == "__randomstate_ctor";
  if (arguments.empty() || arguments.size() > 2 ||
      (arguments.size() == 2 && !is_role(arguments[1], Role::bit_generator_ctor)))
    return std::nullopt;
  if (arguments[0].is(Kind::object) && role_of(arguments[0]) == Role::bit_generator_ctor)
    return generator(Role::random_ctor, form_in(arguments[0]), old);
  const auto form = form_of(arguments[0]);
  return form ? std::optional(generator(Role::random_ctor, *form, old)) : std::nullopt;
}

std::optional<Value> Generators::make(std::uint64_t which, std::span<const Value> arguments) {
  there_ = true;
  const Role role = name_of(which).role;
  if (role == Role::random_ctor) return random(which, arguments);
  if (role == Role::old_random_ctor) {
    if (!arguments.empty()) return std::nullopt;
    return generator(Role::random_ctor, kTwister, true);
  }
  if (role == Role::bit_generator_ctor) {
    const auto form = arguments.size() == 1 ? form_of(arguments[0]) : std::nullopt;
    return form ? std::optional(generator(role, *form, false)) : std::nullopt;
  }
  // (class, checksum of its members, None or the state)
  const bool fine = arguments.size() == 3 && is_role(arguments[0], Role::seed_sequence_class) &&
                    arguments[1].is(Kind::integer) &&
                    (arguments[2].is(Kind::none) || is_seed_state(arguments[2]));
  return fine ? std::optional(generator(role, 0, false)) : std::nullopt;
}

void Generators::set(Value dictionary, Value key, Value value) {
  const auto which = std::ranges::find(keys_, key);
  if (which == keys_.end()) return;
  auto known = std::ranges::find(dictionaries_, dictionary, &Dictionary::value);
  if (known == dictionaries_.end()) {
    if (dictionaries_.size() == kDictionaries) dictionaries_.erase(dictionaries_.begin());
    dictionaries_.push_back({dictionary, {}});
    known = dictionaries_.end() - 1;
  }
  known->entries[static_cast<std::size_t>(which - keys_.begin())] = value;
}

const Generators::Entries* Generators::find(Value dictionary) const {
  if (!dictionary.is(Kind::dict) || values_.contents(dictionary) == kAnything) return nullptr;
  const auto known = std::ranges::find(dictionaries_, dictionary, &Dictionary::value);
  return known == dictionaries_.end() ? nullptr : &known->entries;
}

bool Generators::is_bit_state(std::uint64_t form, bool with_gauss, Value value) const {
  const Entries* const outer = find(value);
  if (outer == nullptr) return false;
  const Entries* const inner = find((*outer)[kState]);
  const auto in = [](const Entries& entries, Key which) { return entries[which]; };
  if (inner == nullptr || !in(*outer, kBitGenerator).is_text() ||
      form_of(in(*outer, kBitGenerator)) != form)
    return false;
  if (with_gauss && !(is_within(in(*outer, kHasGauss), 1) &&
                      (in(*outer, kGauss).is(Kind::real) || is_within(in(*outer, kGauss), 0))))
    return false;
  if (form == kTwister)
    return in(*inner, kKey).is(Kind::array) && is_within(in(*inner, kPos), kTwisterKeys);
  if (!is_within(in(*outer, kHasUint32), 1) || !is_within(in(*outer, kUinteger), UINT32_MAX))
    return false;
  if (form == kPhilox)
    return in(*inner, kCounter).is(Kind::array) && in(*inner, kKey).is(Kind::array) &&
           in(*outer, kBuffer).is(Kind::array) && is_within(in(*outer, kBufferPos), kPhiloxNumbers);
  if (form == kSfc) return in(*inner, kState).is(Kind::array);
  return is_long(in(*inner, kState)) && is_long(in(*inner, kInc));
}

// ("MT19937", key, pos[, has_gauss, gauss])
bool Generators::is_old_state(Value value) const {
  const auto parts = values_.elements(value);
  return parts && (parts->size() == 3 || parts->size() == 5) &&
         values_.is_text((*parts)[0], kForms[kTwister]) && (*parts)[1].is(Kind::array) &&
         is_within((*parts)[2], kTwisterKeys) &&
         (parts->size() == 3 ||
          (is_within((*parts)[3], 1) && ((*parts)[4].is(Kind::real) || is_within((*parts)[4], 0))));
}

// (entropy, children, pool, its size, key of these children)
bool Generators::is_seed_state(Value value) const {
  constexpr std::int64_t kLargestPool = 1024;
  const auto parts = values_.elements(value);
  if (!parts || parts->size() != 5) return false;
  const auto numbers = [&](Value some) {
    const auto known = values_.elements(some);
    return known ? std::ranges::all_of(*known, is_long)
                 : some.is(Kind::list) && (values_.contents(some) & kComposed) == 0;
  };
  const Value entropy = (*parts)[0];
  return (entropy.is(Kind::none) || is_long(entropy) || entropy.is(Kind::array) ||
          numbers(entropy)) &&
         is_within((*parts)[1], UINT32_MAX) && (*parts)[2].is(Kind::array) &&
         is_within((*parts)[3], kLargestPool) && (*parts)[4].is(Kind::tuple) &&
         numbers((*parts)[4]);
}

bool Generators::is_state(Value object, Value value) const {
  const Role role = role_of(object);
  if (role == Role::seed_sequence_ctor) return is_seed_state(value);
  const bool old = object.payload() >> (kRoleBits + kFormBits) != 0;
  if (role == Role::random_ctor) {
    if (old && value.is(Kind::tuple)) return form_in(object) == kTwister && is_old_state(value);
    return is_bit_state(form_in(object), old, value);
  }
  // Of a bit generator since NumPy 2 with what it was seeded by.
  const auto parts = values_.elements(value);
  if (!parts) return is_bit_state(form_in(object), false, value);
  return parts->size() == 2 && is_bit_state(form_in(object), false, (*parts)[0]) &&
         ((*parts)[1].is(Kind::none) ||
          ((*parts)[1].is(Kind::object) && role_of((*parts)[1]) == Role::seed_sequence_ctor));
}

}  // namespace gh::pickle
