#pragma once
// What one vLLM version understands: request and response fields per endpoint, and the facts a
// gateway has to know about it. From data/vllm (dated files, compiled into the program); a version
// between two tables has the fields that both have. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vllm/version.h"

namespace gh::vllm {

enum class Endpoint : std::uint8_t { chat, completions, embeddings };
inline constexpr Endpoint kEndpoints[] = {Endpoint::chat, Endpoint::completions,
                                          Endpoint::embeddings};

std::string_view name(Endpoint endpoint);  // "chat", "completions", "embeddings"
std::string_view path(Endpoint endpoint);  // "/v1/chat/completions", …

struct Surface {
  Version version;
  // Sorted names of the top-level request fields, by endpoint index.
  std::vector<std::string_view> request_fields[3];
  bool cache_salt[3] = {};            // the endpoint takes a `cache_salt`
  bool stream_options = false;        // `stream_options.include_usage`
  bool continuous_usage = false;      // `stream_options.continuous_usage_stats`
  bool max_completion_tokens = false; // chat knows the newer name
  bool tokenize = false;              // has POST /tokenize
  bool tokenize_chat = false;         // … which takes messages
  bool prefix_caching_default = false;// on unless a flag turns it off
  bool refuses_unknown_fields = false;// 0.4.3 – 0.6.4

  bool has(Endpoint endpoint, std::string_view field) const;
};

// The oldest and newest version with a table.
Version oldest_known();
Version newest_known();

// The surface of `version`. An error for one older than the oldest table, and for one newer than
// the newest unless `accept_newer`, which then uses the newest table.
Result<Surface> surface(Version version, bool accept_newer = false);

// Names of OpenAI fields that vLLM does not need: checked for their type, then dropped
// (data/openai/ignored). Sorted.
struct IgnoredField {
  std::string_view name;
  std::string_view type;  // "string", "object", "boolean", "any", …
};
const std::vector<IgnoredField>& ignored_fields(Endpoint endpoint);

}  // namespace gh::vllm
