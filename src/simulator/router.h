#pragma once
// From a request to its answer: key check, routes, and what each route does. No sockets.

#include <memory>

#include "simulator/answer.h"
#include "simulator/engine.h"
#include "simulator/http_reader.h"

namespace gh::simulator {

// Never null. `request.body` must be followed by Buffer::kSlack readable bytes; no view of it is
// kept.
std::unique_ptr<Answer> answer(Engine& engine, const HttpRequest& request);

// What uvicorn says to bytes that are no request, before it closes.
std::unique_ptr<Answer> answer_invalid(Engine& engine);

}  // namespace gh::simulator
