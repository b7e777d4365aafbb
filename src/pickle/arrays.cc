#include "pickle/arrays.h"

#include <algorithm>

#include "pickle/allowed.h"
#include "pickle/geometry.h"

namespace gh::pickle {

ArrayState::ArrayState(Values& values) {
  std::ranges::transform(kKeys, keys_.begin(), [&](auto key) { return values.text(key); });
}

std::uint8_t ArrayState::set(Value dictionary, Value key, Value value, std::uint16_t before) {
  const auto found = std::ranges::find(keys_, key);
  if (found == keys_.end()) return kForeignKeys;
  std::uint8_t added = 0;
  if (dictionary != dictionary_) {
    dictionary_ = dictionary;
    state_ = {};
    // It was filled before another was: with what is not known here.
    if ((before & kFilled) != 0) added = kForeignKeys;
  }
  state_[static_cast<std::size_t>(found - keys_.begin())] = value;
  return added;
}

std::optional<ArrayState::Layout> ArrayState::layout(const Values& values, Dtypes& dtypes,
                                                     Value dictionary) const {
  const auto sizes = values.elements(state_[shape]);
  const bool plain = dictionary == dictionary_ && dictionary.is(Kind::dict) &&
                     (values.contents(dictionary) & kForeignKeys) == 0 &&
                     state_[subclass].is(Kind::global) &&
                     name_of(state_[subclass].payload()).role == Role::array_class &&
                     state_[order].is_text() && state_[allow_mmap].is(Kind::boolean);
  const auto element = plain ? dtypes.use(state_[dtype]) : std::nullopt;
  if (!sizes || sizes->size() > kMostDimensions || !element) return std::nullopt;
  Layout layout;
  layout.padded = state_[alignment].is(Kind::integer);
  if (!layout.padded && !state_[alignment].is(Kind::absent) && !state_[alignment].is(Kind::none))
    return std::nullopt;
  if (element->objects) {
    layout.objects = true;
    return layout;
  }
  const auto elements = product(*sizes);
  if (!elements || element->bytes == 0 ||
      __builtin_mul_overflow(*elements, element->bytes, &layout.size))
    return std::nullopt;
  return layout;
}

}  // namespace gh::pickle
