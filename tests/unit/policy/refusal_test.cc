#include "policy/refusal.h"

#include <gtest/gtest.h>

namespace gh::policy {
namespace {

TEST(Refusal, CodesAreTheContracts) {
  struct Row {
    Code code;
    int status;
    const char* type;
    const char* name;
  };
  constexpr Row kRows[] = {
      {Code::invalid_request, 400, "invalid_request_error", "invalid_request"},
      {Code::invalid_json, 400, "invalid_request_error", "invalid_json"},
      {Code::duplicate_key, 400, "invalid_request_error", "duplicate_key"},
      {Code::unknown_field, 400, "invalid_request_error", "unknown_field"},
      {Code::field_not_allowed, 400, "invalid_request_error", "field_not_allowed"},
      {Code::invalid_value, 400, "invalid_request_error", "invalid_value"},
      {Code::request_exceeds_limit, 400, "invalid_request_error", "request_exceeds_limit"},
      {Code::invalid_api_key, 401, "authentication_error", "invalid_api_key"},
      {Code::endpoint_not_allowed, 403, "permission_error", "endpoint_not_allowed"},
      {Code::model_not_found, 404, "not_found_error", "model_not_found"},
      {Code::not_found, 404, "not_found_error", "not_found"},
      {Code::method_not_allowed, 405, "invalid_request_error", "method_not_allowed"},
      {Code::timeout, 408, "invalid_request_error", "timeout"},
      {Code::length_required, 411, "invalid_request_error", "length_required"},
      {Code::body_too_large, 413, "invalid_request_error", "body_too_large"},
      {Code::unsupported_media_type, 415, "invalid_request_error", "unsupported_media_type"},
      {Code::headers_too_large, 431, "invalid_request_error", "headers_too_large"},
      {Code::rate_limit_exceeded, 429, "rate_limit_error", "rate_limit_exceeded"},
      {Code::insufficient_quota, 429, "rate_limit_error", "insufficient_quota"},
      {Code::upstream_invalid, 502, "api_error", "upstream_invalid"},
      {Code::upstream_reset, 502, "api_error", "upstream_reset"},
      {Code::upstream_error, 502, "api_error", "upstream_error"},
      {Code::overloaded, 503, "api_error", "overloaded"},
      {Code::draining, 503, "api_error", "draining"},
      {Code::log_unavailable, 503, "api_error", "log_unavailable"},
      {Code::no_upstream, 503, "api_error", "no_upstream"},
      {Code::upstream_timeout, 504, "api_error", "upstream_timeout"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(status(row.code), row.status) << row.name;
    EXPECT_EQ(type(row.code), row.type) << row.name;
    EXPECT_EQ(name(row.code), row.name);
  }
  EXPECT_EQ(std::size(kRows), static_cast<std::size_t>(Code::upstream_timeout) + 1);
}

}  // namespace
}  // namespace gh::policy
