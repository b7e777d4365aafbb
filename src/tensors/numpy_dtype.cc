#include "tensors/numpy_dtype.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>

namespace gh::tensors {

namespace {

using Kind = Literal::Kind;

// Whether numbers of this kind come in this size.
bool is_size_of(char kind, std::uint64_t size) {
  switch (kind) {
    case 'b':
      return size == 1;
    case 'i':
    case 'u':
      return size == 1 || size == 2 || size == 4 || size == 8;
    case 'f':
      return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
    case 'c':
      return size == 8 || size == 16 || size == 24 || size == 32;
    case 'M':
    case 'm':
      return size == 8;
    default:
      return kind == 'S' || kind == 'U' || kind == 'V';
  }
}

// "[ns]", "[25s]", as numpy writes them. It reads "[s/2]", too, and dies of "[s/0]".
bool is_unit(std::string_view text) {
  static constexpr auto kUnits = std::to_array<std::string_view>(
      {"Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic"});
  if (text.size() < 3 || !text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  constexpr std::size_t kDigits = 9;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return digits <= kDigits && std::ranges::find(kUnits, text.substr(digits)) != kUnits.end();
}

// "<f4", "|S16", "<M8[ns]", "|O".
std::optional<NumpyDtype> from_text(std::string_view text) {
  if (text == "O" || text == "O4" || text == "O8" || text == "object")
    return NumpyDtype{.size = 8, .objects = true};
  if (text.empty() || std::string_view("<>|=").find(text.front()) == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  if (text == "O" || text == "O8") return NumpyDtype{.size = 8, .objects = true};
  if (text.size() < 2) return std::nullopt;
  const char kind = text.front();
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const bool time = kind == 'M' || kind == 'm';
  const bool unit_fits = unit.empty() || (time && is_unit(unit));
  if (error != std::errc() || !unit_fits || !is_size_of(kind, number)) return std::nullopt;
  const std::uint64_t size = number;
  return NumpyDtype{.size = kind == 'U' ? size * 4 : size};
}

std::optional<NumpyDtype> times(std::optional<NumpyDtype> dtype, const Literal& shape) {
  if (!dtype) return std::nullopt;
  std::optional<std::uint64_t> count = elements_of(shape);
  if (shape.kind == Kind::integer && !shape.negative) count = shape.magnitude;
  if (!count || __builtin_mul_overflow(dtype->size, *count, &dtype->size)) return std::nullopt;
  return dtype;
}

// (name, description) or (name, description, shape); the name may be (title, name).
std::optional<NumpyDtype> from_field(const Literal& field) {
  if (field.kind != Kind::tuple || field.items.size() < 2 || field.items.size() > 3) {
    return std::nullopt;
  }
  const Kind name = field.items[0].kind;
  if (name != Kind::string && name != Kind::tuple) return std::nullopt;
  const auto dtype = numpy_dtype(field.items[1]);
  return field.items.size() == 2 ? dtype : times(dtype, field.items[2]);
}

// Bytes between fields, as numpy writes them: ('', '|V4').
bool is_padding(const Literal& field) {
  return field.items[0].kind == Kind::string && field.items[0].text.empty() &&
         field.items[1].kind == Kind::string && field.items[1].text.starts_with("|V");
}

// numpy refuses a name or title that is there twice.
bool names_are_new(const Literal& name, std::set<std::string_view>& names) {
  if (name.kind == Kind::string) return names.insert(name.text).second;
  return std::ranges::all_of(name.items,
                             [&](const Literal& part) { return names_are_new(part, names); });
}

}  // namespace

std::optional<NumpyDtype> numpy_dtype(const Literal& description) {
  if (description.kind == Kind::string) return from_text(description.text);
  if (description.kind == Kind::tuple && description.items.size() == 2) {
    return times(numpy_dtype(description.items[0]), description.items[1]);
  }
  if (description.kind != Kind::list) return std::nullopt;
  NumpyDtype whole;
  std::set<std::string_view> names;
  for (const Literal& item : description.items) {
    const auto field = from_field(item);
    if (field && !is_padding(item) && !names_are_new(item.items[0], names)) return std::nullopt;
    if (!field || __builtin_add_overflow(whole.size, field->size, &whole.size)) {
      return std::nullopt;
    }
    whole.objects = whole.objects || field->objects;
  }
  return whole;
}

std::optional<std::uint64_t> elements_of(const Literal& shape) {
  if (shape.kind != Kind::tuple) return std::nullopt;
  std::uint64_t product = 1;
  for (const Literal& dimension : shape.items) {
    if (dimension.kind != Kind::integer || dimension.negative) return std::nullopt;
    if (__builtin_mul_overflow(product, dimension.magnitude, &product)) return std::nullopt;
  }
  return product;
}

}  // namespace gh::tensors
