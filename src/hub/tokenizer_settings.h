#pragma once
// tokenizer_config.json and special_tokens_map.json: values at which transformers raises, by
// experiment with 5.24. What some class takes is no finding where that class is named, or none is.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

void examine_tokenizer_settings(const Input& input, json::Value root);

}  // namespace gh::hub
