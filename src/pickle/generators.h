#pragma once
// NumPy's generators of random numbers, as RandomState, Generator and what these are made of are
// pickled (numpy/random/_pickle.py and the `state` of each bit generator, NumPy 1.17 to 2.4). The
// state's `pos` and `buffer_pos` are places in a buffer that NumPy does not check: with others than
// it writes, each number that is drawn is memory of the process.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pickle/values.h"

namespace gh::pickle {

// What states have; all of them are words.
inline constexpr std::array<std::string_view, 12> kGeneratorKeys = {
    "bit_generator", "state",      "key",      "pos",     "has_gauss", "gauss",
    "inc",           "has_uint32", "uinteger", "counter", "buffer",    "buffer_pos"};

class Generators {
 public:
  explicit Generators(Values& values);

  // What the allowed name `which` gives; none for arguments that NumPy does not write.
  std::optional<Value> make(std::uint64_t which, std::span<const Value> arguments);
  // Whether there are any so far.
  bool are_there() const { return there_; }
  // An entry of a dictionary, which may be of a state.
  void set(Value dictionary, Value key, Value value);
  // Whether it is one of them, and BUILD may set that on it.
  static bool is_generator(Value value);
  bool is_state(Value generator, Value state) const;

 private:
  using Key = std::size_t;  // a place in kGeneratorKeys
  static constexpr Key kBitGenerator = 0;
  static constexpr Key kState = 1;
  static constexpr Key kKey = 2;
  static constexpr Key kPos = 3;
  static constexpr Key kHasGauss = 4;
  static constexpr Key kGauss = 5;
  static constexpr Key kInc = 6;
  static constexpr Key kHasUint32 = 7;
  static constexpr Key kUinteger = 8;
  static constexpr Key kCounter = 9;
  static constexpr Key kBuffer = 10;
  static constexpr Key kBufferPos = 11;
  using Entries = std::array<Value, kGeneratorKeys.size()>;
  struct Dictionary {
    Value value;
    Entries entries;
  };

  std::optional<std::uint64_t> form_of(Value name_or_class) const;
  std::optional<Value> random(std::uint64_t which, std::span<const Value> arguments) const;
  const Entries* find(Value dictionary) const;
  bool is_bit_state(std::uint64_t form, bool with_gauss, Value state) const;
  bool is_old_state(Value state) const;
  bool is_seed_state(Value state) const;

  Values& values_;
  bool there_ = false;
  std::array<Value, kGeneratorKeys.size()> keys_;
  std::vector<Dictionary> dictionaries_;  // the latest
};

}  // namespace gh::pickle
