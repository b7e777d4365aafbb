#include "policy/refusal.h"

namespace gh::policy {
namespace {

struct Row {
  int status;
  std::string_view type;
  std::string_view name;
};

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kRateLimit = "rate_limit_error";
constexpr std::string_view kApi = "api_error";

Row row(Code code) {
  switch (code) {
    case Code::invalid_request:
      return {400, kInvalid, "invalid_request"};
    case Code::invalid_json:
      return {400, kInvalid, "invalid_json"};
    case Code::duplicate_key:
      return {400, kInvalid, "duplicate_key"};
    case Code::unknown_field:
      return {400, kInvalid, "unknown_field"};
    case Code::field_not_allowed:
      return {400, kInvalid, "field_not_allowed"};
    case Code::invalid_value:
      return {400, kInvalid, "invalid_value"};
    case Code::request_exceeds_limit:
      return {400, kInvalid, "request_exceeds_limit"};
    case Code::invalid_api_key:
      return {401, "authentication_error", "invalid_api_key"};
    case Code::endpoint_not_allowed:
      return {403, "permission_error", "endpoint_not_allowed"};
    case Code::model_not_found:
      return {404, "not_found_error", "model_not_found"};
    case Code::not_found:
      return {404, "not_found_error", "not_found"};
    case Code::method_not_allowed:
      return {405, kInvalid, "method_not_allowed"};
    case Code::timeout:
      return {408, kInvalid, "timeout"};
    case Code::length_required:
      return {411, kInvalid, "length_required"};
    case Code::body_too_large:
      return {413, kInvalid, "body_too_large"};
    case Code::unsupported_media_type:
      return {415, kInvalid, "unsupported_media_type"};
    case Code::headers_too_large:
      return {431, kInvalid, "headers_too_large"};
    case Code::rate_limit_exceeded:
      return {429, kRateLimit, "rate_limit_exceeded"};
    case Code::insufficient_quota:
      return {429, kRateLimit, "insufficient_quota"};
    case Code::upstream_invalid:
      return {502, kApi, "upstream_invalid"};
    case Code::upstream_reset:
      return {502, kApi, "upstream_reset"};
    case Code::upstream_error:
      return {502, kApi, "upstream_error"};
    case Code::overloaded:
      return {503, kApi, "overloaded"};
    case Code::draining:
      return {503, kApi, "draining"};
    case Code::log_unavailable:
      return {503, kApi, "log_unavailable"};
    case Code::no_upstream:
      return {503, kApi, "no_upstream"};
    case Code::upstream_timeout:
      return {504, kApi, "upstream_timeout"};
  }
  return {400, kInvalid, "invalid_request"};
}

}  // namespace

int status(Code code) {
  return row(code).status;
}
std::string_view type(Code code) {
  return row(code).type;
}
std::string_view name(Code code) {
  return row(code).name;
}

}  // namespace gh::policy
