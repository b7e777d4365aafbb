#pragma once
// What one key makes of its tenant's policy.

#include <string>
#include <vector>

#include "base/error.h"
#include "identity/key_record.h"
#include "policy/load.h"

namespace gh::cli {

// By id, kid or tenant/name, in the state directory of the policy; nothing is made there.
Result<identity::KeyRecord> find_key(const policy::Snapshot& policy, const std::string& handle);

// The values in force for the key, each with the key or the tenant's setting as origin.
std::vector<policy::Effective> of_key(const policy::Loaded& loaded, const policy::Tenant& tenant,
                                      const identity::KeyRecord& key);

}  // namespace gh::cli
