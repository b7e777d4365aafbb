#pragma once
// What the gateway's own check says about a body, for `policy explain`.

#include "json/json.h"
#include "openai/request.h"
#include "policy/explain.h"

namespace gh::cli {

// `body` under the policy of `grant` and the caps of who asks. A refusal's rule is as the request
// log has it: "request.max_tokens".
policy::Decision<openai::RequestFacts> check_body(json::Value body,
                                                  const policy::Snapshot& snapshot,
                                                  const policy::Grant& grant,
                                                  vllm::Endpoint endpoint,
                                                  const policy::RequestCaps& caps);

// The step that a refusal's rule comes from, as written in the policy or on the key; null when no
// setting decides.
const policy::Step* deciding_step(const policy::Explanation& explanation);

}  // namespace gh::cli
