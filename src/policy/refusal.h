#pragma once
// A decision against a request, as every domain folder returns it. The gateway turns it into an
// OpenAI-shaped error; the request log takes `rule`.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace gh::policy {

// The stable codes of docs/errors.md. Each has one HTTP status and one `type`.
enum class Code : std::uint8_t {
  invalid_request,         // 400, broken in a way that has no code of its own
  invalid_json,            // 400
  duplicate_key,           // 400
  unknown_field,           // 400
  field_not_allowed,       // 400
  invalid_value,           // 400
  request_exceeds_limit,   // 400
  invalid_api_key,         // 401
  endpoint_not_allowed,    // 403
  model_not_found,         // 404
  not_found,               // 404
  method_not_allowed,      // 405
  timeout,                 // 408
  length_required,         // 411
  body_too_large,          // 413
  unsupported_media_type,  // 415
  headers_too_large,       // 431
  rate_limit_exceeded,     // 429
  insufficient_quota,      // 429
  upstream_invalid,        // 502
  upstream_reset,          // 502
  upstream_error,          // 502
  overloaded,              // 503
  draining,                // 503
  log_unavailable,         // 503
  no_upstream,             // 503
  upstream_timeout,        // 504
};

int status(Code code);
std::string_view type(Code code);  // "invalid_request_error", …
std::string_view name(Code code);  // "invalid_json", …

struct Refusal {
  Code code = Code::invalid_request;
  std::string message{};  // tells a legitimate developer what to change; untrusted text is escaped
  std::string param{};    // the field at fault: "max_tokens", "messages[0].role"; may be empty
  // What decided, for the operator: "tenants.alpha.limits.requests". A check of the body says
  // "request.n"; identity/rule_name.h has the whole path.
  std::string rule{};
  std::optional<Duration> retry_after{};
  // Of what is no HTTP: `message` is the answer, as text/plain. No OpenAI client sends such a
  // thing.
  bool in_text = false;
};

template <class T = void>
using Decision = std::expected<T, Refusal>;

}  // namespace gh::policy
