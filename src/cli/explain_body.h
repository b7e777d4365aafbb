#pragma once
// What the gateway's own check says about a body, for `policy explain`.

#include "identity/directory.h"
#include "json/json.h"
#include "openai/request.h"
#include "policy/explain.h"

namespace gh::cli {

// `body` under the policy of `grant`, asked by `principal`.
policy::Decision<openai::RequestFacts> check_body(json::Value body,
                                                  const policy::Snapshot& snapshot,
                                                  const policy::Grant& grant,
                                                  vllm::Endpoint endpoint,
                                                  const identity::Principal& principal);

// The step that has the refusal's rule; null when no setting decides.
const policy::Step* deciding_step(const policy::Explanation& explanation);

}  // namespace gh::cli
