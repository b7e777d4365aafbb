#pragma once
// One admitted chat or completions request being answered: the model's deterministic words, and
// the JSON around them exactly as vLLM 0.32.0 writes it (recorded; fewer fields for older versions,
// see Profile::modern). Knows nothing of time or sockets: whoever drives it decides how long a step
// takes. Not thread-safe; the Profile must outlive it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/profile.h"
#include "simulator/request.h"

namespace gh::simulator {

class Generation {
 public:
  // `cached_tokens`: of all prompts, found in the prefix cache. `id` without its prefix.
  Generation(GenerationRequest request, const Profile& profile, std::string_view id,
             std::int64_t created, std::uint64_t cached_tokens);

  enum class After : std::uint8_t {
    more,  // the next event belongs to the same step of the engine
    step,  // the engine computes the next tokens first
    end,   // there is none: this was [DONE]
  };
  // Appends the next event of a stream, "data: …" and an empty line. Not after `end`.
  After next_event(std::string& out);

  // Appends the body of an answer that is not streamed. Instead of next_event, once.
  void write_body(std::string& out);

  const GenerationRequest& request() const { return request_; }
  // Steps of the engine: the tokens of the longest choice.
  std::uint64_t steps() const;
  std::uint64_t generated() const { return generated_; }  // tokens so far, of all choices
  std::uint64_t choices() const { return sequences_.size(); }
  // Choices that end by themselves (a stop string, a tool call), not by their length.
  std::uint64_t stopped() const;

 private:
  struct Sequence {
    std::uint64_t state = 0;   // of the words
    std::uint32_t size = 0;    // tokens in all
    std::uint32_t done = 0;    // tokens given out
    std::uint64_t offset = 0;  // bytes given out
    bool stopped = false;
    bool tool_call = false;
    std::string_view stop_reason;     // the stop string; a view into request_
    std::vector<std::string> pieces;  // instead of words
    std::string_view piece(std::uint32_t token) const;
    bool ended() const { return done == size; }
  };
  enum class Phase : std::uint8_t { roles, tokens, usage, done_mark, ended };
  enum class UsagePlace : std::uint8_t { chunk, last_chunk, body };

  Sequence make_sequence(const Prompt& prompt, std::uint64_t choice) const;
  void end_at_stop_string(Sequence& sequence) const;
  After next_token(std::string& out);
  bool is_chat() const { return request_.endpoint == vllm::Endpoint::chat; }

  void write_role(std::string& out, std::size_t index) const;
  void write_token(std::string& out, std::size_t index);
  void write_delta(std::string& out, const Sequence& sequence, std::uint32_t token) const;
  void write_finish(std::string& out, const Sequence& sequence) const;
  void write_final_usage(std::string& out) const;
  void write_choice(std::string& out, std::size_t index) const;
  void write_message(std::string& out, const Sequence& sequence, std::string_view text) const;
  void write_usage(std::string& out, std::uint64_t prompt, std::uint64_t completion,
                   UsagePlace place) const;
  void write_chunk_usage(std::string& out, std::size_t index) const;
  void write_logprobs(std::string& out, const Sequence& sequence, std::uint32_t from,
                      std::uint32_t to) const;

  GenerationRequest request_;
  const Profile& profile_;
  std::string id_;
  std::string event_begin_;  // of every event, up to the choices
  std::int64_t created_;
  std::uint64_t cached_tokens_;
  std::vector<Sequence> sequences_;  // choice i belongs to prompt i / n
  std::uint64_t generated_ = 0;
  std::size_t cursor_ = 0;
  Phase phase_ = Phase::tokens;
};

}  // namespace gh::simulator
