#pragma once
// What tells an ONNX model from other messages of protobuf, which has no magic: the whole set of
// the fields at its top.

#include <optional>
#include <string_view>

#include "artifacts/protobuf.h"
#include "source/source.h"

namespace gh::artifacts {

// A `ModelProto` by its first fields, in `head`, and by a graph, wherever in `source`. One that is
// cut short is taken for what it begins as.
bool looks_like_onnx(std::string_view head, source::Source& source);

// The first field that a `ModelProto` has not, has in another form, or has as a text: parsers leave
// it out, or take any bytes for a text, and those of another message read it. A SavedModel of
// TensorFlow keeps its graphs in the field that is the name of a producer here.
std::optional<ProtobufField> field_of_another(source::Source& source);

}  // namespace gh::artifacts
