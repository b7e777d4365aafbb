#pragma once
// Asks each URL of each upstream `GET /health` at the policy's interval, the only request that
// Gatehouse makes of its own accord. A URL that fails is left alone by the workers until it
// answers again. Health alone proves little (vLLM says 200 while it drains and while its engine
// hangs), so the workers' own failures count as well. Control thread only.

#include <memory>
#include <vector>

#include "gateway/runtime.h"
#include "net/loop.h"
#include "net/resolver.h"

namespace gh::gateway {

class HealthChecks {
 public:
  HealthChecks(net::Loop& loop, net::Resolver& resolver);
  ~HealthChecks();

  // Checks these from now on; also keeps their addresses resolved.
  void watch(const std::vector<std::shared_ptr<UpstreamState>>& upstreams);

 private:
  class Check;
  net::Loop& loop_;
  net::Resolver& resolver_;
  std::vector<std::shared_ptr<Check>> checks_;
};

}  // namespace gh::gateway
