#pragma once
// The content of a message: a string, or parts of text and, where the policy allows, images.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

// What the message's role may hold besides text.
struct ContentRules {
  bool media = false;
  bool refusal = false;
};

bool check_content(Inspection& in, const Path& at, json::Value content, const ContentRules& rules);

// Writes checked content without what vLLM has no use for.
void write_content(json::Writer& writer, json::Value content);

}  // namespace gh::openai
