#pragma once
// The one name of the rule that refuses a request, in the request log and in `policy explain`: the
// path of the setting in force, as `policy show` prints it. Pure; any thread.

#include <string>
#include <string_view>

#include "identity/directory.h"

namespace gh::identity {

// `rule` of a check that knows the setting's own name only. "request.n" becomes
// "tenants.alpha.request.n", or "keys.key_1.request.n" where the key is narrower;
// "models.max_model_len" that of `model`, which may be null for any other rule. What is no setting
// of a caller stays as it is.
std::string rule_name(std::string_view rule, const Principal& principal,
                      const policy::Model* model);

// Why there is no model of that client name for the caller, or not for its endpoint: what its
// tenant has, what its key is narrowed to, where the model is offered.
std::string model_rule(const policy::Snapshot& policy, const Principal& principal,
                       std::string_view model);

// "models.small.max_model_len"; an adapter has the settings of the model that it is on.
std::string model_setting(const policy::Model& model, std::string_view setting);

}  // namespace gh::identity
