#pragma once
// What a file for `vllm serve --config` makes vLLM import: options of the command line as keys of
// YAML (flags of vLLM 0.4.3 to 0.33, and where 0.32 imports what they name).

#include <functional>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// The whole document, CFG-115. Classes of vLLM itself are none. `walk` is given what the file's own
// tree does not show: `a.b: c` and JSON in a text, as objects.
void examine_engine_settings(const Input& input, json::Value root,
                             const std::function<void(json::Value)>& walk);

}  // namespace gh::hub
