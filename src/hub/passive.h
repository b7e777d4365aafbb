#pragma once
// Formats of which nothing runs: pictures, recordings, and what tools leave beside a model. Each is
// told by its first part, not by a magic alone, and followed from part to part to its end; what its
// parts hold is not looked at.

#include <optional>
#include <string_view>

#include "hub/input.h"
#include "hub/parts.h"

namespace gh::hub {

// Which of them it is, for its name: `DocumentKind::image`, `recording`, `record`.
struct PassiveFormat {
  const Passive* format;
  DocumentKind kind;
  std::string_view called;  // "picture"
};

// `head`: the first bytes of `source`.
std::optional<PassiveFormat> passive_format(std::string_view head, source::Source& source);

// Whether the parts are whole and lead to an end, and whether anything follows it. Time is linear
// in the bytes.
void examine_passive(const Passive& format, source::Source& source, const Input& input);

}  // namespace gh::hub
