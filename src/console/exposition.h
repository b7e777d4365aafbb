#pragma once
// All counters and gauges of a gateway as Prometheus text (exposition format 0.0.4). Labels are
// bounded: tenants, models, upstreams and listeners of the policy, reasons from our own tables.

#include <string>

#include "gateway/gateway.h"

namespace gh::console {

std::string metrics_text(const gateway::Gateway& gateway);

}  // namespace gh::console
