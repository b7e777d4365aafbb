#pragma once
// One request, from its head to its end: what is known about it and what it holds.
//
// Life: begin() runs the steps of pipeline.cc until one of them waits (for the body, for a count,
// for the upstream) or answers; events go on from there; end() is called exactly once, always, and
// settles, logs and counts. Owned by its Worker under a Handle; late callbacks carry the Handle,
// never a pointer. Finishes on the Runtime it began with. Loop thread only.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "gateway/place.h"
#include "gateway/request_record.h"
#include "gateway/runtime.h"
#include "gateway/upstream_call.h"
#include "http/server.h"
#include "json/json.h"
#include "limits/ledger.h"
#include "limits/table.h"
#include "net/loop.h"
#include "openai/request.h"
#include "openai/response.h"
#include "openai/stream.h"

namespace gh::gateway {

class Asks;
class Worker;
struct WorkerRuntime;

// Names an exchange of one worker; a stale one finds nothing.
struct Handle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

class Exchange final : public net::Deferred,
                       public http::RequestEvents,
                       private http::AnswerEvents {
 public:
  Exchange(Worker& worker, std::size_t listener, http::ServerStream& client, Handle handle);
  ~Exchange() override;

  // Once. The head is valid during the call only.
  void begin(const http::RequestHead& head);
  // In place of begin(): a head that the codec has refused.
  void refuse_head(http::Glitch glitch);
  // The gateway stops: ends it now, so that the client can tell.
  void shut_down();

  void on_body(std::string_view bytes, std::uint64_t ahead) override;
  void on_body_end() override;
  void on_writable() override;
  void on_gone() override;
  void on_slow_reader() override;
  void on_bad_body(http::Glitch glitch, int status) override;

 private:
  // What is not counted as memory: a stream may have as much waiting for its client.
  static constexpr std::size_t kSmallAnswer = net::Stream::kHighWater;

  // How far the answer to the client is. After all of it: it has yet to be taken.
  enum class Sent : std::uint8_t { nothing, head, all };
  // Whether the upstream has the request; over: it has no more to do with it.
  enum class Asked : std::uint8_t { no, yes, over };

  // What a step says: go on with the next one, wait for an event that will call run() again, or
  // stop because the request has been answered.
  enum class Outcome : std::uint8_t { next, wait, answered };

  // Needed until the request is on its way upstream, then freed.
  struct Intake {
    Buffer body;
    bool body_complete = false;
    const http::RequestHead* head = nullptr;  // during begin()
    bool client_known = false;                // what the proxies in between say can be read
    Routed routed;
    std::string model_id;  // of GET /v1/models/{id}
    json::Value document;  // after hold_document()
    std::uint64_t parse_serial = 0;
    const policy::Grant* grant = nullptr;
    openai::RequestRules rules;
    std::string upstream_body;
    bool counted = false;  // /tokenize has answered
    limits::Taken taken;   // by the rates of admit()
    MonoTime next_before;  // next_admission_ before these
  };

  // Needed while the upstream answers.
  struct Answer {
    explicit Answer(UpstreamPool& pool, http::AnswerEvents& events) : call(pool, events) {}
    UpstreamCall call;
    openai::ResponseRules rules;
    std::unique_ptr<openai::StreamRewriter> stream;  // of a streamed 200
    Buffer body;                                     // of anything else
    int status = 0;
    bool paused = false;
  };

  // A question to the upstream on the way: how many tokens is this prompt?
  class PromptCount;

  void run();  // pipeline.cc

  // The steps, in order: intake.cc …
  Outcome find_route();
  Outcome limit_address();
  limits::Subject of_client(limits::Scope scope) const;
  Outcome authenticate();
  Outcome admit();
  Asks common_asks() const;
  void note(const std::optional<limits::Standing>& standing);
  Outcome answer_from_policy();
  Outcome take_body();
  // … admission.cc …
  Outcome parse();
  Outcome admit_model();
  Outcome count_prompt();
  Outcome reserve();
  Outcome place();
  Outcome record_admission();
  Outcome send();
  // … and answer.cc.
  void on_answer_head(const http::AnswerHead& head) override;
  void on_answer_data(std::string_view bytes) override;
  void on_answer_end() override;
  void on_answer_failed(http::ClientFailure failure, std::string_view detail) override;
  void stream_data(std::string_view bytes);
  void answer_whole();
  void answer_is_foreign();
  void answer_too_large();
  void answer_error();
  void upstream_failed(policy::Refusal refusal, std::string detail, Ending ending);

  // memory.cc. Where there is no room, the request is refused and they say false.
  bool hold_memory(std::uint64_t bytes);  // more
  bool hold_answer(std::uint64_t size);   // in all, of a whole answer
  void release_memory();

  // Answering, exchange.cc.
  Outcome refuse(policy::Refusal refusal, Ending ending = Ending::refused);
  void refuse_http(http::Glitch glitch);
  std::string passed_deadline() const;
  void send_whole(int status, std::string_view content_type, std::string_view body,
                  const policy::Refusal* refusal = nullptr);
  void send_head(int status, std::string_view content_type, const policy::Refusal* refusal,
                 std::optional<std::uint64_t> content_length);
  void wait_for_client();
  void finish_answer();
  void break_off(Ending ending);
  void break_stream(const policy::Refusal& refusal);
  void counted(policy::Decision<std::uint64_t> tokens);
  void reserved(std::expected<limits::Reservation, limits::Denial> answer);
  Outcome hold_document();
  Outcome enter_upstream();
  void settle();
  void end(Ending ending);
  void arm_deadline();
  static void deadline(void* self);
  const policy::Snapshot& policy() const;
  const Runtime& runtime() const;

  Worker& worker_;
  http::ServerStream* client_;  // null once the answer is finished or the client is gone
  const Handle handle_;
  const std::uint16_t listener_;
  std::uint8_t step_ = 0;
  Sent sent_ = Sent::nothing;
  Asked asked_ = Asked::no;
  bool ended_ = false;
  bool reserving_ = false;       // reserve() is on the stack
  bool charge_nothing_ = false;  // the upstream refused, or was never reached
  std::uint64_t held_ = 0;       // of the memory for bodies
  std::shared_ptr<WorkerRuntime> runtime_;
  const identity::Principal* principal_ = nullptr;
  const policy::Model* model_ = nullptr;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Answer> answer_;
  std::unique_ptr<PromptCount> count_;
  openai::RequestFacts facts_;
  Place place_;
  std::unique_ptr<limits::Standing> standing_;
  limits::Reservation reservation_;
  RequestRecord record_;
  MonoTime ended_at_;
  net::Timer timer_;
  MonoTime next_admission_;                     // when the rates that it passed take one more
  MonoTime stop_at_ = MonoTime::never();        // the exchange cap
  MonoTime first_byte_by_ = MonoTime::never();  // of a stream
  MonoTime next_event_by_ = MonoTime::never();
};

}  // namespace gh::gateway
