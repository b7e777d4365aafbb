#pragma once
// joblib writes an array as a wrapper object, and the array's bytes between two opcodes: after the
// BUILD that sets the wrapper's state (joblib/numpy_pickle.py, NumpyArrayWrapper.read_array; the
// same keys from 0.10 to 1.6, but for the last, which came with 1.2).

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pickle/dtypes.h"
#include "pickle/values.h"

namespace gh::pickle {

// The state of the wrapper that is being written: of the latest dictionary with one of its keys.
class ArrayState {
 public:
  explicit ArrayState(Values& values);

  // An entry of a dictionary. `before`: what was known of its contents. What it adds to them:
  // `kForeignKeys` for a key that no wrapper has, or whose entries are no longer all known.
  std::uint8_t set(Value dictionary, Value key, Value value, std::uint16_t before);

  struct Layout {
    bool padded = false;     // a byte says how many more come before the array
    bool objects = false;    // a pickle of its own follows instead of bytes
    std::uint64_t size = 0;  // of the array, in bytes
  };
  // What follows the BUILD with this dictionary; none when it is not known, or when joblib would do
  // something else than pass over an array.
  std::optional<Layout> layout(const Values& values, Dtypes& dtypes, Value dictionary) const;

 private:
  static constexpr std::array<std::string_view, 6> kKeys = {
      "subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"};
  enum Key : std::uint8_t { subclass, shape, order, dtype, allow_mmap, alignment };

  std::array<Value, kKeys.size()> keys_;
  std::array<Value, kKeys.size()> state_;
  Value dictionary_;
};

}  // namespace gh::pickle
