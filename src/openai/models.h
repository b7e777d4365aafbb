#pragma once
// GET /v1/models and /v1/models/{id}, answered from the policy: only what the caller may use, under
// client names, without paths, digests or upstream names.

#include <span>
#include <string>

#include "policy/snapshot.h"

namespace gh::openai {

void write_models(std::string& out, const policy::Snapshot& policy,
                  std::span<const policy::Grant> grants, WallTime since);
void write_model(std::string& out, const policy::Model& model, WallTime since);

}  // namespace gh::openai
