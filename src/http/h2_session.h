#pragma once
// HTTP/2 towards one client (RFC 9113) on nghttp2, which does frames, HPACK and flow control. What
// is added: the request grammar of HTTP/1.1, absolute deadlines, and budgets for everything that
// costs us more than it costs the client — resets in both directions, frames without content, more
// output than is read. A budget that is used up ends the connection with GOAWAY. Where the
// connection ends for a better reason, GOAWAY is the last frame, after those of all streams:
// python-h2, and so httpx and the OpenAI SDKs, reads nothing after one. All output leaves at the
// end of the turn. Loop thread only.

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "http/h2_stream.h"
#include "http/rate_budget.h"
#include "http/server.h"
#include "http/session.h"

namespace gh::http {

class H2Session final : public Session {
 public:
  enum class Reset : std::uint8_t { protocol_error, internal_error, no_error };

  H2Session(Transport& transport, Shared& shared, const ServerOptions& options, MonoTime accepted);
  ~H2Session() override;

  void on_data(std::string_view bytes) override;
  void on_drained() override { transport_.flush_later(); }
  void on_deadline() override;
  void on_flush() override;
  void on_disconnected() override;
  void drain() override;

  // For the streams.
  Transport& transport() { return transport_; }
  Shared& shared() { return shared_; }
  const ServerOptions& options() const { return options_; }
  MonoTime now() const { return transport_.now(); }
  void wake_by(MonoTime time);
  // A request was refused. After one that broke the grammar the connection ends as soon as none
  // runs: the others are not in doubt.
  void on_refused(Glitch glitch);
  void submit_head(std::int32_t id, const ResponseHead& head, bool end_stream);
  void submit_continue(std::int32_t id);
  void resume(std::int32_t id);
  void reset(std::int32_t id, Reset reason);
  void consume(std::int32_t id, std::size_t size);

  // For nghttp2's callbacks; they return what those do.
  int on_begin_frame(const nghttp2_frame_hd& head);
  int on_begin_headers(const nghttp2_frame& frame);
  int on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  int on_invalid_header(const nghttp2_frame& frame);
  int on_frame(const nghttp2_frame& frame);
  int on_content(std::int32_t id, std::string_view bytes);
  int on_frame_sent(const nghttp2_frame& frame);
  int on_stream_closed(std::int32_t id);
  int send_content(std::int32_t id, std::string_view frame_head, std::size_t size);
  long next_content(std::int32_t id, std::size_t most, std::uint32_t& flags);

 private:
  H2Stream* find(std::int32_t id);
  bool begins_out_of_order(std::int32_t id);
  int give_up(Glitch glitch);
  bool skips_too_much(std::size_t received);
  void send();
  void end(Glitch glitch);
  void say_goodbye(std::uint32_t code);
  MonoTime connection_deadline() const;
  bool connection_is_late();

  Transport& transport_;
  Shared& shared_;
  const ServerOptions& options_;
  nghttp2_session* library_;
  std::vector<std::unique_ptr<H2Stream>> streams_;
  RateBudget resets_;  // by the client, and by us because of the client
  RateBudget idle_frames_;
  std::int64_t skipped_ = 0;  // bytes that came, less those of the frames that nghttp2 told of
  MonoTime accepted_;
  MonoTime idle_since_;
  MonoTime head_begun_;
  MonoTime wake_ = MonoTime::never();
  std::int32_t head_stream_ = 0;  // whose head is coming; 0: none
  std::int32_t first_id_ = 0;     // of the client's streams; 0: none yet
  std::int32_t last_id_ = 0;
  bool skipped_ids_ = false;         // between those two
  Glitch verdict_ = Glitch::count_;  // why the connection has to end
  bool served_ = false;              // a request has come
  bool leaving_ = false;             // the connection ends once no stream is left
  bool closed_ = false;
};

}  // namespace gh::http
