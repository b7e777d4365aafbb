#pragma once
// A streamed answer: server-sent events in, server-sent events out.
//
// Each `data:` event is parsed, checked, counted and rewritten like a whole answer; comments
// (vLLM's keep-alive) pass as `: keep-alive`; anything else in the stream (WHATWG HTML §9.2: other
// fields, several data lines in one event) is invalid. Lines end in LF or CRLF and may be split
// over any number of reads; one above the limit is invalid. What is written does not depend on how
// the bytes are split. Usage that the client did not ask for is counted and dropped. `[DONE]` ends
// it, and is passed on only when no error event came before and one with a choice did: vLLM ends
// every choice with one. Holds nothing but an incomplete line between calls. One per streamed
// exchange; one thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "json/json.h"
#include "openai/event_template.h"
#include "openai/response.h"

namespace gh::openai {

class AnswerWriter;

class StreamRewriter {
 public:
  static constexpr std::size_t kMaxEvent = 1 << 20;  // bytes of a line

  enum class State : std::uint8_t {
    open,     // more is to come
    done,     // [DONE] was seen and written
    failed,   // the upstream sent an error event; `refusal()` says what it means
    invalid,  // not a stream of this API; `problem()` says why, for the operator
    foreign,  // an event has another request's id, or another than ours before
  };

  // `parsed` takes the long way for every event; tests hold the two ways against each other.
  enum class Way : std::uint8_t { fastest, parsed };

  // Both must outlive this. `parser` is the worker's; it is used only during feed().
  StreamRewriter(const ResponseRules& rules, json::Parser& parser, Way way = Way::fastest);

  // Appends what the client gets to `out`; nothing for an error event, which the caller answers
  // with write_error_event(). After anything but `open`, more bytes are ignored.
  State feed(std::string_view bytes, std::string& out);
  State state() const { return state_; }

  UsageMeter::Total usage() const { return meter_.total(); }
  const policy::Refusal& refusal() const { return refusal_; }
  const std::string& problem() const { return problem_; }
  std::uint32_t dropped_fields() const { return dropped_fields_; }
  std::uint64_t events() const { return events_; }

 private:
  // A line of the stream without its end; `padded` when Buffer::kSlack bytes after it are readable.
  void line(std::string_view text, bool padded, std::string& out);
  void data(std::string_view text, bool padded, std::string& out);
  bool is_foreign(json::Value event);
  bool known_event(std::string_view text, std::string& out);
  void event(json::Value event, std::string_view text, std::string& out);
  void learn(const AnswerWriter& event, std::string_view text, std::string_view written);
  void fail(int status, std::string_view body);
  void invalid(std::string problem);

  const ResponseRules& rules_;
  json::Parser& parser_;
  UsageMeter meter_;
  std::optional<std::string> id_;  // with our request's in it, as vLLM makes it
  // The form that the last events had, and what every event of it counts.
  EventTemplate form_;
  std::optional<UsageMeter::Counts> form_usage_;
  std::uint32_t form_dropped_fields_ = 0;
  std::uint32_t parsed_in_a_row_ = 0;
  Buffer tail_;  // the beginning of a line whose end has not come
  policy::Refusal refusal_;
  std::string problem_;
  std::uint64_t events_ = 0;
  std::uint32_t dropped_fields_ = 0;
  State state_ = State::open;
  const Way way_;
  bool has_choices_ = false;
  bool in_event_ = false;  // the data line of an event was seen, its blank line not yet
};

// Appends one `data: {"error":…}` event.
void write_error_event(std::string& out, const policy::Refusal& refusal);

}  // namespace gh::openai
