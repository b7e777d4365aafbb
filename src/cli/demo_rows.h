#pragma once
// The rows of the demo: what is expected of a hardened server, and what was observed.

#include <string>
#include <vector>

#include "cli/child.h"
#include "cli/http_caller.h"

namespace gh::cli {

// The running pieces, and the keys to use them with.
struct DemoStage {
  std::string policy_file;
  HttpCaller& gateway;    // TLS, the public listener
  HttpCaller& simulator;  // plain, what only the gateway should ever reach
  std::string alpha_key;  // tenant alpha, twice
  std::string alpha_second_key;
  std::string beta_key;     // tenant beta, without embeddings
  std::string limited_key;  // tenant gamma: 3 requests at once, then 20 a minute
  std::string doomed_key;   // tenant alpha; a row revokes it
};

struct DemoRow {
  std::string what;
  std::string expected;
  std::string observed;
  bool holds = false;
};

// Makes the requests, in order, and calls `show` after each row.
std::vector<DemoRow> run_rows(DemoStage& stage, const std::function<void(const DemoRow&)>& show);

}  // namespace gh::cli
