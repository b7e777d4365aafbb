#pragma once
// joblib writes an array as a wrapper object, and the array's bytes between two opcodes: after the
// BUILD that sets the wrapper's state (joblib/numpy_pickle.py, NumpyArrayWrapper.read_array).

#include <cstdint>
#include <optional>

#include "pickle/values.h"

namespace gh::pickle {

// The state of the wrapper that is being written: of the latest dictionary with one of its keys.
class ArrayState {
 public:
  explicit ArrayState(Values& values)
      : shape_key_(values.text("shape")),
        dtype_key_(values.text("dtype")),
        alignment_key_(values.text("numpy_array_alignment_bytes")) {}

  void set(Value dictionary, Value key, Value value) {
    if (key != shape_key_ && key != dtype_key_ && key != alignment_key_) return;
    if (dictionary != dictionary_) *this = ArrayState(*this, dictionary);
    (key == shape_key_ ? shape_ : key == dtype_key_ ? dtype_ : alignment_) = value;
  }

  struct Layout {
    bool padded = false;     // a byte says how many more come before the array
    bool objects = false;    // a pickle of its own follows instead of bytes
    std::uint64_t size = 0;  // of the array, in bytes
  };
  // What follows the BUILD with this dictionary; none when it is not known.
  std::optional<Layout> layout(const Values& values, Value dictionary) const;

 private:
  ArrayState(const ArrayState& keys, Value dictionary)
      : shape_key_(keys.shape_key_),
        dtype_key_(keys.dtype_key_),
        alignment_key_(keys.alignment_key_),
        dictionary_(dictionary) {}

  Value shape_key_;
  Value dtype_key_;
  Value alignment_key_;
  Value dictionary_;
  Value shape_;
  Value dtype_;
  Value alignment_;
};

}  // namespace gh::pickle
