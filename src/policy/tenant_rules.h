#pragma once
// What a tenant's request caps must be to each other, and to the models it may use.

#include <vector>

#include "policy/section.h"
#include "policy/snapshot.h"

namespace gh::policy {

// `request` is the section that `tenant.request` was read from.
void check_request(const Section& request, const Tenant& tenant, const std::vector<Model>& models);

}  // namespace gh::policy
