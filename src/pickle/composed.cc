// Tensors that are made of other tensors: their parts have to fit each other, or readers go beyond
// them.

#include <algorithm>
#include <array>

#include "pickle/call_rules.h"
#include "pickle/calls.h"
#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

// The texts of torch.layout's members, which are all that _get_layout finds.
constexpr auto kLayouts = std::to_array<std::string_view>(
    {"torch.strided", "torch.sparse_coo", "torch.sparse_csr", "torch.sparse_csc",
     "torch.sparse_bsr", "torch.sparse_bsc", "torch._mkldnn", "torch.jagged"});
constexpr std::uint64_t kCoordinates = 1;
constexpr std::uint64_t kRows = 2;
constexpr std::uint64_t kColumns = 3;
constexpr std::uint64_t kRowBlocks = 4;
constexpr std::uint64_t kColumnBlocks = 5;

// A layout's number lies above the role.
constexpr unsigned kRoleBits = 8;

Value layout_object(std::uint64_t number) {
  return Value(Kind::object, static_cast<std::uint64_t>(Role::layout) | (number + 1) << kRoleBits);
}

bool begins_with(std::span<const Value> shape, std::span<const Value> with) {
  return shape.size() >= with.size() && std::ranges::equal(shape.first(with.size()), with);
}

bool is_long(Value value, std::uint64_t number) {
  return value == Value::integer(static_cast<std::int64_t>(number));
}

}  // namespace

std::optional<Value> Calls::layout(Arguments arguments) const {
  if (arguments.size() != 1) return std::nullopt;
  const auto text = values_.text_of(arguments[0]);
  const auto found = text ? std::ranges::find(kLayouts, *text) : kLayouts.end();
  if (found == kLayouts.end()) return std::nullopt;
  return layout_object(static_cast<std::uint64_t>(found - kLayouts.begin()));
}

// "cpu", "cuda:1", ("cuda", 1): what torch.device takes (2.13, and hip and the like of older ones).
bool Calls::is_device(Arguments arguments) const {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"cpu", "cuda", "ipu",  "xpu",  "mkldnn", "opengl",       "opencl", "ideep",
       "hip", "ve",   "fpga", "maia", "ort",    "xla",          "lazy",   "vulkan",
       "mps", "meta", "hpu",  "mtia", "npu",    "privateuseone"});
  constexpr std::int64_t kDevices = 128;
  if (arguments.empty() || arguments.size() > 2 || !arguments[0].is_text()) return false;
  const auto known = values_.text_of(arguments[0]);
  if (!known) return arguments[0].is(Kind::text);
  const std::string_view text = *known;
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (std::ranges::find(kTypes, text.substr(0, colon)) == kTypes.end()) return false;
  if (arguments.size() == 2) {
    const auto number = arguments[1].as_integer();
    return colon == text.size() && number && *number >= 0 && *number < kDevices;
  }
  if (colon == text.size()) return true;
  const std::string_view index = text.substr(colon + 1);
  const bool zeroes = index.size() > 1 && index.starts_with('0');
  return !index.empty() && index.size() <= 3 && !zeroes &&
         std::ranges::all_of(index, [](char c) { return c >= '0' && c <= '9'; });
}

// Of a tensor that is what it is made of, not a way to see others.
std::optional<Calls::Arguments> Calls::strided_shape(Value tensor) const {
  if (!tensor.is(Kind::tensor) || (Values::facts_of(tensor) & kStrided) == 0 ||
      (Values::facts_of(tensor) & kQuantized) != 0)
    return std::nullopt;
  return values_.shape_of(tensor);
}

// layout, then (indices, values, size[, coalesced]) or (compressed indices, plain indices, values,
// size).
std::optional<Value> Calls::sparse_tensor(Arguments arguments) {
  if (arguments.size() != 2) return std::nullopt;
  const auto data = values_.elements(arguments[1]);
  if (!data || data->size() < 3 || data->size() > 4) return std::nullopt;
  const Arguments parts = *data;
  const bool coordinates = arguments[0] == layout_object(kCoordinates);
  const std::size_t of_values = coordinates ? 1 : 2;
  const auto first = strided_shape(parts[0]);
  const auto second = strided_shape(parts[1]);
  const Value size = parts.size() > of_values + 1 ? parts[of_values + 1] : Value();
  if (!first || !second || !is_shape(size)) return std::nullopt;
  const Arguments sizes = *values_.elements(size);
  if (!product(sizes)) {
    possible(Value::integer(0), size, size);
    return std::nullopt;
  }
  if (coordinates) {
    if (parts.size() == 4 && !parts[3].is(Kind::boolean)) return std::nullopt;
    if (!coordinates_fit(*first, *second, sizes) || !follow_coordinates(parts[0], sizes))
      return std::nullopt;
  } else {
    const auto values = strided_shape(parts[2]);
    const auto bound =
        values ? compressed_fit(arguments[0], *first, *second, *values, sizes) : std::nullopt;
    if (!bound || !follow_compressed(parts[0], parts[1], *bound)) return std::nullopt;
  }
  const std::uint8_t facts = Values::facts_of(parts[of_values]);
  return Values::tensor(size, static_cast<std::uint8_t>(facts & ~kStrided));
}

// One column of indices for each value: its place in the first dimensions. The others are in it.
bool Calls::coordinates_fit(Arguments indices, Arguments values, Arguments size) {
  if (indices.size() != 2 || values.empty() || indices[1] != values[0]) return false;
  const Arguments dense = values.subspan(1);
  return size.size() >= dense.size() && is_long(indices[0], size.size() - dense.size()) &&
         std::ranges::equal(size.last(dense.size()), dense);
}

// One plain index for each value or block of values, one compressed index for each row or column
// and one more; dimensions before them say how many of all that there are, those behind are in a
// value. What the plain ones are below.
std::optional<std::uint64_t> Calls::compressed_fit(Value layout, Arguments compressed,
                                                   Arguments plain, Arguments values,
                                                   Arguments size) {
  const bool rows = layout == layout_object(kRows) || layout == layout_object(kRowBlocks);
  const bool blocks = layout == layout_object(kRowBlocks) || layout == layout_object(kColumnBlocks);
  if (!rows && !blocks && layout != layout_object(kColumns)) return std::nullopt;
  if (plain.empty() || compressed.size() != plain.size() || !begins_with(values, plain))
    return std::nullopt;
  const std::size_t batch = plain.size() - 1;
  const std::size_t before = plain.size() + (blocks ? 2 : 0);  // the dimensions in a value
  if (values.size() < before || size.size() != batch + 2 + (values.size() - before))
    return std::nullopt;
  // How many blocks, or single values, lie along a side.
  const auto along = [&](std::size_t side) -> std::optional<std::int64_t> {
    const std::int64_t length = *size[batch + side].as_integer();
    const std::int64_t step = blocks ? *values[plain.size() + side].as_integer() : 1;
    if (step <= 0 || length % step != 0) return std::nullopt;
    return length / step;
  };
  const auto of_compressed = along(rows ? 0 : 1);
  const auto of_plain = along(rows ? 1 : 0);
  const bool fit = of_compressed && of_plain && begins_with(size, plain.first(batch)) &&
                   begins_with(compressed, plain.first(batch)) &&
                   std::ranges::equal(size.subspan(batch + 2), values.subspan(before)) &&
                   compressed.back() == Value::integer(*of_compressed + 1);
  if (!fit) return std::nullopt;
  return static_cast<std::uint64_t>(*of_plain);
}

bool Calls::is_no_larger_than_its_storage(Value tensor) const {
  const auto shape = strided_shape(tensor);
  if (!shape) return false;
  if (shape->empty() || (Values::facts_of(tensor) & kContiguous) != 0) return true;
  const auto strided = values_.strided(tensor);
  return strided && *product(*shape) <= storages_.room(strided->storage);
}

// The numbers of a tensor, which is of that many rows. None where more are stated than are there:
// each of them is read.
std::optional<Numbers> Calls::numbers_of(Value tensor, std::uint64_t rows) const {
  const auto shape = strided_shape(tensor);
  const auto strided = values_.strided(tensor);
  if (!shape || !strided || (Values::facts_of(tensor) & kWhole) == 0) return std::nullopt;
  const std::uint64_t count = *product(*shape);
  if (count > storages_.room(strided->storage)) return std::nullopt;
  Numbers numbers = storages_.numbers(*strided);
  numbers.rows = count == 0 ? 0 : rows;
  numbers.columns = count == 0 ? 0 : count / rows;
  numbers.row_step = numbers.columns;
  numbers.column_step = 1;
  return numbers;
}

bool Calls::follow_coordinates(Value indices, Arguments size) {
  if ((Values::facts_of(indices) & kIndex) == 0) return false;
  const auto rows = static_cast<std::uint64_t>(*(*strided_shape(indices))[0].as_integer());
  auto numbers = numbers_of(indices, rows);
  if (!numbers) return false;
  const auto steps = values_.strided(indices)->steps;
  numbers->row_step = static_cast<std::uint64_t>(*steps[0].as_integer());
  numbers->column_step = static_cast<std::uint64_t>(*steps[1].as_integer());
  Followed followed{.form = Followed::Form::coordinates, .numbers = {*numbers}, .bounds = {}};
  for (const Value length : size.first(rows))
    followed.bounds.push_back(static_cast<std::uint64_t>(*length.as_integer()));
  storages_.follow(std::move(followed));
  return true;
}

bool Calls::follow_compressed(Value compressed, Value plain, std::uint64_t bound) {
  if ((Values::facts_of(compressed) & Values::facts_of(plain) & kContiguous) == 0) return false;
  const Arguments shape = *strided_shape(compressed);
  const std::uint64_t batches = *product(shape.first(shape.size() - 1));
  const auto first = numbers_of(compressed, batches);
  const auto second = numbers_of(plain, batches);
  if (!first || !second) return false;
  storages_.follow(
      {.form = Followed::Form::compressed, .numbers = {*first, *second}, .bounds = {bound}});
  return true;
}

// buffer, sizes, strides, offsets: numbers that PyTorch reads at once, from storages that an old
// file has not read by then.
std::optional<Value> Calls::nested_tensor(Arguments arguments) {
  if (arguments.size() != 4 || storages_.are_read_later()) return std::nullopt;
  std::array<Arguments, 4> shapes;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto shape = strided_shape(arguments[i]);
    if (!shape) return std::nullopt;
    shapes[i] = *shape;
  }
  const auto& [buffer, sizes, strides, offsets] = shapes;
  // Of none at all sizes have no dimension, which PyTorch writes and does not read.
  if (buffer.size() != 1 || sizes.size() != 2 || !std::ranges::equal(sizes, strides) ||
      offsets.size() != 1 || sizes[0] != offsets[0])
    return std::nullopt;
  constexpr std::uint8_t kIndices = kIndex | kContiguous;
  const auto of_indices = [](Value value) {
    return (Values::facts_of(value) & kIndices) == kIndices;
  };
  if (!std::ranges::all_of(arguments.subspan(1), of_indices)) return std::nullopt;
  const auto rows = static_cast<std::uint64_t>(*sizes[0].as_integer());
  Followed followed{.form = Followed::Form::nested,
                    .numbers = {},
                    .bounds = {static_cast<std::uint64_t>(*buffer[0].as_integer())}};
  for (std::size_t i = 0; i < followed.numbers.size(); ++i) {
    const auto numbers = numbers_of(arguments[i + 1], rows);
    if (!numbers) return std::nullopt;
    followed.numbers[i] = *numbers;
  }
  storages_.follow(std::move(followed));
  return Values::tensor(Values::empty_tuple(),
                        static_cast<std::uint8_t>(Values::facts_of(arguments[0]) & ~kStrided));
}

}  // namespace gh::pickle
