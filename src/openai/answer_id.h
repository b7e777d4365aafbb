#pragma once
// Whose answer is it? From 0.6.6 on vLLM makes the id of an answer from the request's X-Request-Id
// ("chatcmpl-req_…", seen with 0.32), so that one which carries another request's id was mixed up
// on the way. Ids of any other form say nothing. Pure; any thread.

#include <string_view>

#include "json/json.h"

namespace gh::openai {

// `ours` is a RequestId's text; "" compares nothing.
bool names_another_request(json::Value answer, std::string_view ours);

}  // namespace gh::openai
