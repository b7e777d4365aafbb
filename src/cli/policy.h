#pragma once
// `gatehouse policy check|show|explain` and `gatehouse init`.

#include <string>

namespace gh::cli {

struct PolicyCheck {
  std::string config;
  bool json = false;
};
struct PolicyShow {
  std::string config;
  std::string tenant;  // at most one of tenant and key
  std::string key;
  bool json = false;
};
struct PolicyExplain {
  std::string config;
  std::string request_file;  // a JSON file; see `gatehouse policy explain --help`
  bool json = false;
};
struct Init {
  std::string directory;
};

int run(const PolicyCheck& command);
int run(const PolicyShow& command);
int run(const PolicyExplain& command);
int run(const Init& command);

}  // namespace gh::cli
