#pragma once
// What one vLLM version understands: request and response fields per endpoint, and the facts a
// gateway has to know about it. From data/vllm (dated files, compiled into the program); a version
// between two tables has the fields that both have. Immutable; any thread.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vllm/response_shape.h"
#include "vllm/version.h"

namespace gh::vllm {

enum class Endpoint : std::uint8_t { chat, completions, embeddings };
inline constexpr Endpoint kEndpoints[] = {Endpoint::chat, Endpoint::completions,
                                          Endpoint::embeddings};

std::string_view name(Endpoint endpoint);  // "chat", "completions", "embeddings"
std::string_view path(Endpoint endpoint);  // "/v1/chat/completions", …

// Every fact errs on the safe side between two tables: a feature that only the newer one has
// counts as missing.
struct Surface {
  Version version;
  // Sorted names of the top-level request fields, by endpoint index.
  std::vector<std::string_view> request_fields[3];
  // … and of a POST /tokenize with `messages`; empty when there is none.
  std::vector<std::string_view> tokenize_chat_fields;
  // … and of the object `structured_outputs`; empty where that is no field.
  std::vector<std::string_view> structured_outputs_fields;
  // What a client may see of an answer, by endpoint index: of a JSON body, and of one event of a
  // stream. Embeddings have no stream: nothing passes.
  ResponseShape body[3];
  ResponseShape event[3];

  bool cache_salt[3] = {};              // the endpoint takes a `cache_salt`
  bool stream_options = false;          // `stream_options.include_usage`, in chat and completions
  bool continuous_usage = false;        // `stream_options.continuous_usage_stats`
  bool max_completion_tokens = false;   // chat knows the newer name
  bool json_schema = false;             // `response_format` may be of type json_schema
  bool strict_tools = false;            // a function of `tools` may have `strict`
  bool tokenize = false;                // has POST /tokenize with `prompt`
  bool tokenize_chat = false;           // … with `messages`
  bool cuts_output = false;             // an answer to the end of the context, not 400 (0.32.0)
  bool prefix_caching_default = false;  // on unless a flag turns it off (0.8.0 and later)
  bool refuses_unknown_fields = false;  // answers 400 to a field it does not know (to 0.6.4)

  bool has(Endpoint endpoint, std::string_view field) const;
};

// The oldest and newest version with a table.
Version oldest_known();
Version newest_known();

// The surface of `version`. An error for one older than the oldest table, and for one newer than
// the newest unless `accept_newer`, which then uses the newest table.
Result<Surface> surface(Version version, bool accept_newer = false);

// An OpenAI field that vLLM does not need: its type is checked (null is fine), then it is dropped
// (data/openai/ignored), also where the version has a field of that name.
struct IgnoredField {
  std::string_view name;
  std::string_view type;  // "string", "boolean" or "object"
};
// Sorted by name.
const std::vector<IgnoredField>& ignored_fields(Endpoint endpoint);

}  // namespace gh::vllm
