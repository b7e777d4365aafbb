#pragma once
// The tensors that a file states, as far as checks need them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gh::tensors {

struct Tensor {
  std::string name;        // as stated, unescaped
  std::string_view dtype;  // "F16", "BF16"; GGUF: "q4_K". A constant of this folder
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // bytes, offset in the file
  std::uint64_t end = 0;
};

struct TensorTable {
  std::vector<Tensor> tensors;                                // in the order of the header
  std::vector<std::pair<std::string, std::string>> metadata;  // safetensors `__metadata__`
};

}  // namespace gh::tensors
