#pragma once
// safetensors: 8 bytes of header length, a JSON header, data. Rules `STF-001` … `STF-021` follow
// the numbered list in docs/formats/safetensors.md.

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "findings/examination.h"
#include "source/source.h"
#include "tensors/tensor_table.h"

namespace gh::tensors {

using WantedTensor = std::function<bool(std::string_view name)>;

// The table when the reference library would load the file, findings or not; else nothing, and the
// finding says why. Data is not read.
// `wanted`: which tensors the table has, by name; all are checked. A table of a hundred thousand
// costs as much as checking them.
std::optional<TensorTable> read_safetensors(source::Source& source,
                                            findings::Examination& examination,
                                            const WantedTensor& wanted = {});

// Whether the first bytes are a safetensors header by content: a length below 100,000,000 and `{`,
// or white space, after it.
bool looks_like_safetensors(std::string_view head, std::uint64_t file_size);

std::span<const findings::Rule* const> safetensors_rules();

}  // namespace gh::tensors
