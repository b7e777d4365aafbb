#pragma once
// HTTP/1.1 towards one client: one request at a time, answered in order. What a client pipelines is
// kept, up to 64 KiB, until its turn, which does not come while it leaves answers unread. Between
// requests, and while an answer streams, it holds a few hundred bytes. Loop thread only.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "http/h1_answer.h"
#include "http/h1_body.h"
#include "http/h1_request.h"
#include "http/server.h"
#include "http/session.h"

namespace gh::http {

class H1Session final : public Session, private ServerStream {
 public:
  // `accepted`: when the connection was; the first head's deadline counts from there.
  H1Session(Transport& transport, Shared& shared, const ServerOptions& options, MonoTime accepted);
  ~H1Session() override;

  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_deadline() override;
  void on_flush() override;
  void on_disconnected() override;
  void drain() override;

 private:
  enum class Phase : std::uint8_t {
    idle,     // between requests
    head,     // a part of a head has come
    body,     // the body is coming; the answer may have begun, or have ended
    waiting,  // the body is complete, the answer is not
    closed,
  };
  enum class Answer : std::uint8_t { none, begun, finished };

  // ServerStream
  void send_head(const ResponseHead& head) override;
  void send_data(std::string_view bytes) override;
  void finish() override;
  void abort() override;
  void send_continue() override;
  std::size_t pending() const override { return transport_.pending(); }
  const net::Address& peer() const override { return transport_.peer(); }
  bool has_client_certificate() const override { return transport_.has_client_certificate(); }

  // These take bytes from the front.
  void pump(std::string_view& bytes);
  void read_head(std::string_view& bytes);
  void read_body(std::string_view& bytes);

  void begin_request(const H1Request& request);
  void take_content(std::string_view data);
  void end_exchange();
  void keep_early(std::string_view bytes);
  void hold(bool held);
  void refuse_head(Glitch glitch, const H1Request& request);
  void refuse_body(Glitch glitch);
  void answer_in_text(Glitch glitch);
  void cut(Glitch glitch);
  void tell_gone();
  void close();
  void update_deadline();

  Transport& transport_;
  Shared& shared_;
  const ServerOptions& options_;
  RequestEvents* handler_ = nullptr;
  std::unique_ptr<H1Request> parser_;  // while a part of a head has come
  Buffer early_;                       // pipelined bytes, while waiting
  MonoTime deadline_;                  // of the phase
  MonoTime body_begun_;
  std::uint64_t received_ = 0;  // bytes of this body
  std::uint64_t drained_ = 0;   // those that came after the answer
  std::uint64_t promised_ = 0;  // bytes of the answer still due by its Content-Length
  H1Body body_ = H1Body::of_length(0);
  Phase phase_ = Phase::idle;
  Answer answer_ = Answer::none;
  BodyFraming framing_ = BodyFraming::none;  // of the answer
  bool open_ = false;                        // between on_request and finish, abort or on_gone
  bool served_ = false;                      // this is not the first request
  bool last_ = false;                        // the connection closes after this exchange
  bool asked_last_ = false;                  // because the client said so
  bool surplus_ = false;                     // and yet sent more
  bool wants_continue_ = false;
  bool held_ = false;       // requests wait until the client has read answers
  bool head_only_ = false;  // the answer to HEAD
  bool pumping_ = false;
};

}  // namespace gh::http
