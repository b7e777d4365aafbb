#pragma once
// Fields that bind the answer to a form: `response_format`, and vLLM's own names for the same.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

// A form for the answer; one field only may ask for one.
bool check_response_format(Inspection& in, const Path& at, json::Value value);
bool check_structured_outputs(Inspection& in, const Path& at, json::Value value);
bool check_guided_json(Inspection& in, const Path& at, json::Value value);
bool check_guided_choice(Inspection& in, const Path& at, json::Value value);

// Without the members that are null: not every one of vLLM's may be.
void write_structured_outputs(json::Writer& writer, json::Value value);

}  // namespace gh::openai
