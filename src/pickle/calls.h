#pragma once
// What the allowed names may be called with. A call that passes is one that torch.save, NumPy or
// joblib write; every other is a finding.

#include <cstdint>
#include <optional>
#include <span>

#include "pickle/allowed.h"
#include "pickle/dtypes.h"
#include "pickle/generators.h"
#include "pickle/report.h"
#include "pickle/storages.h"
#include "pickle/values.h"

namespace gh::pickle {

class Calls {
 public:
  Calls(Values& values, Storages& storages, Dtypes& dtypes, Report& report)
      : values_(values),
        storages_(storages),
        dtypes_(dtypes),
        report_(report),
        generators_(values) {}

  // What the allowed name `which` gives for a tuple of arguments.
  Value call(std::uint64_t which, Value arguments);
  // The same of `which.__new__(which, *arguments)`.
  Value instantiate(std::uint64_t which, Value arguments);
  // Whether BUILD may set it on an array: what NumPy writes of one, or the attributes of SciPy's.
  bool is_array_state(Value array, Value state);
  Generators& generators() { return generators_; }
  // Whether a tensor got a type, and attributes, of its own so far.
  bool made_of_types() const { return made_of_types_; }
  // Whether there are dtypes or joblib's wrappers so far, so that dictionaries may be of them.
  bool has_arrays() const { return wrappers_ != 0 || !dtypes_.is_empty(); }

 private:
  using Arguments = std::span<const Value>;

  Value dispatch(std::uint64_t which, Value tuple, Arguments arguments);
  Value refuse(const findings::Rule& rule, std::uint64_t which, Value tuple);

  // Each: what it gives, when the arguments are those that are written. tensor_calls.cc:
  std::optional<Value> tensor(Role role, Arguments arguments);
  std::optional<Value> tensor_without_storage(Arguments arguments);
  std::optional<Value> moved_tensor(Role role, Arguments arguments) const;
  std::optional<Value> of_type(Arguments arguments);
  // composed.cc:
  std::optional<Value> sparse_tensor(Arguments arguments);
  std::optional<Value> nested_tensor(Arguments arguments);
  std::optional<Value> layout(Arguments arguments) const;
  // Of their parts.
  std::optional<Arguments> strided_shape(Value tensor) const;
  static bool coordinates_fit(Arguments indices, Arguments values, Arguments size);
  static std::optional<std::uint64_t> compressed_fit(Value layout, Arguments compressed,
                                                     Arguments plain, Arguments values,
                                                     Arguments size);
  // Notes that their numbers are to be read; false when they cannot be indices.
  std::optional<Numbers> numbers_of(Value tensor, std::uint64_t rows) const;
  bool follow_coordinates(Value indices, Arguments size);
  bool follow_compressed(Value compressed, Value plain, std::uint64_t bound);
  std::optional<std::uint64_t> possible(Value offset, Value size, Value stride);
  bool has_room(Value storage, Value size) const;
  bool is_no_larger_than_its_storage(Value tensor) const;
  bool strided(Value storage, Value offset, Value size, Value stride, std::uint64_t element_bytes);
  bool quantizer(Value parameters, Value size) const;
  bool is_state(Value state) const;

  // Each: whether the arguments are those that are written.
  bool parameter(Role role, Arguments arguments);
  bool dictionary(Role role, Arguments arguments) const;
  Value ordered_dict(Arguments arguments);
  bool constants(Role role, Arguments arguments) const;
  bool is_device(Arguments arguments) const;
  Value bytes_of(Kind kind, Arguments arguments) const;

  // array_calls.cc
  enum class ArrayForm : std::uint8_t { plain, masked, sparse };
  static Value array_of(ArrayForm form);
  std::optional<std::uint64_t> elements_of(Value shape) const;
  bool has_size(Value bytes, std::optional<std::uint64_t> size) const;
  std::optional<Value> array(Role role, Arguments arguments);
  bool is_scalar(Arguments arguments);
  bool is_buffer(Value bytes, Value dtype, Value shape);
  bool is_plain_state(Arguments parts);
  Value dtype(std::uint64_t which, Value tuple, Arguments arguments);
  Value reconstructed(std::uint64_t which, Value tuple, Arguments arguments);

  bool is_role(Value value, Role role) const {
    return value.is(Kind::global) && name_of(value.payload()).role == role;
  }
  bool is_shape(Value value) const;
  bool is_empty_hooks(Value value);
  bool holds_nothing_callable(Value value) const;

  Values& values_;
  Storages& storages_;
  Dtypes& dtypes_;
  Report& report_;
  Generators generators_;
  std::uint64_t wrappers_ = 0;
  bool made_of_types_ = false;
};

}  // namespace gh::pickle
