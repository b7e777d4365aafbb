#include "pickle/calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pickle/call_rules.h"
#include "pickle/geometry.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

namespace {

Value object(Role role) {
  return Value(Kind::object, static_cast<std::uint64_t>(role));
}

bool is_latin1(Value value) {
  return value.is_text() && Values::is_latin1(value);
}

// That a float may be made of: integers can be too long for one.
bool is_real(Value value) {
  return value.is(Kind::integer) || value.is(Kind::boolean) || value.is(Kind::real);
}

}  // namespace

bool Calls::holds_nothing_callable(Value value) const {
  return (values_.contribution(value) & kCallable) == 0;
}

Value Calls::refuse(const findings::Rule& rule, std::uint64_t which, Value tuple) {
  report_.add(rule, [&] {
    return fmt::format("{}.{} is called with {}.", family_of(which).module, name_of(which).name,
                       values_.describe_arguments(tuple));
  });
  return Value(Kind::unknown);
}

Value Calls::call(std::uint64_t which, Value tuple) {
  if (!tuple.is(Kind::tuple)) return refuse(kForeignCall, which, tuple);
  const auto arguments = values_.elements(tuple);
  // What follows from a call that was refused needs no finding of its own.
  if (arguments && std::ranges::find(*arguments, Value(Kind::unknown)) != arguments->end())
    return Value(Kind::unknown);
  if (arguments) return dispatch(which, tuple, *arguments);
  report_.add(kForgotten, [&] {
    return fmt::format("The arguments of {}.{} are no longer known.", family_of(which).module,
                       name_of(which).name);
  });
  return Value(Kind::unknown);
}

Value Calls::instantiate(std::uint64_t which, Value tuple) {
  const Role role = name_of(which).role;
  const auto arguments = values_.elements(tuple);
  if (role == Role::parameter_class || role == Role::ordered_dict) return call(which, tuple);
  const bool empty = tuple.is(Kind::tuple) && arguments && arguments->empty();
  if (role == Role::sparse_class && empty) return Value(Kind::array);
  if (role == Role::array_wrapper && empty) return Value(Kind::wrapper, ++wrappers_);
  return refuse(kForeignCall, which, tuple);
}

Value Calls::dispatch(std::uint64_t which, Value tuple, Arguments arguments) {
  const Role role = name_of(which).role;
  const auto checked = [&](bool fine, const findings::Rule& rule, Value result) {
    return fine ? result : refuse(rule, which, tuple);
  };
  const auto made = [&](std::optional<Value> value, const findings::Rule& rule) {
    return value ? *value : refuse(rule, which, tuple);
  };
  switch (role) {
    case Role::rebuild_tensor:
    case Role::rebuild_tensor_v2:
    case Role::rebuild_tensor_v3:
    case Role::rebuild_qtensor:
      return made(tensor(role, arguments), kTensorArguments);
    case Role::rebuild_meta:
      return made(tensor_without_storage(arguments), kTensorArguments);
    case Role::rebuild_sparse:
      return made(sparse_tensor(arguments), kTensorArguments);
    case Role::rebuild_nested:
      return made(nested_tensor(arguments), kTensorArguments);
    case Role::rebuild_from_cpu:
    case Role::rebuild_from_numpy:
      return made(moved_tensor(role, arguments), kTensorArguments);
    case Role::rebuild_wrapper_subclass:  // of a class of its own, and none is listed
      return refuse(kTensorArguments, which, tuple);
    case Role::rebuild_parameter:
    case Role::rebuild_parameter_with_state:
    case Role::parameter_class:
      return checked(parameter(role, arguments), kParameterArguments, Value(Kind::parameter));
    case Role::rebuild_from_type:
      return made(of_type(arguments), kTypeArguments);
    case Role::ordered_dict:
      return checked(dictionary(role, arguments), kDictArguments,
                     values_.container(Kind::ordered_dict));
    case Role::counter:
      return checked(dictionary(role, arguments), kDictArguments, values_.container(Kind::counter));
    case Role::encode:
      return checked(arguments.size() == 2 && is_latin1(arguments[0]) &&
                         values_.is_text(arguments[1], "latin1"),
                     kEncodeArguments, Value(Kind::bytes));
    case Role::bytes:
      return checked(constants(role, arguments), kPlainArguments, Value(Kind::bytes));
    case Role::bytearray:
      return checked(constants(role, arguments), kPlainArguments, Value(Kind::bytearray));
    case Role::set: {
      const Kind kind = name_of(which).name == "set" ? Kind::set : Kind::frozenset;
      return checked(constants(role, arguments), kPlainArguments, values_.container(kind));
    }
    case Role::complex:
    case Role::plain_value:
      return checked(constants(role, arguments), kPlainArguments, object(role));
    case Role::size:
      return checked(arguments.size() == 1 && is_shape(arguments[0]), kOtherArguments,
                     arguments.empty() ? Value(Kind::unknown) : arguments[0]);
    case Role::layout:
      return made(layout(arguments), kOtherArguments);
    case Role::device:
      return checked(is_device(arguments), kOtherArguments, object(role));
    case Role::array_reconstruct:
    case Role::masked_reconstruct:
    case Role::array_frombuffer:
      return checked(array(role, arguments), kArrayArguments, Value(Kind::array));
    case Role::array_scalar:
      return checked(array(role, arguments), kArrayArguments, object(role));
    case Role::array_dtype:
      return dtype(which, tuple, arguments);
    case Role::reconstructor:
      return reconstructed(which, tuple, arguments);
    default:
      return refuse(kForeignCall, which, tuple);
  }
}

bool Calls::is_shape(Value value) const {
  const auto elements = values_.elements(value);
  return elements &&
         std::ranges::all_of(*elements, [](Value element) { return element.is(Kind::integer); });
}

bool Calls::dictionary(Role role, Arguments arguments) const {
  if (arguments.empty()) return true;
  if (arguments.size() != 1 || !holds_nothing_callable(arguments[0])) return false;
  if (role == Role::counter) return arguments[0].is(Kind::dict);
  return arguments[0].is(Kind::list) && (values_.contents(arguments[0]) & kNoPairs) == 0 &&
         !values_.has_endless_hash(arguments[0]);
}

bool Calls::constants(Role role, Arguments arguments) const {
  const auto plain = [&](Value value) { return values_.contribution(value) == 0; };
  switch (role) {
    case Role::complex:
      return arguments.size() == 2 && is_real(arguments[0]) && is_real(arguments[1]);
    case Role::set:
      return arguments.empty() || (arguments.size() == 1 &&
                                   (arguments[0].is(Kind::list) || arguments[0].is(Kind::tuple)) &&
                                   (values_.contents(arguments[0]) & kComposed) == 0 &&
                                   !values_.has_endless_hash(arguments[0]));
    case Role::bytes:
    case Role::bytearray:
      return arguments.empty() || (arguments.size() == 1 && arguments[0].is(Kind::bytes)) ||
             (arguments.size() == 2 && is_latin1(arguments[0]) &&
              (values_.is_text(arguments[1], "latin-1") ||
               values_.is_text(arguments[1], "latin1")));
    default:
      return std::ranges::all_of(arguments, plain);
  }
}

bool Calls::array(Role role, Arguments arguments) {
  const auto type_code = [](Value value) { return value.is(Kind::bytes) || value.is_text(); };
  // Memory that nothing has filled yet: none.
  const auto is_empty = [&](Value shape) {
    const auto sizes = values_.elements(shape);
    return sizes && product(*sizes) == 0;
  };
  switch (role) {
    case Role::array_reconstruct:
      return arguments.size() == 3 && is_role(arguments[0], Role::array_class) &&
             is_empty(arguments[1]) && type_code(arguments[2]);
    case Role::masked_reconstruct:
      return arguments.size() == 4 && is_role(arguments[0], Role::array_class) &&
             is_role(arguments[1], Role::array_class) && is_empty(arguments[2]) &&
             type_code(arguments[3]);
    case Role::array_scalar:
      return arguments.size() == 2 && holds_bytes_of(arguments[0], arguments[1]);
    default:
      return arguments.size() == 4 && !arguments[0].is_text() &&
             holds_bytes_of(arguments[1], arguments[0]) && is_shape(arguments[2]) &&
             arguments[3].is_text();
  }
}

bool Calls::holds_bytes_of(Value dtype, Value bytes) {
  const auto element = dtypes_.use(dtype);
  return element && !element->objects &&
         (bytes.is(Kind::bytes) || bytes.is(Kind::bytearray) || bytes.is_text());
}

// (version, shape, dtype, by columns, bytes or objects), and of a masked array: mask, fill value.
bool Calls::is_array_state(Value state) {
  if (state.is(Kind::dict) || state.is(Kind::list)) return true;
  const auto elements = values_.elements(state);
  if (!elements || (elements->size() != 5 && elements->size() != 7)) return false;
  const Arguments parts = *elements;
  const auto shape = values_.elements(parts[1]);
  const auto element = dtypes_.use(parts[2]);
  if (!parts[0].is_number() || !shape || !product(*shape) || !element || !parts[3].is_number())
    return false;
  return element->objects ? parts[4].is(Kind::list) : holds_bytes_of(parts[2], parts[4]);
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
