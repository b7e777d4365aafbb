#pragma once
// The header of a safetensors file, without its offsets being compared with each other or the file.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/examination.h"
#include "tensors/name_set.h"

namespace gh::tensors {

// One tensor as stated. Small, because a header may state a million.
struct StatedTensor {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint32_t name;       // in Header::names
  std::uint32_t shape;      // its first in Header::dimensions
  std::uint8_t dimensions;  // how many
  std::uint8_t dtype;       // in kDtypes
};

struct Header {
  // In order of the first appearance of each name; a later one of the same name takes its place.
  std::vector<StatedTensor> tensors;
  NameSet names;
  std::vector<std::uint64_t> dimensions;
  std::vector<std::pair<std::string, std::string>> metadata;
};

inline constexpr std::size_t kMaxTensors = 1U << 20;
inline constexpr std::size_t kMaxDimensions = 64;  // PyTorch and NumPy end there too
inline constexpr std::size_t kMaxDimensionsInAll = 8 * kMaxTensors;
inline constexpr std::size_t kMaxMetadata = 1U << 16;

// Whether serde_json would read `text` into the library's types; findings say why not, or what is
// odd. `text` stands at byte 8 of the file; names are views of it.
bool read_header(std::string_view text, Header& header, findings::Examination& examination);

}  // namespace gh::tensors
