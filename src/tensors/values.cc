#include "tensors/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "source/reader.h"
#include "tensors/note.h"
#include "tensors/safetensors_rules.h"

namespace gh::tensors {

namespace {

float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1f;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0) {  // zero, or smaller than the normal ones: fraction × 2^-24
    const float small = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -small : small;
  }
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

template <class Raw>
Raw raw_at(const char* at) {
  Raw raw = 0;
  std::memcpy(&raw, at, sizeof raw);
  return raw;
}

template <class Raw>
double number_at(const char* at) {
  return static_cast<double>(raw_at<Raw>(at));
}

struct Layout {
  std::size_t size;  // bytes
  double (*value)(const char* at);
};
std::optional<Layout> layout_of(std::string_view dtype) {
  if (dtype == "F32") return Layout{4, number_at<float>};
  if (dtype == "F64") return Layout{8, number_at<double>};
  if (dtype == "F16")
    return Layout{2, [](const char* at) { return double{from_half(raw_at<std::uint16_t>(at))}; }};
  if (dtype == "BF16") {
    return Layout{
        2, [](const char* at) {
          return double{std::bit_cast<float>(std::uint32_t{raw_at<std::uint16_t>(at)} << 16)};
        }};
  }
  return std::nullopt;
}

// Calls `each(value, bytes of it)` for all values; false when the data ends early or the type is
// another.
template <class Each>
bool for_each_value(source::Source& source, const Tensor& tensor, Each&& each) {
  const auto layout = layout_of(tensor.dtype);
  if (!layout) return false;
  source::Reader reader(source, tensor.begin, tensor.end);
  std::uint64_t left = tensor.end - tensor.begin;
  while (left >= layout->size) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, source::Reader::kWindow));
    std::string_view bytes = reader.peek(want);
    bytes = bytes.substr(0, std::min(bytes.size(), want) / layout->size * layout->size);
    if (bytes.empty()) return false;
    for (std::size_t at = 0; at < bytes.size(); at += layout->size) {
      each(layout->value(bytes.data() + at), bytes.data() + at, layout->size);
    }
    left -= bytes.size();
    reader.skip(bytes.size());
  }
  return true;
}

constexpr const findings::Rule* kRules[] = {&kStfValues};

}  // namespace

bool has_readable_values(const Tensor& tensor) {
  return layout_of(tensor.dtype).has_value();
}

std::optional<ValueSummary> summarise(source::Source& source, const Tensor& tensor) {
  ValueSummary summary;
  summary.mark = 0xcbf29ce484222325;  // FNV-1a, over whole numbers
  const bool whole =
      for_each_value(source, tensor, [&](double value, const char* at, std::size_t size) {
        std::uint64_t raw = 0;
        std::memcpy(&raw, at, size);
        summary.mark = (summary.mark ^ raw) * 0x100000001b3;
        ++summary.count;
        if (value == 0) return;
        summary.all_zero = false;
        if (std::isfinite(value)) {
          summary.squares += value * value;
        } else {
          ++(std::isnan(value) ? summary.nan : summary.infinite);
        }
      });
  if (!whole) return std::nullopt;
  return summary;
}

std::optional<std::vector<float>> read_values(source::Source& source, const Tensor& tensor,
                                              std::uint64_t most) {
  const auto layout = layout_of(tensor.dtype);
  if (!layout || (tensor.end - tensor.begin) / layout->size > most) return std::nullopt;
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>((tensor.end - tensor.begin) / layout->size));
  if (!for_each_value(source, tensor, [&](double value, const char*, std::size_t) {
        values.push_back(static_cast<float>(value));
      })) {
    return std::nullopt;
  }
  return values;
}

void examine_values(source::Source& source, const TensorTable& table,
                    findings::Examination& examination) {
  for (const Tensor& tensor : table.tensors) {
    const auto summary = summarise(source, tensor);
    if (!summary || summary->nan + summary->infinite == 0) continue;
    note(examination, kStfValues, tensor.begin, [&] {
      return fmt::format("tensor \"{}\" holds {} NaN and {} infinities", escape(tensor.name, 100),
                         summary->nan, summary->infinite);
    });
  }
}

std::span<const findings::Rule* const> value_rules() {
  return kRules;
}

}  // namespace gh::tensors
