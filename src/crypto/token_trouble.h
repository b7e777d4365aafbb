#pragma once
// Why a token gave no key, in a sentence that says what to do next. For this folder.

#include <string>
#include <string_view>

namespace gh::crypto {

// `said` is what the engine printed, a line for each of its steps, and is quoted only when none of
// them is known; `asked` whether the PIN came from us, not from the URI.
std::string token_trouble(std::string_view said, bool asked);

}  // namespace gh::crypto
