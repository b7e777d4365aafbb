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

bool is_real(Value value) {
  return value.is_number() || value.is(Kind::real);
}

// "cpu", "cuda:1": what torch.device takes (2.13, and hip and the like of older ones).
bool is_device(std::string_view text) {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"cpu", "cuda", "ipu",  "xpu",  "mkldnn", "opengl",       "opencl", "ideep",
       "hip", "ve",   "fpga", "maia", "ort",    "xla",          "lazy",   "vulkan",
       "mps", "meta", "hpu",  "mtia", "npu",    "privateuseone"});
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (std::ranges::find(kTypes, text.substr(0, colon)) == kTypes.end()) return false;
  if (colon == text.size()) return true;
  const std::string_view index = text.substr(colon + 1);
  const bool zeroes = index.size() > 1 && index.starts_with('0');
  return !index.empty() && index.size() <= 3 && !zeroes &&
         std::ranges::all_of(index, [](char c) { return c >= '0' && c <= '9'; });
}

// The texts of torch.layout's members, which are all that _get_layout finds.
bool is_layout(std::string_view text) {
  static constexpr auto kLayouts = std::to_array<std::string_view>(
      {"torch.strided", "torch.sparse_coo", "torch.sparse_csr", "torch.sparse_csc",
       "torch.sparse_bsr", "torch.sparse_bsc", "torch._mkldnn", "torch.jagged"});
  return std::ranges::find(kLayouts, text) != kLayouts.end();
}

}  // namespace

bool Calls::holds_nothing_callable(Value value) const {
  return (values_.contribution(value) & kCallable) == 0;
}

Value Calls::refuse(const findings::Rule& rule, std::uint64_t which, Value tuple) {
  report_.add(rule, fmt::format("{}.{} is called with {}.", family_of(which).module,
                                name_of(which).name, values_.describe_arguments(tuple)));
  return Value(Kind::unknown);
}

Value Calls::call(std::uint64_t which, Value tuple) {
  if (!tuple.is(Kind::tuple)) return refuse(kForeignCall, which, tuple);
  const auto arguments = values_.elements(tuple);
  // What follows from a call that was refused needs no finding of its own.
  if (arguments && std::ranges::find(*arguments, Value(Kind::unknown)) != arguments->end())
    return Value(Kind::unknown);
  if (arguments) return dispatch(which, tuple, *arguments);
  report_.add(kForgotten, fmt::format("The arguments of {}.{} are no longer known.",
                                      family_of(which).module, name_of(which).name));
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
  switch (role) {
    case Role::rebuild_tensor:
    case Role::rebuild_tensor_v2:
    case Role::rebuild_tensor_v3:
    case Role::rebuild_qtensor:
      return checked(tensor(role, arguments), kTensorArguments, Value(Kind::tensor));
    case Role::rebuild_meta:
    case Role::rebuild_wrapper_subclass:
      return checked(tensor_without_storage(role, arguments), kTensorArguments,
                     Value(Kind::tensor));
    case Role::rebuild_sparse:
    case Role::rebuild_nested:
    case Role::rebuild_from_cpu:
    case Role::rebuild_from_numpy:
      return checked(composed_tensor(role, arguments), kTensorArguments, Value(Kind::tensor));
    case Role::rebuild_parameter:
    case Role::rebuild_parameter_with_state:
    case Role::parameter_class:
      return checked(parameter(role, arguments), kParameterArguments, Value(Kind::parameter));
    case Role::rebuild_from_type:
      return checked(of_type(arguments), kTypeArguments,
                     Value(arguments.size() > 1 && is_role(arguments[1], Role::parameter_class)
                               ? Kind::parameter
                               : Kind::tensor));
    case Role::ordered_dict:
      return checked(dictionary(role, arguments), kDictArguments,
                     values_.container(Kind::ordered_dict));
    case Role::counter:
      return checked(dictionary(role, arguments), kDictArguments, values_.container(Kind::counter));
    case Role::encode:
      return checked(arguments.size() == 2 && arguments[0].is_text() &&
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
    case Role::device:
      return checked(small_object(role, arguments), kOtherArguments, object(role));
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

// The tensor keeps them: they have to stay empty.
bool Calls::is_empty_hooks(Value value) {
  if (value.is(Kind::none)) return true;
  if (!value.is(Kind::ordered_dict) || (values_.contents(value) & kFilled) != 0) return false;
  values_.seal(value);
  return true;
}

// The geometry has a rule of its own: its finding is made here, and the arguments count as right.
bool Calls::strided(Value storage, Value offset, Value size, Value stride,
                    std::uint64_t element_bytes) {
  if (!storage.is(Kind::storage) || !offset.is(Kind::integer) || !is_shape(size) ||
      !is_shape(stride))
    return false;
  if (const auto elements = reach(offset, *values_.elements(size), *values_.elements(stride)))
    storages_.use(storage, *elements, element_bytes);
  else
    report_.add(
        kTensorGeometry,
        fmt::format("A tensor has offset {}, size {} and stride {}.", values_.describe(offset),
                    values_.describe_arguments(size), values_.describe_arguments(stride)));
  return true;
}

// storage, offset, size, stride, then by function: [quantizer], requires_grad, hooks, [dtype],
// [metadata].
bool Calls::tensor(Role role, Arguments arguments) {
  if (arguments.size() < 4) return false;
  const std::uint64_t bytes =
      role == Role::rebuild_tensor_v3 && arguments.size() > 6 && is_role(arguments[6], Role::dtype)
          ? name_of(arguments[6].payload()).bytes
          : 0;
  const auto common = [&] {
    return strided(arguments[0], arguments[1], arguments[2], arguments[3], bytes);
  };
  const Arguments rest = arguments.subspan(4);
  const auto gradient = [&](Value wanted, bool floating) {
    return wanted.is(Kind::boolean) && (wanted.payload() == 0 || floating);
  };
  const auto metadata = [&](std::size_t at) {
    return rest.size() <= at ||
           (rest.size() == at + 1 && (rest[at].is(Kind::dict) || rest[at].is(Kind::none)) &&
            (rest[at].is(Kind::none) || (values_.contents(rest[at]) & kComposed) == 0));
  };
  const bool floating = arguments[0].is(Kind::storage) && storages_.may_be_floating(arguments[0]);
  switch (role) {
    case Role::rebuild_tensor:
      return rest.empty() && common();
    case Role::rebuild_tensor_v2:
      return rest.size() >= 2 && gradient(rest[0], floating) && is_empty_hooks(rest[1]) &&
             metadata(2) && common();
    case Role::rebuild_tensor_v3:
      return rest.size() >= 3 && is_role(rest[2], Role::dtype) &&
             gradient(rest[0], name_of(rest[2].payload()).floating) && is_empty_hooks(rest[1]) &&
             metadata(3) && common();
    default:
      return rest.size() == 3 && quantizer(rest[0]) && rest[1].is(Kind::boolean) &&
             is_empty_hooks(rest[2]) && common();
  }
}

// (scheme, scale, zero point) or (scheme, scales, zero points, axis).
bool Calls::quantizer(Value parameters) const {
  const auto elements = values_.elements(parameters);
  if (!elements || elements->size() < 3 || !is_role((*elements)[0], Role::qscheme)) return false;
  const Arguments given = *elements;
  if (given.size() == 3) return is_real(given[1]) && given[2].is(Kind::integer);
  return given.size() == 4 && given[1].is(Kind::tensor) && given[2].is(Kind::tensor) &&
         given[3].is(Kind::integer);
}

bool Calls::tensor_without_storage(Role role, Arguments arguments) const {
  if (role == Role::rebuild_meta)
    return arguments.size() == 4 && is_role(arguments[0], Role::dtype) && is_shape(arguments[1]) &&
           is_shape(arguments[2]) && arguments[3].is(Kind::boolean);
  const auto made_by = [](Value value, Role maker) { return value == object(maker); };
  return arguments.size() == 8 &&
         (is_role(arguments[0], Role::tensor_class) ||
          is_role(arguments[0], Role::parameter_class)) &&
         is_role(arguments[1], Role::dtype) && is_shape(arguments[2]) && is_shape(arguments[3]) &&
         arguments[4].is(Kind::integer) && made_by(arguments[5], Role::layout) &&
         made_by(arguments[6], Role::device) && arguments[7].is(Kind::boolean);
}

bool Calls::composed_tensor(Role role, Arguments arguments) const {
  const auto is_tensor = [](Value value) { return value.is(Kind::tensor); };
  if (role == Role::rebuild_nested)
    return arguments.size() == 4 && std::ranges::all_of(arguments, is_tensor);
  if (role == Role::rebuild_from_cpu || role == Role::rebuild_from_numpy)
    return arguments.size() == 4 &&
           arguments[0].is(role == Role::rebuild_from_cpu ? Kind::tensor : Kind::array) &&
           is_role(arguments[1], Role::dtype) && arguments[2].is_text() &&
           arguments[3].is(Kind::boolean);
  if (arguments.size() != 2 || arguments[0] != object(Role::layout)) return false;
  // (indices, values, size[, coalesced]) or (compressed indices, plain indices, values, size).
  const auto data = values_.elements(arguments[1]);
  if (!data || data->size() < 3 || data->size() > 4) return false;
  const Arguments parts = *data;
  if (!is_tensor(parts[0]) || !is_tensor(parts[1])) return false;
  const bool coordinates = is_shape(parts[2]) && (parts.size() == 3 || parts[3].is(Kind::boolean));
  return coordinates || (parts.size() == 4 && is_tensor(parts[2]) && is_shape(parts[3]));
}

bool Calls::parameter(Role role, Arguments arguments) {
  if (arguments.empty() || !arguments[0].is(Kind::tensor)) return false;
  if (arguments.size() > 1 && !arguments[1].is(Kind::boolean)) return false;
  switch (role) {
    case Role::parameter_class:
      return arguments.size() <= 2;
    case Role::rebuild_parameter:
      return arguments.size() == 3 && is_empty_hooks(arguments[2]);
    default:
      return arguments.size() == 4 && is_empty_hooks(arguments[2]) &&
             holds_nothing_callable(arguments[3]);
  }
}

// (function, type, arguments, state): the function's own rule looks at its arguments.
bool Calls::of_type(Arguments arguments) {
  if (arguments.size() != 4 || !arguments[0].is(Kind::global)) return false;
  const std::uint64_t function = arguments[0].payload();
  const Role role = name_of(function).role;
  if (role < Role::rebuild_tensor || role > Role::rebuild_parameter_with_state) return false;
  const bool type =
      is_role(arguments[1], Role::tensor_class) || is_role(arguments[1], Role::parameter_class);
  if (!type || !arguments[2].is(Kind::tuple) || !holds_nothing_callable(arguments[3])) return false;
  call(function, arguments[2]);
  return true;
}

bool Calls::dictionary(Role role, Arguments arguments) const {
  if (arguments.empty()) return true;
  const Kind wanted = role == Role::counter ? Kind::dict : Kind::list;
  return arguments.size() == 1 && arguments[0].is(wanted) && holds_nothing_callable(arguments[0]);
}

bool Calls::constants(Role role, Arguments arguments) const {
  const auto plain = [&](Value value) { return values_.contribution(value) == 0; };
  switch (role) {
    case Role::complex:
      return arguments.size() == 2 && is_real(arguments[0]) && is_real(arguments[1]);
    case Role::set:
      return arguments.empty() || (arguments.size() == 1 &&
                                   (arguments[0].is(Kind::list) || arguments[0].is(Kind::tuple)) &&
                                   (values_.contents(arguments[0]) & kComposed) == 0);
    case Role::bytes:
    case Role::bytearray:
      return arguments.empty() || (arguments.size() == 1 && arguments[0].is(Kind::bytes)) ||
             (arguments.size() == 2 && arguments[0].is_text() &&
              (values_.is_text(arguments[1], "latin-1") ||
               values_.is_text(arguments[1], "latin1")));
    default:
      return std::ranges::all_of(arguments, plain);
  }
}

bool Calls::small_object(Role role, Arguments arguments) const {
  if (arguments.empty() || !arguments[0].is_text()) return false;
  const auto text = values_.text_of(arguments[0]);
  if (role == Role::device)
    return (!text || is_device(*text)) &&
           (arguments.size() == 1 || (arguments.size() == 2 && arguments[1].is(Kind::integer)));
  return arguments.size() == 1 && text && is_layout(*text);
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
