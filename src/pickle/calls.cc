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

// As many as there are characters in a text, or bytes in bytes.
Value Calls::bytes_of(Kind kind, Arguments arguments) const {
  return Values::bytes(kind, arguments.empty() ? 0 : values_.size_of(arguments[0]));
}

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
  if (role == Role::sparse_class && empty) return array_of(ArrayForm::sparse);
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
      return checked(parameter(role, arguments), kParameterArguments,
                     Value(Kind::parameter, arguments.empty() ? 0 : arguments[0].payload()));
    case Role::rebuild_parameter_with_state:
    case Role::parameter_class:
      return checked(parameter(role, arguments), kParameterArguments, Value(Kind::parameter));
    case Role::rebuild_from_type:
      return made(of_type(arguments), kTypeArguments);
    case Role::ordered_dict:
      return checked(dictionary(role, arguments), kDictArguments, ordered_dict(arguments));
    case Role::counter:
      return checked(dictionary(role, arguments), kDictArguments, values_.container(Kind::counter));
    case Role::encode:
      return checked(arguments.size() == 2 && is_latin1(arguments[0]) &&
                         values_.is_text(arguments[1], "latin1"),
                     kEncodeArguments, bytes_of(Kind::bytes, arguments));
    case Role::bytes:
      return checked(constants(role, arguments), kPlainArguments, bytes_of(Kind::bytes, arguments));
    case Role::bytearray:
      return checked(constants(role, arguments), kPlainArguments,
                     bytes_of(Kind::bytearray, arguments));
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
      return made(array(role, arguments), kArrayArguments);
    case Role::array_scalar:
      return checked(is_scalar(arguments), kArrayArguments, object(role));
    case Role::array_dtype:
      return dtype(which, tuple, arguments);
    case Role::reconstructor:
      return reconstructed(which, tuple, arguments);
    case Role::bit_generator_ctor:
    case Role::random_ctor:
    case Role::old_random_ctor:
    case Role::seed_sequence_ctor:
      return made(generators_.make(which, arguments), kArrayArguments);
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

// What pairs put in is not looked at: it may be anything that a dictionary can hold.
Value Calls::ordered_dict(Arguments arguments) {
  const Value made = values_.container(Kind::ordered_dict);
  constexpr std::uint16_t kPairs = kOtherKeys | kForeignKeys | kOddKeys | kNoFlag | kConjugate;
  // A call through an empty list marks it as filled: the count tells.
  if (!arguments.empty() &&
      (values_.load_of(arguments[0]).count != 0 || values_.contents(arguments[0]) == kAnything))
    values_.put_into(made, kPairs);
  return made;
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

}  // namespace gh::pickle
