#pragma once
// `gatehouse policy check|show|explain|reference` and `gatehouse init`.

#include <string>

namespace gh::cli {

// Each `run` returns an exit code.
struct PolicyCheck {
  std::string config;
  bool json = false;
  bool quiet = false;  // of text, problems and notes alone
};
struct PolicyShow {
  std::string config;
  std::string tenant;  // at most one of tenant and key
  std::string key;
  bool json = false;
};
struct PolicyExplain {
  std::string config;
  // A JSON file: {"tenant": … or "key": …, "endpoint": "chat", "body": {"model": …, …}}
  std::string request_file;
  bool json = false;
};
struct PolicyReference {
  std::string section;  // "tenants.request"; "": the whole page, as Markdown
};
struct Init {
  std::string directory;
  bool quiet = false;  // nothing when it is done
};

int run(const PolicyCheck& command);
int run(const PolicyShow& command);
int run(const PolicyExplain& command);
int run(const PolicyReference& command);
int run(const Init& command);

}  // namespace gh::cli
