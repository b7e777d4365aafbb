#pragma once
// Bodies of chat, completions and embeddings requests, read as leniently as vLLM reads them, with
// vLLM's refusals (0.32.0, measured) for what it does not take. Values without views into the
// document.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/json.h"
#include "simulator/api_error.h"
#include "simulator/fault.h"
#include "simulator/profile.h"

namespace gh::simulator {

// A prompt as the model sees it: chat messages rendered by the chat template.
struct Prompt {
  std::string text;
  std::uint64_t tokens = 0;
};

struct ToolCall {
  std::string name;
  std::string arguments;  // JSON
  bool named = false;     // by `tool_choice`: the content beside it is then "", else null
};

// What chat and completions have in common.
struct GenerationRequest {
  vllm::Endpoint endpoint = vllm::Endpoint::chat;
  std::string model;       // as asked for, or the base model; what the answer says
  std::string request_id;  // the body's own; "" is none
  std::string cache_salt;
  std::vector<Prompt> prompts;  // at least one
  std::uint32_t n = 1;          // choices per prompt
  // Tokens per choice as asked for; nothing runs to the end of the context.
  std::optional<std::uint32_t> max_tokens;
  std::vector<std::string> stop;
  std::uint64_t seed = 0;
  std::optional<std::uint32_t> logprobs;  // how many alternatives to list
  bool echo = false;
  bool stream = false;
  bool include_usage = false;
  bool continuous_usage = false;
  std::optional<ToolCall> tool_call;  // what the model answers with instead of its own words
  std::string reply;                  // likewise, as one single token; "" is none
  std::optional<Fault> fault;

  std::uint64_t prompt_tokens() const;
};

struct EmbeddingRequest {
  std::string model;
  std::vector<Prompt> inputs;  // at least one
  std::uint32_t dimensions = 0;
  bool base64 = false;
  std::optional<Fault> fault;
};

inline constexpr std::uint32_t kEmbeddingSize = 64;

Expected<GenerationRequest> read_chat(json::Value body, const Profile& profile);
Expected<GenerationRequest> read_completion(json::Value body, const Profile& profile);
Expected<EmbeddingRequest> read_embedding(json::Value body, const Profile& profile);
// The prompt of a /tokenize body, which has either `messages` or `prompt`.
Expected<Prompt> read_tokenize(json::Value body, const Profile& profile);

}  // namespace gh::simulator
