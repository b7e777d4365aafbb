#pragma once
// `prompt` of a completion and `input` of an embedding: a text, token ids, or a list of either.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

bool check_prompt(Inspection& in, const Path& at, json::Value prompt);
// To how many of its last (or first) tokens a prompt is cut. vLLM refuses to leave none, and a
// number above the context.
bool check_truncation(Inspection& in, const Path& at, json::Value most);
bool check_input(Inspection& in, const Path& at, json::Value input);

// Refuses an estimate that is clearly above the cap and marks one that needs a count.
bool check_prompt_fit(Inspection& in, const Path& at, std::uint64_t tokens);

}  // namespace gh::openai
