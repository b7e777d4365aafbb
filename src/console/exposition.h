#pragma once
// All counters and gauges of a gateway as Prometheus text (exposition format 0.0.4). Labels are
// bounded: tenants, models, upstreams and listeners of the policy, reasons from our own tables.

#include <string>

#include "gateway/gateway.h"

namespace gh::console {

// What the workers count, added up.
struct Totals {
  gateway::MetricsData data;
  std::int64_t connections = 0;
  std::int64_t exchanges = 0;
  std::int64_t body_bytes = 0;
  void add(const gateway::Metrics& worker);
};

std::string metrics_text(const gateway::Gateway& gateway, const Totals& totals);
// The same with those of its workers.
std::string metrics_text(const gateway::Gateway& gateway);

}  // namespace gh::console
