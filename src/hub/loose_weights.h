#pragma once
// Files of weights that no index governs: vLLM loads all of a folder, one over the other. Which it
// takes: `DefaultModelLoader._prepare_weights` of 0.32. Time grows as n log n with the tensors.

#include "findings/examination.h"
#include "hub/facts.h"

namespace gh::hub {

void examine_loose_weights(const FolderFacts& folder, findings::Examination& examination);

}  // namespace gh::hub
