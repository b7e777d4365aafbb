#include "cli/explain_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "identity/rule_name.h"

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
                                                  const identity::Principal& principal) {
  const policy::Model& model = snapshot.models[grant.model];
  const auto refused = [&](policy::Refusal refusal) {
    refusal.rule = identity::rule_name(refusal.rule, principal, &model);
    return std::unexpected(std::move(refusal));
  };
  const policy::RequestCaps& caps = principal.caps;
  if (const std::size_t size = least_size(body); size > caps.max_body) {
    return refused({.code = policy::Code::body_too_large,
                    .message = fmt::format("The body has {} bytes; at most {} are accepted.", size,
                                           caps.max_body),
                    .rule = "request.max_body"});
  }
  if (const auto name = openai::requested_model(body); !name) return refused(name.error());
  auto facts = openai::check(body, {.endpoint = endpoint,
                                    .surface = &snapshot.upstreams[grant.upstream].surface,
                                    .caps = &caps,
                                    .max_model_len = model.max_model_len});
  if (!facts) return refused(std::move(facts.error()));
  return facts;
}

const policy::Step* deciding_step(const policy::Explanation& explanation) {
  const std::string& rule = explanation.refusal->rule;
  for (const auto* steps : {&explanation.grants, &explanation.caps}) {
    const auto found = std::ranges::find(*steps, rule, &policy::Step::rule);
    if (found != steps->end()) return &*found;
  }
  return nullptr;
}

}  // namespace gh::cli
