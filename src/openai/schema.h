#pragma once
// JSON schemas that clients send, for answers and for tool parameters. vLLM compiles them into
// grammars: what makes that slow or crashes it is refused.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

// Refuses regular expressions, references out of the document, repetition counts that blow up, and
// nesting beyond the policy's cap. The bytes are the caller's to cap.
bool check_schema(Inspection& in, const Path& at, json::Value schema);

}  // namespace gh::openai
