#pragma once
// The tensors of a PyTorch checkpoint as ranges of bytes of the file, for what is held against the
// tensors of safetensors files: nothing is unpickled for it.

#include <string_view>

#include "base/error.h"
#include "source/source.h"
#include "tensors/tensor_table.h"

namespace gh::artifacts {

// Of a zip that torch.save wrote, whose records are not compressed, and whose pickle is a
// dictionary of texts to tensors that lie in their storages in the order of their indices, in all
// no more than twice the file. Every other file, and one whose own examination finds something from
// medium on, is an error that says why, printable. `name`: of the file, as of `examine_any`.
Result<tensors::TensorTable> read_torch_table(source::Source& source, std::string_view name);

}  // namespace gh::artifacts
