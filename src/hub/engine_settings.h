#pragma once
// What a file for `vllm serve --config` makes vLLM import: options of the command line as keys of
// YAML (flags of vLLM 0.4.3 to 0.33, and where 0.32 imports what they name).

#include <string_view>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// One entry of the document, CFG-115. Classes of vLLM itself are none.
void examine_engine_setting(const Input& input, std::string_view key, json::Value value);

}  // namespace gh::hub
