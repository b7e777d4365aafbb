#pragma once
// GGUF versions 2 and 3, as ggml reads them. Rules `GGF-001` … follow docs/formats/gguf.md.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"
#include "tensors/tensor_table.h"

namespace gh::tensors {

struct GgufFacts {
  TensorTable table;
  // `tokenizer.chat_template` and its named variants: (key, template), whole.
  std::vector<std::pair<std::string, std::string>> chat_templates;
};

// The facts when ggml would load the file, findings or not; else nothing, and the finding says why.
std::optional<GgufFacts> read_gguf(source::Source& source, findings::Examination& examination);

std::span<const findings::Rule* const> gguf_rules();

}  // namespace gh::tensors
