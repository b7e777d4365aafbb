#pragma once
// ONNX models: protobuf `ModelProto` (onnx/onnx.proto3, IR version 1 to 13). Structure only: where
// external data lies, what operators come from, functions. Rules ONX-….

#include <span>
#include <string_view>

#include "artifacts/examine.h"

namespace gh::artifacts {

void examine_onnx(source::Source& source, Context& context);

std::span<const findings::Rule* const> onnx_rules();

}  // namespace gh::artifacts
