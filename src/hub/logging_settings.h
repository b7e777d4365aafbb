#pragma once
// Settings of Python's logging (logging.config.dictConfig), which uvicorn and vLLM take from a JSON
// or YAML file: it calls what "()" names, makes what "class" names, and imports for "ext://".

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// An object anywhere in the document.
void examine_logging(const Input& input, json::Value object);

}  // namespace gh::hub
