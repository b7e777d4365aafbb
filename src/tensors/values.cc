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

// A sign, an exponent of `8 - 1 - fraction` bits, a fraction: the 8-bit types of OCP ("FN": NaN
// with all bits set) and of Graphcore ("FNUZ": NaN where minus zero would be). Without infinities.
template <int kFraction, int kBias, bool kUnsignedZero>
double small_float(const char* at) {
  const unsigned raw = static_cast<unsigned char>(*at);
  if (kUnsignedZero ? raw == 0x80 : (raw & 0x7fU) == 0x7f) return std::nan("");
  const int exponent = static_cast<int>((raw & 0x7fU) >> kFraction);
  const int fraction = static_cast<int>(raw & ((1U << kFraction) - 1));
  const int whole = exponent == 0 ? fraction : fraction | 1 << kFraction;
  const double value = std::ldexp(whole, std::max(exponent, 1) - kBias - kFraction);
  return (raw & 0x80U) != 0 ? -value : value;
}

struct Layout {
  std::size_t size;  // bytes of one number; a complex one is two
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
  if (dtype == "C64") return Layout{4, number_at<float>};
  if (dtype == "F8_E4M3") return Layout{1, small_float<3, 7, false>};
  if (dtype == "F8_E4M3FNUZ") return Layout{1, small_float<3, 8, true>};
  if (dtype == "F8_E5M2FNUZ") return Layout{1, small_float<2, 16, true>};
  // The upper half of an F16.
  if (dtype == "F8_E5M2") {
    return Layout{1, [](const char* at) {
                    return double{from_half(
                        static_cast<std::uint16_t>(static_cast<unsigned char>(*at) << 8))};
                  }};
  }
  // A power of two, without a sign.
  if (dtype == "F8_E8M0") {
    return Layout{1, [](const char* at) {
                    const int raw = static_cast<unsigned char>(*at);
                    return raw == 0xff ? std::nan("") : std::ldexp(1.0, raw - 127);
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
  return tensor.dtype == "F32" || tensor.dtype == "F64" || tensor.dtype == "F16" ||
         tensor.dtype == "BF16";
}

std::optional<ValueSummary> summarise(source::Source& source, const Tensor& tensor) {
  if (!has_readable_values(tensor)) return std::nullopt;
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
  if (!has_readable_values(tensor) || (tensor.end - tensor.begin) / layout->size > most)
    return std::nullopt;
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
    std::uint64_t nan = 0;
    std::uint64_t infinite = 0;
    for_each_value(source, tensor, [&](double value, const char*, std::size_t) {
      if (!std::isfinite(value)) ++(std::isnan(value) ? nan : infinite);
    });
    if (nan + infinite == 0) continue;
    note(examination, kStfValues, tensor.begin, [&] {
      return fmt::format("tensor \"{}\" holds {} NaN and {} infinities", escape(tensor.name, 100),
                         nan, infinite);
    });
  }
}

std::span<const findings::Rule* const> value_rules() {
  return kRules;
}

}  // namespace gh::tensors
