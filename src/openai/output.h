#pragma once
// Fields that say how much comes back and in which form: bounds, choices, stop strings, log
// probabilities, streaming.

#include "json/json.h"
#include "openai/inspection.h"

namespace gh::openai {

bool check_max_tokens(Inspection& in, const Path& at, json::Value value);
bool check_n(Inspection& in, const Path& at, json::Value value);
bool check_stop(Inspection& in, const Path& at, json::Value value);
bool check_stop_token_ids(Inspection& in, const Path& at, json::Value value);
bool check_chat_logprobs(Inspection& in, const Path& at, json::Value value);
bool check_top_logprobs(Inspection& in, const Path& at, json::Value value);
bool check_text_logprobs(Inspection& in, const Path& at, json::Value value);
bool check_stream(Inspection& in, const Path& at, json::Value value);
bool check_stream_options(Inspection& in, const Path& at, json::Value value);

// Settles `max_tokens`, and refuses output bounds that do not go together. After all members.
bool settle_output(Inspection& in);

}  // namespace gh::openai
