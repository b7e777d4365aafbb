#pragma once
// The messages of a chat: roles, content, tool calls.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

bool check_messages(Inspection& in, const Path& at, json::Value messages);

// Writes checked messages with only the members that vLLM has a use for.
void write_messages(json::Writer& writer, json::Value messages);

}  // namespace gh::openai
