#pragma once
// Fields that bind the answer to a form: `response_format`, and vLLM's own names for the same.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

bool check_response_format(Inspection& in, const Path& at, json::Value value);
bool check_structured_outputs(Inspection& in, const Path& at, json::Value value);
// A schema by itself, within the policy's caps: `guided_json`.
bool check_json_schema(Inspection& in, const Path& at, json::Value value);
// A list of allowed answers: `guided_choice`.
bool check_choice(Inspection& in, const Path& at, json::Value value);

}  // namespace gh::openai
