#pragma once
// ONNX models: protobuf `ModelProto` (onnx/onnx.proto3, IR version 1 to 13). Structure only: where
// external data lies, what operators come from, functions. Rules ONX-….

#include <span>
#include <string_view>

#include "artifacts/examine.h"

namespace gh::artifacts {

// A `ModelProto` by its first fields. `head`: the first bytes; a protobuf has no magic.
bool looks_like_onnx(std::string_view head);
void examine_onnx(source::Source& source, Context& context);

std::span<const findings::Rule* const> onnx_rules();

}  // namespace gh::artifacts
