#pragma once
// The names that a checkpoint may import: those of PyTorch's weights_only unpickler
// (torch/_weights_only_unpickler.py, `_get_allowed_globals`), and those that NumPy, SciPy and
// joblib write. Everything else is refused.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gh::pickle {

// What a name is, which decides whether it may be called and with what (calls.h).
enum class Role : std::uint8_t {
  // not called
  dtype,
  qscheme,
  storage_type,
  tensor_type,  // torch.FloatTensor
  other_type,   // torch.storage.TypedStorage
  base_type,    // builtins.object, the base that copyreg._reconstructor names
  bit_generator_class,
  seed_sequence_class,
  // called
  tensor_class,  // torch.Tensor: not called, but the type of a rebuilt one
  parameter_class,
  rebuild_tensor,
  rebuild_tensor_v2,
  rebuild_tensor_v3,
  rebuild_qtensor,
  rebuild_sparse,
  rebuild_nested,
  rebuild_meta,
  rebuild_wrapper_subclass,
  rebuild_from_cpu,
  rebuild_from_numpy,
  rebuild_parameter,
  rebuild_parameter_with_state,
  rebuild_from_type,
  layout,
  size,
  device,
  ordered_dict,
  counter,
  encode,
  bytearray,
  set,
  complex,
  // called, `--profile data`
  bytes,
  plain_value,  // builtins.int, slice: of constants
  array_reconstruct,
  masked_reconstruct,
  array_class,
  array_scalar,
  array_dtype,
  array_record,
  array_frombuffer,
  sparse_class,
  array_wrapper,
  reconstructor,
  bit_generator_ctor,
  random_ctor,      // of RandomState and Generator
  old_random_ctor,  // of RandomState, before NumPy 1.17
  seed_sequence_ctor,
};

// What elements of a dtype or storage are, for calls: bits.
inline constexpr std::uint8_t kGradient = 1;  // they may require a gradient
inline constexpr std::uint8_t kComplex = 2;
inline constexpr std::uint8_t kIndex = 4;  // of 64 bits, signed
inline constexpr std::uint8_t kQuantized = 8;
inline constexpr std::uint8_t kConvertible = 16;  // to every other dtype that has it
inline constexpr std::uint8_t kWhole = 32;        // signed, of 32 or 64 bits

struct Name {
  std::string_view name;
  Role role = Role::dtype;
  std::uint8_t bytes = 0;      // of an element of a dtype or storage
  std::uint8_t elements = 0;   // what they are
  std::uint8_t in_a_byte = 1;  // of those smaller than one, how many
};

struct Family {
  std::string_view module;
  bool weights = false;  // in PyTorch's list; otherwise only for `--profile data`
  std::span<const Name> names;
};

std::span<const Family> families();

// Which family and name, as one number: what a `Kind::global` carries.
std::optional<std::uint64_t> find_allowed(std::string_view module, std::string_view name);
const Family& family_of(std::uint64_t which);
const Name& name_of(std::uint64_t which);

// Every module and name of the list.
std::vector<std::string_view> allowed_words();

// Whether the name is a type or a function, which something could call later.
bool is_callable(Role role);

}  // namespace gh::pickle
