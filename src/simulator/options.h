#pragma once
// What a simulated vLLM is told at start. A value.

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace gh::simulator {

struct Options {
  std::string listen = "127.0.0.1:0";  // or "unix:/path"; port 0 is any free one
  std::string model = "tiny";
  // Served beside the model, each with its own cache namespace.
  std::vector<std::string> adapters = {};
  std::string version = "0.32.0";  // decides error bodies, fields and salt support
  std::string api_key = {};        // "" serves everybody

  std::uint32_t max_model_len = 4096;  // tokens of a prompt and its answer
  std::uint32_t block_size = 16;       // tokens of a prefix cache block
  std::uint32_t cache_blocks = 65536;  // least recently used ones go first; 0 turns the cache off
  std::uint32_t max_queued = 0;        // sequences at once, above it 503; 0 is no cap
  std::size_t max_body = 256 << 20;    // bytes of a request body; the connection ends above it

  // Simulated time. With zeros everything is answered in the turn in which it arrives.
  Duration token_delay{};                         // between two tokens of a sequence
  Duration prefill_per_token{};                   // for each prompt token outside the cache
  Duration hit_prefill_per_token{};               // for each prompt token in the cache
  Duration keep_alive = std::chrono::seconds(5);  // idle time before closing, as uvicorn; 0 never

  bool prompt_tokens_details = false;  // --enable-prompt-tokens-details: cached_tokens in usage
  bool force_include_usage = false;    // --enable-force-include-usage
  bool request_id_headers = false;     // --enable-request-id-headers
  std::string record = {};             // a file that every received request is appended to
};

}  // namespace gh::simulator
