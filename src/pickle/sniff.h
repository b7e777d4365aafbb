#pragma once
// Telling pickles from other bytes by running them, as far as they are there.

#include <string_view>

namespace gh::pickle {

// Whether bytes behind a STOP go on as a pickle: a protocol, or opcodes that reach an import, a
// call or another STOP. `head`: the first few KiB.
bool continues_as_pickle(std::string_view head);

}  // namespace gh::pickle
