#pragma once
// Asks each URL of each upstream `GET /health` at the policy's interval, the only request that
// Gatehouse makes of its own accord. A URL that fails is left alone by the workers until it
// answers again. Where the policy says `health: off` nothing is asked: a connection is made at the
// start, and each second while the URL is down, until one can be made. Health alone proves little
// (vLLM says 200 while it drains and while its engine hangs), so the workers' own failures count as
// well. Control thread only.

#include <functional>
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

  // Checks these from now on; also keeps their addresses resolved. Calls `resolved` once when every
  // name has been looked up, well or badly, perhaps before this returns; not when watch() is called
  // again first.
  void watch(const std::vector<std::shared_ptr<UpstreamState>>& upstreams,
             std::function<void()> resolved);

 private:
  class Check;
  void looked_up();
  net::Loop& loop_;
  net::Resolver& resolver_;
  std::vector<std::shared_ptr<Check>> checks_;
  std::size_t looking_up_ = 0;  // checks whose name has no first answer
  std::function<void()> resolved_;
};

}  // namespace gh::gateway
