#pragma once
// `gatehouse sim`: a stand-in for `vllm serve` on one address; src/simulator/README.md says what it
// does. Prints `listening sim http://127.0.0.1:PORT` on stdout when it can be used.

#include <cstdint>
#include <string>
#include <vector>

namespace gh::cli {

struct Sim {
  std::string listen = "127.0.0.1:0";  // or "unix:/path"
  std::string model = "tiny";
  std::vector<std::string> adapters;
  std::string version = "0.32.0";
  std::string api_key;
  std::uint32_t max_model_len = 4096;
  std::uint32_t block_size = 16;
  std::uint32_t cache_blocks = 65536;  // 0: no prefix cache
  std::uint32_t max_num_queued_reqs = 0;
  double token_delay_ms = 0;
  double prefill_us_per_token = 0;
  double hit_prefill_us_per_token = 0;
  double keep_alive_s = 5;
  bool prompt_tokens_details = false;
  bool force_include_usage = false;
  bool request_id_headers = false;
  std::string record;
};

// Returns when SIGINT or SIGTERM comes.
int run(const Sim& command);

}  // namespace gh::cli
