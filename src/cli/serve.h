#pragma once
// `gatehouse serve` and `gatehouse healthcheck`.

#include <string>

namespace gh::cli {

struct Serve {
  std::string config;
};
struct HealthCheck {
  std::string config;
  bool quiet = false;  // nothing when it is ready
};

int run(const Serve& command);
int run(const HealthCheck& command);

}  // namespace gh::cli
