#pragma once
// The exact table of what exists. Everything else is 404, whatever the upstream offers.

#include <optional>
#include <string_view>

#include "http/message.h"
#include "policy/refusal.h"
#include "vllm/surface.h"

namespace gh::gateway {

enum class Route : std::uint8_t { chat, completions, embeddings, models, model };

std::string_view name(Route route);

struct Routed {
  Route route = Route::chat;
  std::optional<vllm::Endpoint> endpoint;  // of the routes that go to an upstream
  std::string_view model_id;               // of Route::model, a view into the target
};

// `target` has passed the grammar of RequestHead. Known path, other method: method_not_allowed.
policy::Decision<Routed> find_route(http::Method method, std::string_view target);

// "GET" or "POST", for the Allow field of a 405.
std::string_view allowed_method(std::string_view target);

}  // namespace gh::gateway
