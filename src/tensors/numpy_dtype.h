#pragma once
// Descriptions of NumPy element types as headers have them: "<f4", lists of fields, sub-arrays.

#include <cstdint>
#include <optional>

#include "tensors/python_literal.h"

namespace gh::tensors {

struct NumpyDtype {
  std::uint64_t size = 0;  // bytes of an element; of an object 8, which is not what is stored
  bool objects = false;
};

// Nothing for what NumPy does not write.
std::optional<NumpyDtype> numpy_dtype(const Literal& description);

// The product of a shape; nothing when it is no tuple of non-negative integers or does not fit.
std::optional<std::uint64_t> elements_of(const Literal& shape);

}  // namespace gh::tensors
