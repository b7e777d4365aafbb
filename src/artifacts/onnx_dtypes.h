#pragma once
// How many bytes the numbers of an ONNX tensor take (onnx/onnx.proto3, `TensorProto.DataType`).

#include <array>
#include <cstdint>
#include <limits>

namespace gh::artifacts {

// By data type; 0 where none is fixed: texts, and types that are not known.
constexpr std::uint64_t onnx_bits(std::uint64_t type) {
  constexpr std::array<std::uint8_t, 27> kBits = {
      0, 32, 8,  8,  16, 16, 32,  64, 0,  // 1: float, 8: string
      8, 16, 64, 32, 64, 64, 128, 16,     // 9: bool, 16: bfloat16
      8, 8,  8,  8,  4,  4,  4,   8,      // 17: float8e4m3fn, 21: uint4, 24: float8e8m0
      2, 2};                              // 25: uint2
  return type < kBits.size() ? kBits[type] : 0;
}

// What the tensor's dimensions are multiplied to, the largest number where they are beyond it.
class OnnxElements {
 public:
  void add(std::uint64_t dimension) {
    // Negative: no tensor that a reader would make.
    if (dimension > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      negative_ = true;
    if (__builtin_mul_overflow(count_, dimension, &count_)) beyond_ = true;
    empty_ |= dimension == 0;
  }

  std::uint64_t bytes(std::uint64_t type) const {
    const std::uint64_t bits = onnx_bits(type);
    if (bits == 0 || empty_ || negative_) return 0;
    std::uint64_t all = 0;
    if (beyond_ || __builtin_mul_overflow(count_, bits, &all)) return kBeyond;
    return all / 8 + (all % 8 != 0);
  }

 private:
  static constexpr std::uint64_t kBeyond = std::numeric_limits<std::int64_t>::max();
  std::uint64_t count_ = 1;
  bool empty_ = false;
  bool negative_ = false;
  bool beyond_ = false;
};

}  // namespace gh::artifacts
