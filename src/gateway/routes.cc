#include "gateway/routes.h"

#include <algorithm>

namespace gh::gateway {
namespace {

struct Row {
  http::Method method;
  std::string_view path;
  Route route;
  std::optional<vllm::Endpoint> endpoint;
};

constexpr Row kTable[] = {
    {http::Method::post, "/v1/chat/completions", Route::chat, vllm::Endpoint::chat},
    {http::Method::post, "/v1/completions", Route::completions, vllm::Endpoint::completions},
    {http::Method::post, "/v1/embeddings", Route::embeddings, vllm::Endpoint::embeddings},
    {http::Method::get, "/v1/models", Route::models, std::nullopt},
};
constexpr std::string_view kModelPrefix = "/v1/models/";

// The one route with a variable part. A model's client name may have slashes in it
// ("meta-llama/Llama-3"), as many SDKs write them into the path. Newer ones escape the slash, and
// no path with an escape is taken.
constexpr Row kModelRow = {http::Method::get, kModelPrefix, Route::model, std::nullopt};

const Row* find_row(std::string_view target) {
  const auto* row = std::find_if(std::begin(kTable), std::end(kTable),
                                 [&](const Row& r) { return r.path == target; });
  if (row != std::end(kTable)) return row;
  return target.starts_with(kModelPrefix) && target.size() > kModelPrefix.size() ? &kModelRow
                                                                                 : nullptr;
}

}  // namespace

std::string_view name(Route route) {
  switch (route) {
    case Route::chat:
      return "chat";
    case Route::completions:
      return "completions";
    case Route::embeddings:
      return "embeddings";
    case Route::models:
      return "models";
    case Route::model:
      return "model";
  }
  return "unknown";
}

policy::Decision<Routed> find_route(http::Method method, std::string_view target) {
  const Row* row = find_row(target);
  if (row == nullptr) {
    return std::unexpected(policy::Refusal{.code = policy::Code::not_found,
                                           .message = "There is nothing at this path. There are "
                                                      "/v1/chat/completions, /v1/completions, "
                                                      "/v1/embeddings and /v1/models.",
                                           .rule = "routes"});
  }
  if (row->method != method) {
    return std::unexpected(policy::Refusal{
        .code = policy::Code::method_not_allowed,
        .message = std::string("This path takes ") + std::string(http::name(row->method)) + ".",
        .rule = "routes"});
  }
  Routed routed{.route = row->route, .endpoint = row->endpoint, .model_id = {}};
  if (row->route == Route::model) routed.model_id = target.substr(kModelPrefix.size());
  return routed;
}

std::string_view allowed_method(std::string_view target) {
  const Row* row = find_row(target);
  return row == nullptr ? std::string_view() : http::name(row->method);
}

}  // namespace gh::gateway
