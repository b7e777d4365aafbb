#pragma once
// NumPy .npy headers (format 1.0, 2.0, 3.0; numpy/lib/format.py). Rules `NPY-…`.

#include <optional>
#include <span>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::tensors {

struct NpyFacts {
  std::uint64_t data_offset;  // bytes
  bool objects;               // dtype holds Python objects: what follows is a pickle
};

// Nothing when NumPy would refuse the header; the finding says why.
std::optional<NpyFacts> read_npy(source::Source& source, findings::Examination& examination);

std::span<const findings::Rule* const> npy_rules();

}  // namespace gh::tensors
