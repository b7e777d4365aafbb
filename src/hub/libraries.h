#pragma once
// Settings that name a native library for an engine to load into its process.

#include <string_view>

namespace gh::hub {

// Whether the value of `key` is one: by the keys of ONNX Runtime, onnxruntime-genai and MLC, and
// under keys that speak of a library or a plug-in what has the name of one.
bool names_library(std::string_view key, std::string_view text);

}  // namespace gh::hub
