#pragma once
// What adapter_config.json says to whoever trains or prepares an adapter, and not to vLLM: code to
// import, and settings that what is served shows no more. Pure functions over a parsed document.

#include "findings/examination.h"
#include "json/json.h"

namespace gh::adapter {

// As Python's truth: what vLLM's `if self.use_dora:` asks.
bool is_set(json::Value value);

// auto_mapping, megatron_core and megatron_config, which PEFT imports; runtime_config.
void check_imports(json::Value config, findings::Examination& examination);

// Settings of methods that choose the first values of a plain LoRA.
void check_training(json::Value config, findings::Examination& examination);

}  // namespace gh::adapter
