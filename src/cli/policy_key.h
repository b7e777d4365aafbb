#pragma once
// What one key makes of its tenant's policy.

#include <vector>

#include "identity/key_record.h"
#include "policy/load.h"

namespace gh::cli {

// The values in force for the key, each with the key or the tenant's setting as origin.
std::vector<policy::Effective> of_key(const policy::Loaded& loaded, const policy::Tenant& tenant,
                                      const identity::KeyRecord& key);

}  // namespace gh::cli
