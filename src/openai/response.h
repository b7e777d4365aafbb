#pragma once
// The upstream's answer, read and written anew: only listed fields, the client's model name, no
// cache or fingerprint oracles. An upstream is trusted with text, not with structure: what does
// not have the shape of an answer to this request is refused.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "json/json.h"
#include "openai/request.h"
#include "openai/usage.h"
#include "policy/refusal.h"
#include "vllm/surface.h"

namespace gh::openai {

struct ResponseRules {
  vllm::Endpoint endpoint = vllm::Endpoint::chat;
  const vllm::Surface* surface = nullptr;
  std::string client_model;  // restored in `model`
  RequestFacts facts;
  std::string_view request_id = {};  // what X-Request-Id said; "": not to be compared
};

struct Rewritten {
  UsageMeter::Total usage;
  std::uint32_t dropped_fields = 0;  // unlisted ones
};

// Appends the client's body for a complete (not streamed) 200 answer. An error says, for the
// operator, what is wrong with the upstream's data.
std::expected<Rewritten, std::string> rewrite(std::string& out, json::Value answer,
                                              const ResponseRules& rules);

// What is wrong with JSON of an upstream, for the operator's log. It repeats no name of it: in
// `top_logprobs` they are what the model wrote.
std::string parse_problem(const json::ParseError& error);

// What an upstream's error answer means for the client, in our words; `status` is the upstream's.
// Understands the four shapes of vLLM's errors (nested, {"error":"…"}, {"detail":…}, text).
policy::Refusal translate_error(int status, std::string_view body);
// The upstream's own text for the operator's log, escaped and cut to 512 bytes. vLLM repeats
// prompts in it, which are never logged: "…" stands for what the body that was `sent` to it and the
// `secret` say too, and for lists of numbers.
std::string error_detail(std::string_view answer, std::string_view sent, std::string_view secret);
// The same where what was sent is not there any more: of the text only the words that servers use
// of their own failures, "…" for every other.
std::string error_gist(std::string_view answer);

// Appends {"error":{"message","type","param","code"}}.
void write_error(std::string& out, const policy::Refusal& refusal);

}  // namespace gh::openai
