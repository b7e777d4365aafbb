// What the functions that rebuild tensors and parameters may be given: what torch.save writes, and
// nothing that PyTorch refuses.

#include <fmt/format.h>

#include <algorithm>

#include "pickle/call_rules.h"
#include "pickle/calls.h"
#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

bool is_gradient(Value wanted, std::uint8_t elements) {
  return wanted.is(Kind::boolean) && (wanted.payload() == 0 || (elements & kGradient) != 0);
}

// That a float may be made of: integers can be too long for one.
bool is_scale(Value value) {
  return value.is(Kind::real) || value.is(Kind::integer);
}

}  // namespace

// The tensor keeps them: they have to stay empty.
bool Calls::is_empty_hooks(Value value) {
  if (value.is(Kind::none)) return true;
  if (!value.is(Kind::ordered_dict) || (values_.contents(value) & kFilled) != 0) return false;
  values_.seal(value);
  return true;
}

// The geometry has a rule of its own: its finding is made here, and the arguments count as right.
std::optional<std::uint64_t> Calls::possible(Value offset, Value size, Value stride) {
  const auto elements = reach(offset, *values_.elements(size), *values_.elements(stride));
  if (!elements)
    report_.add(kTensorGeometry, [&] {
      return fmt::format("A tensor has offset {}, size {} and stride {}.", values_.describe(offset),
                         values_.describe_arguments(size), values_.describe_arguments(stride));
    });
  return elements;
}

// Whether the storage has as many elements: where memory is taken for the size, strides of 0 would
// make little stand for anything.
bool Calls::has_room(Value storage, Value size) const {
  const auto count = product(*values_.elements(size));
  return !count || *count <= storages_.room(storage);
}

bool Calls::strided(Value storage, Value offset, Value size, Value stride,
                    std::uint64_t element_bytes) {
  if (!storage.is(Kind::storage) || !offset.is(Kind::integer) || !is_shape(size) ||
      !is_shape(stride))
    return false;
  if (const auto elements = possible(offset, size, stride))
    storages_.use(storage, *elements, element_bytes);
  return true;
}

// storage, offset, size, stride, then by function: [quantizer], requires_grad, hooks, [dtype],
// [metadata].
std::optional<Value> Calls::tensor(Role role, Arguments arguments) {
  if (arguments.size() < 4 || !arguments[0].is(Kind::storage)) return std::nullopt;
  const Arguments rest = arguments.subspan(4);
  std::uint8_t elements = storages_.type(arguments[0]).elements;
  std::uint64_t bytes = 0;
  const auto metadata = [&](std::size_t at) {
    const int wrong = kNoFlag | ((elements & kComplex) != 0 ? 0 : kConjugate);
    return rest.size() <= at ||
           (rest.size() == at + 1 &&
            (rest[at].is(Kind::none) ||
             (rest[at].is(Kind::dict) && (values_.contents(rest[at]) & wrong) == 0)));
  };
  const auto fits = [&] {
    switch (role) {
      case Role::rebuild_tensor:
        return rest.empty();
      case Role::rebuild_tensor_v2:
        return rest.size() >= 2 && is_gradient(rest[0], elements) && is_empty_hooks(rest[1]) &&
               metadata(2);
      case Role::rebuild_tensor_v3:
        if (rest.size() < 3 || !is_role(rest[2], Role::dtype)) return false;
        elements = name_of(rest[2].payload()).elements;
        bytes = name_of(rest[2].payload()).bytes;
        return is_gradient(rest[0], elements) && is_empty_hooks(rest[1]) && metadata(3);
      default:
        return rest.size() == 3 && (elements & kQuantized) != 0 &&
               quantizer(rest[0], arguments[2]) && is_gradient(rest[1], elements) &&
               is_empty_hooks(rest[2]);
    }
  };
  if (!fits() || !strided(arguments[0], arguments[1], arguments[2], arguments[3], bytes))
    return std::nullopt;
  const bool in_memory = storages_.is_in_memory(arguments[0]);
  if (!in_memory && (elements & kQuantized) != 0) return std::nullopt;
  if (role == Role::rebuild_qtensor && !has_room(arguments[0], arguments[2])) return std::nullopt;
  const Arguments size = *values_.elements(arguments[2]);
  const Arguments steps = *values_.elements(arguments[3]);
  // What was found of its geometry is told; nothing can be made of such a tensor.
  if (!in_memory || !reach(arguments[1], size, steps))
    return Values::tensor(arguments[2], elements);
  elements |= kStrided;
  if (is_contiguous(size, steps)) elements |= kContiguous;
  if (bytes == 0) bytes = storages_.type(arguments[0]).bytes;
  return values_.tensor(arguments[2],
                        {.storage = arguments[0],
                         .offset = static_cast<std::uint64_t>(*arguments[1].as_integer()),
                         .bytes = static_cast<std::uint8_t>(bytes),
                         .plain = role == Role::rebuild_tensor_v2 && rest.size() == 2,
                         .steps = steps},
                        elements);
}

// (scheme, scale, zero point) or (scheme, scales, zero points, axis).
bool Calls::quantizer(Value parameters, Value size) const {
  const auto elements = values_.elements(parameters);
  const auto sizes = values_.elements(size);
  if (!elements || elements->size() < 3 || !sizes || !is_role((*elements)[0], Role::qscheme))
    return false;
  const Arguments given = *elements;
  const std::string_view scheme = name_of(given[0].payload()).name;
  if (scheme == "per_tensor_affine")
    return given.size() == 3 && is_scale(given[1]) && given[2].is(Kind::integer);
  if (scheme != "per_channel_affine" && scheme != "per_channel_affine_float_qparams") return false;
  if (given.size() != 4 || !given[3].is(Kind::integer)) return false;
  // One of each along the axis.
  const auto axis = static_cast<std::uint64_t>(*given[3].as_integer());
  const auto of_axis = [&](Value tensor) {
    const auto shape = strided_shape(tensor);
    return shape && axis < sizes->size() && shape->size() == 1 && (*shape)[0] == (*sizes)[axis] &&
           (Values::facts_of(tensor) & kComplex) == 0;
  };
  return of_axis(given[1]) && of_axis(given[2]) && (Values::facts_of(given[1]) & kGradient) != 0;
}

// dtype, size, stride, requires_grad.
std::optional<Value> Calls::tensor_without_storage(Arguments arguments) {
  if (arguments.size() != 4 || !is_role(arguments[0], Role::dtype)) return std::nullopt;
  const std::uint8_t elements = name_of(arguments[0].payload()).elements;
  if ((elements & kQuantized) != 0 || !is_shape(arguments[1]) || !is_shape(arguments[2]) ||
      !is_gradient(arguments[3], elements))
    return std::nullopt;
  possible(Value::integer(0), arguments[1], arguments[2]);
  return Values::tensor(arguments[1], elements);
}

// A tensor or array, then dtype, device, requires_grad.
std::optional<Value> Calls::moved_tensor(Role role, Arguments arguments) const {
  const Kind from = role == Role::rebuild_from_cpu ? Kind::tensor : Kind::array;
  if (arguments.size() != 4 || !arguments[0].is(from) || !is_role(arguments[1], Role::dtype) ||
      !is_device(arguments.subspan(2, 1)))
    return std::nullopt;
  constexpr std::uint8_t kCopied = kStrided | kConvertible;
  if (from == Kind::tensor && ((Values::facts_of(arguments[0]) & kCopied) != kCopied ||
                               !is_no_larger_than_its_storage(arguments[0])))
    return std::nullopt;
  const std::uint8_t elements = name_of(arguments[1].payload()).elements;
  if ((elements & kConvertible) == 0 || !is_gradient(arguments[3], elements)) return std::nullopt;
  return Values::tensor(Values::empty_tuple(), elements);
}

bool Calls::parameter(Role role, Arguments arguments) {
  if (arguments.empty() || !arguments[0].is(Kind::tensor)) return false;
  const Value wanted = arguments.size() > 1 ? arguments[1] : Value(Kind::boolean, 1);
  if (!is_gradient(wanted, Values::facts_of(arguments[0]))) return false;
  switch (role) {
    case Role::parameter_class:
      return arguments.size() <= 2;
    case Role::rebuild_parameter:
      return arguments.size() == 3 && is_empty_hooks(arguments[2]);
    default:
      return arguments.size() == 4 && is_empty_hooks(arguments[2]) && is_state(arguments[3]);
  }
}

// Attributes for a tensor: a dictionary, or one and another for those in slots.
bool Calls::is_state(Value state) const {
  const auto attributes = [&](Value value) {
    return value.is(Kind::none) ||
           (value.is_dict() && (values_.contents(value) & (kCallable | kOddKeys)) == 0);
  };
  if (attributes(state)) return true;
  const auto parts = values_.elements(state);
  return parts && parts->size() == 2 && std::ranges::all_of(*parts, attributes);
}

// (function, type, arguments, state): the function's own rule looks at its arguments.
std::optional<Value> Calls::of_type(Arguments arguments) {
  if (arguments.size() != 4 || !arguments[0].is(Kind::global)) return std::nullopt;
  const std::uint64_t function = arguments[0].payload();
  const Role role = name_of(function).role;
  if (role < Role::rebuild_tensor || role > Role::rebuild_parameter_with_state) return std::nullopt;
  const bool parameter = is_role(arguments[1], Role::parameter_class);
  if (!(parameter || is_role(arguments[1], Role::tensor_class)) || !arguments[2].is(Kind::tuple) ||
      !is_state(arguments[3]))
    return std::nullopt;
  made_of_types_ = true;
  const Value made = call(function, arguments[2]);
  return parameter && made.is(Kind::tensor) ? Value(Kind::parameter) : made;
}

}  // namespace gh::pickle
