#include "gateway/refusals.h"

#include <fmt/format.h>

#include "http/h1_head.h"

namespace gh::gateway {

using policy::Code;
using policy::Refusal;

std::string listener_rule(std::size_t listener, std::string_view setting) {
  return fmt::format("listen[{}].{}", listener, setting);
}

Refusal http_refusal(http::Glitch glitch, std::size_t listener) {
  if (glitch == http::Glitch::slow_head) {
    return {.code = Code::timeout,
            .message = "The head of the request did not come in time.",
            .rule = listener_rule(listener, "timeouts.head")};
  }
  if (glitch == http::Glitch::slow_body) {
    return {.code = Code::timeout,
            .message = "The body of the request did not come in time.",
            .rule = listener_rule(listener, "timeouts.body")};
  }
  Refusal refusal{
      .code = Code::invalid_request,
      .message = fmt::format("The request is not correct HTTP: {}.", http::name(glitch)),
      .rule = fmt::format("http.{}", http::name(glitch))};
  if (http::status_of(glitch) == 405) {
    refusal.code = Code::method_not_allowed;
    refusal.message = "This is no proxy: there is nothing to connect to.";
  } else if (http::status_of(glitch) == 431) {
    refusal.code = Code::headers_too_large;
    refusal.message = fmt::format(
        "The head of the request is too large: at most {} KiB, {} fields and {} KiB a line are "
        "accepted.",
        http::H1Head::kMaxHead >> 10, http::H1Head::kMaxFields, http::H1Head::kMaxLine >> 10);
  } else {
    refusal.in_text = true;
  }
  return refusal;
}

Refusal slow_reader_refusal(std::size_t listener, std::string_view setting) {
  return {.code = Code::timeout,
          .message = "The answer was not taken in time.",
          .rule = listener_rule(listener, setting)};
}

Refusal rate_refusal(const limits::Denial& denial) {
  return {.code = Code::rate_limit_exceeded,
          .message = denial.concurrency
                         ? "Too many requests are running at once; wait for one to end."
                         : "Too many requests; wait before you send the next one.",
          .param = {},
          .rule = std::string(denial.rule),
          .retry_after = denial.retry_after};
}

Refusal invalid_answer() {
  return {.code = Code::upstream_invalid,
          .message = "The model gave an answer that is not valid.",
          .rule = "upstream"};
}

Refusal failure_refusal(http::ClientFailure failure) {
  switch (failure) {
    case http::ClientFailure::shortage:
      return {.code = Code::overloaded,
              .message = "The server has too many connections; send the request again.",
              .rule = "connections",
              .retry_after = std::chrono::seconds(1)};
    case http::ClientFailure::connect_failed:
    case http::ClientFailure::tls_failed:
      return {.code = Code::no_upstream,
              .message = "The model is not available now; send the request again.",
              .rule = "upstream",
              .retry_after = std::chrono::seconds(1)};
    case http::ClientFailure::reset:
      return {.code = Code::upstream_reset,
              .message = "The model's server broke off before the answer was complete.",
              .rule = "upstream"};
    case http::ClientFailure::invalid:
      break;
  }
  return invalid_answer();
}

}  // namespace gh::gateway
