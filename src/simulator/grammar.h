#pragma once
// What vLLM's compiler of grammars refuses (0.32.0, measured), as far as it is plain: a regular
// expression whose brackets do not close, a schema with a type that is none. Any thread.

#include <optional>
#include <string>

#include "json/json.h"

namespace gh::simulator {

// vLLM's message; nothing when the body asks for no grammar, or for one that is taken.
std::optional<std::string> grammar_error(json::Value body);

}  // namespace gh::simulator
