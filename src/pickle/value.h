#pragma once
// A value on the stack or in the memo, in 8 bytes: its kind, and 56 bits that say more. What those
// bits refer to lives in `Values`; nothing is ever built.

#include <cstdint>
#include <optional>

namespace gh::pickle {

enum class Kind : std::uint8_t {
  absent,   // a memo entry that was never put
  unknown,  // only after a finding: what a refused call gave
  refused,  // an import that is not allowed; payload: which of `Values::refused`
  none,
  boolean,      // payload: 0 or 1
  integer,      // payload: its value
  big_integer,  // payload: how many bytes it has
  real,
  text,       // payload: word and position; see `Values`
  numeral,    // a text that is a decimal number, payload: that number
  long_text,  // a text that is not kept; payload: how many characters, see `Values`
  bytes,      // payload of these two: how many there are
  bytearray,
  tuple,  // payload: length, flags and position
  list,   // payload of these six: position of their flags
  dict,
  ordered_dict,
  counter,
  set,
  frozenset,
  global,     // an allowed name; payload: which
  storage,    // what a persistent id gave; payload: which of `Storages`
  tensor,     // payload: length and position of its shape, as of a tuple, and what is known of it
  parameter,  // payload: of its tensor, or 0 where it has attributes or may have
  dtype,      // NumPy's; payload: which of `Dtypes`
  wrapper,    // joblib's NumpyArrayWrapper before its state is set; payload: a number that grows
  array,      // NumPy's or SciPy's
  object,     // anything else that an allowed call gave; payload: the callable's `Role`
  magic,      // the number that an old PyTorch file begins with
};

class Value {
 public:
  constexpr Value() = default;
  constexpr explicit Value(Kind kind, std::uint64_t payload = 0)
      : bits_(static_cast<std::uint64_t>(kind) | payload << 8) {}

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 0xff); }
  constexpr std::uint64_t payload() const { return bits_ >> 8; }
  constexpr bool is(Kind kind) const { return this->kind() == kind; }

  // An integer that 56 bits hold, or `big_integer`.
  static constexpr Value integer(std::int64_t value) {
    if (value >= std::int64_t{1} << 55 || value < -(std::int64_t{1} << 55))
      return Value(Kind::big_integer, sizeof value);
    return Value(Kind::integer, static_cast<std::uint64_t>(value));
  }
  constexpr std::optional<std::int64_t> as_integer() const {
    if (!is(Kind::integer)) return std::nullopt;
    return static_cast<std::int64_t>(bits_) >> 8;
  }

  constexpr bool is_text() const {
    return is(Kind::text) || is(Kind::numeral) || is(Kind::long_text);
  }
  constexpr bool is_dict() const {
    return is(Kind::dict) || is(Kind::ordered_dict) || is(Kind::counter);
  }
  constexpr bool is_container() const { return kind() >= Kind::list && kind() <= Kind::frozenset; }
  constexpr bool is_number() const {
    return is(Kind::integer) || is(Kind::big_integer) || is(Kind::boolean);
  }

  friend constexpr bool operator==(Value, Value) = default;

 private:
  std::uint64_t bits_ = 0;
};
static_assert(sizeof(Value) == 8);

}  // namespace gh::pickle
