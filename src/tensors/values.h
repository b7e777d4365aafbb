#pragma once
// One pass over the data of a tensor of F64, F32, F16 or BF16, in pieces: what its numbers are
// like; of 8-bit and complex ones whether they are finite. Reads the data, so it is for those who
// ask for it. Not thread-safe.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"
#include "tensors/tensor_table.h"

namespace gh::tensors {

struct ValueSummary {
  std::uint64_t count = 0;
  std::uint64_t nan = 0;
  std::uint64_t infinite = 0;
  bool all_zero = true;
  double squares = 0;      // sum over the finite ones
  std::uint64_t mark = 0;  // equal bytes have equal marks; nothing against intent
};

// Whether `summarise` can read that type.
bool has_readable_values(const Tensor& tensor);

// Nothing for other types and for data that ends early.
std::optional<ValueSummary> summarise(source::Source& source, const Tensor& tensor);

// All numbers of a tensor, for tensors of at most `most` elements; nothing as above.
std::optional<std::vector<float>> read_values(source::Source& source, const Tensor& tensor,
                                              std::uint64_t most);

// Rule STF-021 for all tensors of a file.
void examine_values(source::Source& source, const TensorTable& table,
                    findings::Examination& examination);
std::span<const findings::Rule* const> value_rules();

}  // namespace gh::tensors
