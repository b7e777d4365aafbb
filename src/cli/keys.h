#pragma once
// `gatehouse keys create|list|show|revoke`. Exit codes: 64 for a word on the command line that
// cannot be meant (an unknown tenant, model, endpoint or limit), 1 for a handle that names no key
// or a name that is taken, 2 for a policy or state that cannot be used.

#include <string>
#include <vector>

namespace gh::cli {

struct KeysCreate {
  std::string config;
  std::string tenant;
  std::string name;
  std::string user;
  std::vector<std::string> models;     // one name each; none: all of the tenant's
  std::vector<std::string> endpoints;  // likewise
  std::string expires = "90d";         // or "never", "2027-01-31", RFC 3339
  std::vector<std::string> limits;     // "requests=5/min", "max_tokens=256", "concurrent=2", "n=1"
  std::string env = "live";
  bool json = false;
  bool quiet = false;  // of text, the key alone
};
struct KeysList {
  std::string config;
  std::string tenant;  // "" = all
  bool json = false;
};
struct KeysShow {
  std::string config;
  std::string handle;  // id, kid or tenant/name
  bool json = false;
};
struct KeysRevoke {
  std::string config;
  std::string handle;  // id, kid or tenant/name
  bool now = true;     // it always is
  bool json = false;
  bool quiet = false;  // of text, nothing when it is revoked
};

// Each returns an exit code.
int run(const KeysCreate& command);
int run(const KeysList& command);
int run(const KeysShow& command);
int run(const KeysRevoke& command);

}  // namespace gh::cli
