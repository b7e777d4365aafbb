#pragma once
// Files that are of one format to their readers and of another to those that go by other signs.

#include <string_view>

#include "artifacts/examine.h"
#include "artifacts/kind.h"
#include "source/source.h"

namespace gh::artifacts {

// `head`: the first `kHead` bytes, or all; `kind`: what they were taken for.
void examine_as_another(source::Source& source, std::string_view head, std::string_view name,
                        Kind kind, Context& context);

}  // namespace gh::artifacts
