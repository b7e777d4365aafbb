#pragma once
// What a tenant's request caps must be to each other, and to the models it may use.

#include <vector>

#include "policy/idle.h"
#include "policy/section.h"
#include "policy/snapshot.h"

namespace gh::policy {

// `request` is the section that `tenant.request` was read from. A cap that can decide nothing for
// this tenant is entered in `idle`.
void check_request(const Section& request, const Tenant& tenant, const std::vector<Model>& models,
                   IdleValues& idle);

}  // namespace gh::policy
