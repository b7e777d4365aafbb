#pragma once
// `gatehouse keys create|list|show|revoke`.

#include <optional>
#include <string>
#include <vector>

namespace gh::cli {

struct KeysCreate {
  std::string config;
  std::string tenant;
  std::string name;
  std::string user;
  std::vector<std::string> models;
  std::vector<std::string> endpoints;
  std::string expires;              // "90d", "never" or an RFC 3339 time; "" = 90 days
  std::vector<std::string> limits;  // "requests=5/min", "max_tokens=256", "concurrent=2", "n=1"
  std::string env = "live";
  bool json = false;
};
struct KeysList {
  std::string config;
  std::string tenant;  // "" = all
  bool json = false;
};
struct KeysShow {
  std::string config;
  std::string handle;
  bool json = false;
};
struct KeysRevoke {
  std::string config;
  std::string handle;
  bool json = false;
};

// Each returns an exit code.
int run(const KeysCreate& command);
int run(const KeysList& command);
int run(const KeysShow& command);
int run(const KeysRevoke& command);

}  // namespace gh::cli
