#pragma once
// What the tokenizers library takes of a tokenizer.json and then panics at, or takes all memory
// for (0.23.3, by experiment, 2026-11): TOK-115.

#include <string_view>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// Lengths of `padding` and `truncation`.
void check_lengths(const Input& input, json::Value root);

// One step. `key`: "decoder"; `what`: "the decoder `Strip`".
void check_step(const Input& input, std::string_view key, std::string_view what, json::Value part);

}  // namespace gh::hub
