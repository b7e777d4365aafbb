#pragma once
// `gatehouse scan PATH…`: model files, examined before anything loads them.

#include <cstdint>
#include <string>
#include <vector>

namespace gh::cli {

struct Scan {
  std::vector<std::string> paths;
  std::string format = "text";
  std::string output;  // a file; "" is standard output
  std::string fail_on = "medium";
  std::string profile = "weights";
  std::vector<std::string> exclude;
  std::vector<std::string> allow_unsupported;
  std::string suppress;  // a file; "" is none
  std::string timeout = "60s";
  std::string max_bytes = "16GiB";
  std::string base;
  std::string bank;
  std::vector<std::string> allowed_bases;
  std::uint64_t max_lora_rank = 0;  // 0: what vLLM can serve at most
  double max_lora_scaling = 8;
  unsigned jobs = 0;  // 0: one per core
  bool digest = false;
  bool statistics = false;
  bool read_data = false;
  bool quiet = false;  // no progress; of text, only what does not pass
};

int run(const Scan& command);

}  // namespace gh::cli
