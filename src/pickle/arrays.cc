#include "pickle/arrays.h"

#include "pickle/geometry.h"

namespace gh::pickle {

std::optional<ArrayState::Layout> ArrayState::layout(const Values& values, Value dictionary) const {
  const auto shape = values.elements(shape_);
  if (dictionary != dictionary_ || !shape || !dtype_.is(Kind::dtype)) return std::nullopt;
  Layout layout;
  layout.padded = alignment_.is(Kind::integer);
  if (!layout.padded && !alignment_.is(Kind::absent) && !alignment_.is(Kind::none))
    return std::nullopt;
  if (dtype_.payload() == Values::kObjects) {
    layout.objects = true;
    return layout;
  }
  const auto elements = product(*shape);
  if (!elements || dtype_.payload() == 0 ||
      __builtin_mul_overflow(*elements, dtype_.payload(), &layout.size))
    return std::nullopt;
  return layout;
}

}  // namespace gh::pickle
