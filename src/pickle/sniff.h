#pragma once
// Telling pickles from other bytes by running them, as far as they go.

#include <cstdint>

#include "source/source.h"

namespace gh::pickle {

// Whether the bytes behind a STOP, from `offset`, go on as a pickle: a protocol, or opcodes that
// reach an import, a call or another STOP.
bool continues_as_pickle(source::Source& source, std::uint64_t offset);

}  // namespace gh::pickle
