#pragma once
// Whether the protobuf parsers of onnx and onnxruntime get through an ONNX model: every message of
// onnx/onnx-ml.proto (1.21), also those that nothing is asked of otherwise. Fields that it does not
// have are skipped, as parsers do.

#include <cstdint>
#include <optional>
#include <string_view>

#include "source/source.h"

namespace gh::artifacts {

struct WireProblem {
  std::string_view message;
  std::uint64_t offset;  // in the source
};

// The first problem; nothing where there is none.
std::optional<WireProblem> check_onnx_wire(source::Source& source);

}  // namespace gh::artifacts
