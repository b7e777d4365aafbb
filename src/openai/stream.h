#pragma once
// A streamed answer: server-sent events in, server-sent events out.
//
// Each `data:` event is parsed, checked, counted and rewritten like a whole answer; comments
// (vLLM's keep-alive) pass as `: keep-alive`; anything else in the stream is invalid. Events split
// over any number of reads are put together; an event above the limit is invalid. Usage chunks
// that the client did not ask for are counted and dropped. `[DONE]` ends it, and is passed on only
// when no error event came before. Holds nothing but the incomplete tail of the last event between
// calls. One per streamed exchange; one thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "json/json.h"
#include "openai/response.h"

namespace gh::openai {

class StreamRewriter {
 public:
  static constexpr std::size_t kMaxEvent = 1 << 20;  // bytes

  enum class State : std::uint8_t {
    open,     // more is to come
    done,     // [DONE] was seen and written
    failed,   // the upstream sent an error event; `refusal()` says what it means
    invalid,  // not a stream of this API; `problem()` says why, for the operator
  };

  // `parser` is the worker's; it is used only during feed().
  StreamRewriter(const ResponseRules& rules, json::Parser& parser);
  ~StreamRewriter();

  // Appends what the client gets to `out`. After anything but `open`, more bytes are ignored.
  State feed(std::string_view bytes, std::string& out);
  State state() const { return state_; }

  UsageMeter::Total usage() const { return meter_.total(); }
  const policy::Refusal& refusal() const { return refusal_; }
  const std::string& problem() const { return problem_; }
  std::uint32_t dropped_fields() const { return dropped_fields_; }
  std::uint64_t events() const { return events_; }

 private:
  State event(std::string_view data, std::string& out);

  const ResponseRules& rules_;
  json::Parser& parser_;
  UsageMeter meter_;
  Buffer tail_;
  policy::Refusal refusal_;
  std::string problem_;
  std::uint64_t events_ = 0;
  std::uint32_t dropped_fields_ = 0;
  State state_ = State::open;
};

// Appends one `data: {"error":…}` event.
void write_error_event(std::string& out, const policy::Refusal& refusal);

}  // namespace gh::openai
