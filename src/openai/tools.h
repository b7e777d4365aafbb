#pragma once
// Tool definitions and the choice among them.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

bool check_tools(Inspection& in, const Path& at, json::Value tools);
bool check_tool_choice(Inspection& in, const Path& at, json::Value choice);

// Writes checked tools; without `strict` for versions that lack it (before 0.27).
void write_tools(json::Writer& writer, json::Value tools, const vllm::Surface& surface);

}  // namespace gh::openai
