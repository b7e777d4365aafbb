#include "http/h2_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "http/h2_session.h"

namespace gh::http {
namespace {

// Of a request whose head was refused, and in a drain, the rest of a body gets no more time than to
// be under way already.
constexpr auto kRestOfRefused = std::chrono::seconds(1);

// A client that opens its window byte by byte goes on for ever: less than this is no progress. Over
// HTTP/1.1 the kernel sees to it, whose window opens by more.
constexpr std::size_t kLeastSent = std::size_t{16} * 1024;  // bytes, or all that waits

}  // namespace

H2Stream::H2Stream(H2Session& session, std::int32_t id)
    : session_(session),
      head_(std::make_unique<H2Head>()),
      body_begun_(session.now()),
      body_due_(MonoTime::never()),
      id_(id) {}

H2Stream::~H2Stream() {
  tell_gone();
}

void H2Stream::on_head_complete(bool end_stream) {
  const std::unique_ptr<H2Head> head = std::move(head_);
  body_ended_ = end_stream;
  if (const auto glitch = head->finish(end_stream)) {
    head_only_ = head->is_head();
    if (!end_stream) expect_body_until(session_.now() + kRestOfRefused);
    return refuse_head(*glitch);
  }
  const RequestHead& request = head->head();
  wants_continue_ = request.expects_continue;
  head_only_ = request.method == Method::head;
  sized_ = request.content_length.has_value();
  if (!end_stream) {
    expect_body_until(
        body_deadline(session_.options(), session_.now(), request.content_length.value_or(0)));
  }
  open_ = true;
  RequestEvents* handler = session_.shared().events.on_request(*this, request);
  if (!open_) return;  // answered at once
  handler_ = handler;
  if (end_stream) handler_->on_body_end();
}

void H2Stream::expect_body_until(MonoTime due) {
  body_begun_ = session_.now();
  body_due_ = due;
  session_.wake_by(due);
}

void H2Stream::on_content(std::string_view bytes) {
  wants_continue_ = false;
  received_ += bytes.size();
  if (answer_ == Answer::finished) {
    drop(bytes.size());
  } else {
    if (!sized_) body_due_ = body_deadline(session_.options(), body_begun_, received_);
    if (handler_ != nullptr) handler_->on_body(bytes, 0);
    if (answer_ == Answer::finished) drop(bytes.size());
  }
  session_.consume(id_, bytes.size());
}

void H2Stream::on_body_end() {
  body_ended_ = true;
  if (handler_ != nullptr) handler_->on_body_end();
}

void H2Stream::refuse_head(Glitch glitch) {
  session_.on_refused(glitch);
  open_ = true;
  session_.shared().events.on_bad_head(*this, glitch);
  if (open_) answer_in_text(glitch);
}

// RFC 9113 §8.1 allows to reset a stream whose answer is complete, but clients lose the answer then
// (curl 7.88). So the small rest of a body is read and dropped, as over HTTP/1.
void H2Stream::drop(std::size_t size) {
  dropped_ += size;
  if (dropped_ > kDrainLimit) stop_body();
}

void H2Stream::stop_body() {
  if (body_due_ == MonoTime::never()) return;
  body_due_ = MonoTime::never();
  if (answer_left_) session_.reset(id_, H2Session::Reset::no_error);
}

void H2Stream::on_answer_left() {
  answer_left_ = true;
  if (!body_ended_ && body_due_ == MonoTime::never())
    session_.reset(id_, H2Session::Reset::no_error);
}

// Of a body whose request has been answered only so much is read, whatever was announced: it gets
// no more time than that.
void H2Stream::hurry_rest() {
  if (answer_ != Answer::finished || body_ended_ || body_due_ == MonoTime::never()) return;
  const MonoTime now = session_.now();
  body_due_ = std::min(body_due_, session_.shared().draining
                                      ? now + kRestOfRefused
                                      : body_deadline(session_.options(), now, kDrainLimit));
  session_.wake_by(body_due_);
}

void H2Stream::refuse_body(Glitch glitch) {
  if (answer_ == Answer::finished) return stop_body();
  session_.on_refused(glitch);
  body_due_ = MonoTime::never();
  if (answer_ != Answer::none) {
    tell_broken(glitch);
    return session_.reset(id_, H2Session::Reset::protocol_error);
  }
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) {
    handler->on_bad_body(glitch, status_of(glitch));
  }
  if (open_) answer_in_text(glitch);
}

void H2Stream::answer_in_text(Glitch glitch) {
  const std::string text = glitch_text(glitch);
  const std::array fields = {Field{.name = "content-type", .value = "text/plain"}};
  send_head({.status = status_of(glitch), .fields = fields, .content_length = text.size()});
  send_data(text);
  finish();
}

void H2Stream::cut() {
  session_.shared().events.on_glitch(Glitch::slow_reader, peer());
  tell_slow_reader();
  out_.release();
  body_due_ = MonoTime::never();
  session_.reset(id_, H2Session::Reset::internal_error);
}

void H2Stream::tell_broken(Glitch glitch) {
  open_ = false;
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) handler->on_bad_body(glitch, 0);
}

void H2Stream::tell_gone() {
  open_ = false;
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) handler->on_gone();
}

void H2Stream::tell_slow_reader() {
  open_ = false;
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) handler->on_slow_reader();
}

void H2Stream::on_sent(std::size_t size) {
  out_.consume(size);
  sent_ += size;
  if (out_.empty() || sent_ >= kLeastSent) {
    progress_ = session_.now();
    sent_ = 0;
  }
  if (out_.empty()) out_.release();
  if (!above_high_water_ || out_.size() > net::Stream::kLowWater) return;
  above_high_water_ = false;
  if (handler_ != nullptr) handler_->on_writable();
}

MonoTime H2Stream::stalled_at() const {
  return out_.empty() ? MonoTime::never() : progress_ + session_.options().write_timeout;
}

MonoTime H2Stream::deadline() const {
  return std::min(stalled_at(), body_ended_ ? MonoTime::never() : body_due_);
}

std::optional<Glitch> H2Stream::late(MonoTime now) const {
  if (deadline() > now) return std::nullopt;
  return stalled_at() <= now ? Glitch::slow_reader : Glitch::slow_body;
}

void H2Stream::send_head(const ResponseHead& head) {
  GH_DCHECK(answer_ == Answer::none);
  answer_ = Answer::begun;
  bodiless_ = head_only_ || head.status == 204 || head.status == 304 || head.content_length == 0;
  promised_ = bodiless_ ? 0 : head.content_length.value_or(0);
  sized_answer_ = head.content_length.has_value();
  session_.submit_head(id_, head, bodiless_);
}

void H2Stream::send_data(std::string_view bytes) {
  GH_DCHECK(answer_ == Answer::begun);
  if (bytes.empty() || bodiless_) return;
  if (sized_answer_) {
    if (bytes.size() > promised_) return GH_BUG("more answer bytes than promised");
    promised_ -= bytes.size();
  }
  if (out_.empty()) {
    progress_ = session_.now();
    session_.wake_by(stalled_at());
  }
  out_.append(bytes);
  if (out_.size() > net::Stream::kHighWater) above_high_water_ = true;
  session_.resume(id_);
}

void H2Stream::finish() {
  GH_DCHECK(answer_ == Answer::begun);
  if (promised_ > 0) {
    GH_BUG("fewer answer bytes than promised");
    return abort();
  }
  answer_ = Answer::finished;
  open_ = false;
  handler_ = nullptr;
  hurry_rest();
  if (!bodiless_) session_.resume(id_);
}

void H2Stream::abort() {
  open_ = false;
  handler_ = nullptr;
  // In an answer of a given length nothing can be said, and what is left of it nobody waits for.
  if (sized_answer_) out_.release();
  if (out_.empty()) return session_.reset(id_, H2Session::Reset::internal_error);
  aborting_ = true;
  session_.resume(id_);
}

void H2Stream::send_continue() {
  if (!wants_continue_ || answer_ != Answer::none) return;
  wants_continue_ = false;
  session_.submit_continue(id_);
}

const net::Address& H2Stream::peer() const {
  return session_.transport().peer();
}

bool H2Stream::has_client_certificate() const {
  return session_.transport().has_client_certificate();
}

}  // namespace gh::http
