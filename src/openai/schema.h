#pragma once
// JSON schemas that clients send, for answers and for tool parameters. vLLM compiles them into
// grammars: what makes that slow or crashes it is refused.

#include <cstdint>

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

// Refuses regular expressions, references that leave the schema or lead nowhere, repetition counts
// that blow up, nesting beyond the policy's cap, and what is no schema: types that do not exist,
// lists where there must be none (CVE-2025-48942 to -48944: one such request stopped vLLM 0.8 for
// all). The bytes are the caller's to cap.
//
// `use`: a tool that the model may choose or not is only told to it by a vLLM before 0.9, whose
// compiler is slow: its size is no matter there.
enum class SchemaUse : std::uint8_t { compiled, told };
bool check_schema(Inspection& in, const Path& at, json::Value schema,
                  SchemaUse use = SchemaUse::compiled);

}  // namespace gh::openai
