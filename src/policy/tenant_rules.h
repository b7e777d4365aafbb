#pragma once
// What a tenant's request caps must be to each other, and to the models it may use; and which of
// its other values its upstreams make idle.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "policy/idle.h"
#include "policy/section.h"
#include "policy/snapshot.h"

namespace gh::policy {

// `request` is the section that `tenant.request` was read from. A cap that can decide nothing for
// this tenant is entered in `idle`.
void check_request(const Section& request, const Tenant& tenant, const Snapshot& snapshot,
                   IdleValues& idle);

// Likewise, of `isolation`: there is nothing to isolate where no upstream caches.
void check_isolation(const Section& isolation, const Tenant& tenant, const Snapshot& snapshot,
                     IdleValues& idle);

// "50 is more than upstream `up` takes at once, 2 (`in_flight`): …", of those that a concurrency of
// `most` is for; "" when all of it fits, or one of them is none.
std::string above_in_flight(std::uint32_t most, const std::set<std::size_t>& upstreams,
                            const Snapshot& snapshot);

// Likewise, of `limits`: more at once than the upstreams take.
void check_concurrency(const Section& limits, const Tenant& tenant, const Snapshot& snapshot,
                       IdleValues& idle);

}  // namespace gh::policy
