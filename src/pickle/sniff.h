#pragma once
// Telling pickles from other bytes by running them, as far as they are there.

#include <string_view>

namespace gh::pickle {

// Whether bytes behind a STOP go on as a pickle: a protocol, or opcodes that reach an import, a
// call or another STOP. `head`: the first few KiB.
inline constexpr std::size_t kContinued = 4096;  // bytes of it that are looked at
bool continues_as_pickle(std::string_view head);

}  // namespace gh::pickle
