#pragma once
// `gatehouse serve` and `gatehouse healthcheck`.

#include <string>

namespace gh::cli {

struct Serve {
  std::string config;
};
struct HealthCheck {
  std::string config;
};

int run(const Serve& command);
int run(const HealthCheck& command);

}  // namespace gh::cli
