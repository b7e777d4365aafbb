#pragma once
// One HTTP/2 stream towards a client: what the handler of its request holds, and the answer's bytes
// that flow control has not let go yet. Owned by its H2Session. Loop thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "http/h2_head.h"
#include "http/server.h"

namespace gh::http {

class H2Session;

class H2Stream final : public ServerStream {
 public:
  H2Stream(H2Session& session, std::int32_t id);
  ~H2Stream();

  // What comes from the client. `head` is freed when the request has been handed over.
  H2Head* head() { return head_.get(); }
  void on_head_complete(bool end_stream);
  void on_content(std::string_view bytes);
  void on_body_end();

  // The request does not come as it should. The handler hears of it, the client gets an answer
  // where none has begun.
  void refuse_body(Glitch glitch);
  // The stream is being reset for what the client did.
  void tell_broken(Glitch glitch);
  void tell_gone();
  void tell_slow_reader();
  // The client does not read: resets the stream.
  void cut();

  // The answer on its way out.
  const Buffer& queued() const { return out_; }
  void on_sent(std::size_t size);
  // Its last frame was sent.
  void on_answer_left();
  // For a drain too: bounds how long the rest of a body may take once there is an answer.
  void hurry_rest();
  bool ends_after_queued() const { return answer_ == Answer::finished; }
  bool aborting() const { return aborting_; }

  // The earliest time at which this stream is late; never() when it waits for us.
  MonoTime deadline() const;
  // Whether it is late at `now`, and in what way.
  std::optional<Glitch> late(MonoTime now) const;

  // ServerStream
  void send_head(const ResponseHead& head) override;
  void send_data(std::string_view bytes) override;
  void finish() override;
  void abort() override;
  void send_continue() override;
  std::size_t pending() const override { return out_.size(); }
  const net::Address& peer() const override;
  bool has_client_certificate() const override;

  std::size_t place = 0;  // in the session's list

 private:
  enum class Answer : std::uint8_t { none, begun, finished };

  MonoTime stalled_at() const;
  void expect_body_until(MonoTime due);
  void refuse_head(Glitch glitch);
  void drop(std::size_t size);
  void stop_body();
  void answer_in_text(Glitch glitch);

  H2Session& session_;
  RequestEvents* handler_ = nullptr;
  std::unique_ptr<H2Head> head_;
  Buffer out_;
  MonoTime body_begun_;
  MonoTime body_due_;
  MonoTime progress_;           // of out_
  std::size_t sent_ = 0;        // bytes of it since then
  std::uint64_t received_ = 0;  // bytes of the body
  std::uint64_t dropped_ = 0;   // of them, after the answer
  std::uint64_t promised_ = 0;  // bytes of the answer still due by its Content-Length
  std::int32_t id_;
  Answer answer_ = Answer::none;
  bool sized_ = false;  // the request has a Content-Length
  bool open_ = false;   // between on_request and finish, abort or on_gone
  bool body_ended_ = false;
  bool wants_continue_ = false;
  bool sized_answer_ = false;
  bool head_only_ = false;  // the answer to HEAD
  bool bodiless_ = false;   // END_STREAM was sent with the head
  bool aborting_ = false;   // once out_ is empty
  bool answer_left_ = false;
  bool above_high_water_ = false;
};

}  // namespace gh::http
