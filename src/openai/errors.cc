#include <chrono>

#include "openai/response.h"

namespace gh::openai {
namespace {

using policy::Code;

// How long a busy or stopping server is left alone. vLLM names no time; one that is full frees a
// place within seconds, one that stops is back when its successor has loaded the model.
constexpr std::chrono::seconds kBusy{1};
constexpr std::chrono::seconds kStopping{5};
constexpr std::chrono::seconds kNever{0};

struct Rule {
  int first;  // statuses
  int last;
  std::string_view text;  // stands somewhere in the upstream's body, whatever its shape
  Code code;
  std::string_view message;
  std::chrono::seconds retry_after = kNever;
};

constexpr std::string_view kTooLong =
    "The prompt and `max_tokens` do not fit into the model's context together: shorten the prompt "
    "or lower `max_tokens`.";
constexpr std::string_view kRefused =
    "The model's server does not accept this combination of values.";
constexpr std::string_view kUnavailable = "The model's server cannot answer this request.";
constexpr std::string_view kBusyText = "The model's server is busy. Try again later.";
constexpr std::string_view kStoppingText = "The model's server is being stopped. Try again later.";

// The first one that fits decides.
constexpr Rule kRules[] = {
    {400, 400, "maximum context length", Code::request_exceeds_limit, kTooLong},
    {400, 400, "max_model_len", Code::request_exceeds_limit, kTooLong},
    {422, 422, "maximum context length", Code::request_exceeds_limit, kTooLong},
    {400, 400, "", Code::invalid_value, kRefused},
    {422, 422, "", Code::invalid_value, kRefused},
    {413, 413, "", Code::body_too_large, "The body is too large for the model's server."},
    {429, 429, "", Code::overloaded, kBusyText, kBusy},
    {500, 500, "cannot schedule new futures", Code::draining, kStoppingText, kStopping},
    {503, 503, "", Code::overloaded, kBusyText, kBusy},
};

}  // namespace

policy::Refusal translate_error(int status, std::string_view body) {
  for (const Rule& rule : kRules) {
    if (status < rule.first || status > rule.last) continue;
    if (body.find(rule.text) == std::string_view::npos) continue;
    policy::Refusal refusal{rule.code, std::string(rule.message), "", "upstream", {}};
    if (rule.retry_after != kNever) refusal.retry_after = rule.retry_after;
    return refusal;
  }
  return {Code::upstream_error, std::string(kUnavailable), "", "upstream", {}};
}

void write_error(std::string& out, const policy::Refusal& refusal) {
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object();
  writer.member("message", refusal.message);
  writer.member("type", policy::type(refusal.code));
  writer.key("param");
  if (refusal.param.empty()) {
    writer.null();
  } else {
    writer.string(refusal.param);
  }
  writer.member("code", policy::name(refusal.code));
  writer.end_object().end_object();
}

}  // namespace gh::openai
