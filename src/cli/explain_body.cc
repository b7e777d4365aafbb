#include "cli/explain_body.h"

#include <fmt/format.h>

#include <string>

namespace gh::cli {
namespace {

// The size that the body has at least, on whatever wire it comes.
std::size_t least_size(json::Value body) {
  std::string text;
  json::Writer(text).value(body);
  return text.size();
}

}  // namespace

policy::Decision<openai::RequestFacts> check_body(json::Value body,
                                                  const policy::Snapshot& snapshot,
                                                  const policy::Grant& grant,
                                                  vllm::Endpoint endpoint,
                                                  const policy::RequestCaps& caps) {
  if (const std::size_t size = least_size(body); size > caps.max_body) {
    return std::unexpected(policy::Refusal{
        .code = policy::Code::body_too_large,
        .message =
            fmt::format("The body has {} bytes; at most {} are accepted.", size, caps.max_body),
        .rule = "request.max_body"});
  }
  if (const auto name = openai::requested_model(body); !name) return std::unexpected(name.error());
  return openai::check(body, {.endpoint = endpoint,
                              .surface = &snapshot.upstreams[grant.upstream].surface,
                              .caps = &caps,
                              .max_model_len = snapshot.models[grant.model].max_model_len});
}

const policy::Step* deciding_step(const policy::Explanation& explanation) {
  const std::string& rule = explanation.refusal->rule;
  for (const policy::Step& step : explanation.grants) {
    if (step.rule == rule) return &step;
  }
  // The tenant's cap comes first; the key's is the one in force where it has another origin.
  const std::string_view name =
      rule == "models.max_model_len" ? std::string_view("max_model_len") : rule;
  const policy::Step* found = nullptr;
  for (const policy::Step& step : explanation.caps) {
    if (!step.rule.ends_with(fmt::format(".{}", name))) continue;
    if (found == nullptr || step.origin != found->origin) found = &step;
  }
  return found;
}

}  // namespace gh::cli
