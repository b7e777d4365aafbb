#pragma once
// Regular expressions in settings of a quantisation, by which engines choose modules: each is
// matched against the name of every module when the model is loaded. vLLM 0.32 (GPTQ's `dynamic`,
// compressed-tensors, Quark, TorchAO, AutoRound), transformers 5.19, compressed-tensors 0.17.

#include <string_view>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// Whether the value of `key` is such settings.
bool holds_quantization(std::string_view key);

// Whether the whole of a file called `name` is.
bool is_quantization_file(std::string_view name);

// CFG-216. Linear in the settings, up to the steps that all their patterns share.
void examine_quantization(const Input& input, json::Value settings);

}  // namespace gh::hub
