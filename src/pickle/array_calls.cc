// What NumPy and SciPy make of arguments and states. NumPy refuses counts and sizes that do not fit
// each other, but for the list of an array of objects: of one that is too short it reads what lies
// behind (numpy/_core/src/multiarray/methods.c, `_setlist_pkl`, as of 2.4).

#include <algorithm>

#include "pickle/call_rules.h"
#include "pickle/calls.h"
#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

constexpr std::size_t kMasked = 7;  // parts of a state: of a masked array, of another
constexpr std::size_t kPlain = 5;

bool is_class(Value value, std::string_view name) {
  return value.is(Kind::global) && name_of(value.payload()).name == name;
}

}  // namespace

Value Calls::array_of(ArrayForm form) {
  return Value(Kind::array, static_cast<std::uint64_t>(form));
}

std::optional<std::uint64_t> Calls::elements_of(Value shape) const {
  const auto sizes = values_.elements(shape);
  return sizes && sizes->size() <= kMostDimensions ? product(*sizes) : std::nullopt;
}

// `size` may be none, where counting overflowed. What is not known passes: of texts of old pickles
// only a loader can say how long they are.
bool Calls::has_size(Value bytes, std::optional<std::uint64_t> size) const {
  if (!size) return false;
  if (bytes.is(Kind::text)) {
    const auto text = values_.text_of(bytes);
    return !text || text->size() == *size || values_.size_of(bytes) == *size;
  }
  return values_.size_of(bytes).value_or(*size) == *size;
}

std::optional<Value> Calls::array(Role role, Arguments arguments) {
  // "b", which no array stays of.
  const auto type_code = [&](Value value) {
    return (value.is(Kind::bytes) || value.is_text()) && has_size(value, 1);
  };
  // Memory that nothing has filled yet: none.
  const auto is_empty = [&](Value shape) { return elements_of(shape) == 0; };
  const auto is_array = [&](std::size_t i) { return is_role(arguments[i], Role::array_class); };
  switch (role) {
    case Role::array_reconstruct:
      if (arguments.size() != 3 || !is_array(0) || !is_empty(arguments[1]) ||
          !type_code(arguments[2]))
        return std::nullopt;
      return array_of(is_class(arguments[0], "MaskedArray") ? ArrayForm::masked : ArrayForm::plain);
    case Role::masked_reconstruct:
      if (arguments.size() != 4 || !is_array(0) || !is_array(1) || !is_empty(arguments[2]) ||
          !type_code(arguments[3]))
        return std::nullopt;
      return array_of(ArrayForm::masked);
    default:
      if (arguments.size() != 4 || arguments[0].is_text() || !arguments[3].is_text() ||
          !is_shape(arguments[2]))
        return std::nullopt;
      return is_buffer(arguments[0], arguments[1], arguments[2])
                 ? std::optional(array_of(ArrayForm::plain))
                 : std::nullopt;
  }
}

bool Calls::is_scalar(Arguments arguments) {
  if (arguments.size() != 2) return false;
  const Value bytes = arguments[1];
  const auto element = dtypes_.use(arguments[0]);
  // NumPy takes what is longer.
  return element && !element->objects && (bytes.is(Kind::bytes) || bytes.is_text()) &&
         values_.size_of(bytes).value_or(element->bytes) >= element->bytes;
}

// Bytes that are an array of that shape, of no objects.
bool Calls::is_buffer(Value bytes, Value dtype, Value shape) {
  const auto element = dtypes_.use(dtype);
  const auto elements = elements_of(shape);
  std::uint64_t size = 0;
  return element && !element->objects && elements &&
         (bytes.is(Kind::bytes) || bytes.is(Kind::bytearray) || bytes.is_text()) &&
         !__builtin_mul_overflow(*elements, element->bytes, &size) && size <= INT64_MAX &&
         has_size(bytes, size);
}

bool Calls::is_array_state(Value array, Value state) {
  const auto form = static_cast<ArrayForm>(array.payload());
  // Attributes. A wrapper's array has its state already.
  if (form == ArrayForm::sparse) return state.is(Kind::dict) || state.is(Kind::list);
  const auto parts = values_.elements(state);
  if (!parts || parts->size() != (form == ArrayForm::masked ? kMasked : kPlain)) return false;
  // The mask: of a structure one for each field.
  if (form == ArrayForm::masked) {
    const auto elements = elements_of((*parts)[1]);
    const auto mask = values_.size_of((*parts)[5]);
    if (!(*parts)[5].is(Kind::bytes) && !(*parts)[5].is_text()) return false;
    if (!elements || (mask && (*mask < *elements || (*elements != 0 && *mask % *elements != 0))))
      return false;
  }
  return is_plain_state(parts->first(kPlain));
}

// (version, shape, dtype, by columns, bytes or objects)
bool Calls::is_plain_state(Arguments parts) {
  const auto version = parts[0].as_integer();
  const auto elements = elements_of(parts[1]);
  const auto element = dtypes_.use(parts[2]);
  if (!version || *version < 0 || *version > 1 || !elements || !element || !parts[3].is_number())
    return false;
  if (!element->objects)
    return !parts[4].is(Kind::bytearray) && is_buffer(parts[4], parts[2], parts[1]);
  return parts[4].is(Kind::list) && values_.load_of(parts[4]).count == *elements;
}

// ("f8", False, True), or numpy.record instead of the text.
Value Calls::dtype(std::uint64_t which, Value tuple, Arguments arguments) {
  const bool record = !arguments.empty() && is_role(arguments[0], Role::array_record);
  const auto made = dtypes_.make(arguments, record);
  return made ? *made : refuse(kArrayArguments, which, tuple);
}

// (class, base, state): what protocols 0 and 1 write instead of NEWOBJ.
Value Calls::reconstructed(std::uint64_t which, Value tuple, Arguments arguments) {
  const bool fine = arguments.size() == 3 && arguments[0].is(Kind::global) &&
                    is_role(arguments[1], Role::base_type) &&
                    (arguments[2].is(Kind::none) || holds_nothing_callable(arguments[2]));
  if (!fine) return refuse(kArrayArguments, which, tuple);
  return instantiate(arguments[0].payload(), values_.tuple({}));
}

}  // namespace gh::pickle
