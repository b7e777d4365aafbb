#pragma once
// What only shows when the files of one model folder are held against each other.

#include <optional>

#include "findings/examination.h"
#include "hub/facts.h"
#include "tensors/tensor_table.h"

namespace gh::hub {

// Findings name the files in their messages; the examination is the folder's own.
void examine_folder(const FolderFacts& folder, findings::Examination& examination);

// The rows of the token embedding in a safetensors table, or the second dimension of a GGUF's
// `token_embd.weight`; nothing when the table has none. The greatest of several.
std::optional<std::uint64_t> embedding_rows(const tensors::TensorTable& table);
// Whether a tensor is one that it looks at.
bool is_embedding(std::string_view tensor);

}  // namespace gh::hub
