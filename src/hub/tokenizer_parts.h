#pragma once
// The steps of a tokenizer.json around its model: normalizer, pre-tokenizer, post-processor,
// decoder.

#include "hub/vocabulary.h"

namespace gh::hub {

void examine_parts(const Input& input, json::Value root, const Vocabulary& vocabulary);

}  // namespace gh::hub
