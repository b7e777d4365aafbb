#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

constexpr std::uint64_t kMost = INT64_MAX;

std::optional<std::uint64_t> count(Value value) {
  const auto number = value.as_integer();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<std::uint64_t> checked_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > kMost) return std::nullopt;
  return result;
}

}  // namespace

std::optional<std::uint64_t> product(std::span<const Value> size) {
  std::uint64_t all = 1;
  for (const Value one : size) {
    const auto number = count(one);
    if (!number) return std::nullopt;
    const auto next = checked_product(all, *number);
    if (!next) return std::nullopt;
    all = *next;
  }
  return all;
}

std::optional<std::uint64_t> reach(Value offset, std::span<const Value> size,
                                   std::span<const Value> stride) {
  const auto first = count(offset);
  const auto elements = product(size);
  if (!first || !elements || size.size() != stride.size()) return std::nullopt;
  std::uint64_t last = *first;
  for (std::size_t i = 0; i < size.size(); ++i) {
    const auto length = count(size[i]);
    const auto step = count(stride[i]);
    if (!length || !step) return std::nullopt;
    const auto far = checked_product(*length == 0 ? 0 : *length - 1, *step);
    if (!far || *far > kMost - last) return std::nullopt;
    last += *far;
  }
  return *elements == 0 ? 0 : last + 1;
}

bool is_contiguous(std::span<const Value> size, std::span<const Value> stride) {
  const auto elements = product(size);
  if (!elements || size.size() != stride.size()) return false;
  if (*elements == 0) return true;
  std::int64_t expected = 1;
  for (std::size_t i = size.size(); i-- > 0;) {
    const std::int64_t length = *size[i].as_integer();
    if (length == 1) continue;
    if (stride[i] != Value::integer(expected)) return false;
    expected *= length;
  }
  return true;
}

}  // namespace gh::pickle
