#include "http/h1_session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace gh::http {
namespace {

constexpr std::size_t kEarlyLimit = 64 << 10;
constexpr std::size_t kUsualHead = 512;  // of an answer

}  // namespace

H1Session::H1Session(Transport& transport, Shared& shared, const ServerOptions& options,
                     MonoTime accepted)
    : transport_(transport),
      shared_(shared),
      options_(options),
      deadline_(accepted + options.head_timeout) {
  if (shared.draining) deadline_ = std::min(deadline_, transport.now() + kLastChance);
  update_deadline();
}

H1Session::~H1Session() {
  tell_gone();
  early_.wipe();
}

void H1Session::on_data(std::string_view bytes) {
  if (early_.empty()) pump(bytes);
  if (!bytes.empty()) keep_early(bytes);
  update_deadline();
}

void H1Session::pump(std::string_view& bytes) {
  pumping_ = true;
  while (!bytes.empty()) {
    if (phase_ == Phase::idle && pending() > net::Stream::kHighWater) {
      hold(true);
      break;
    }
    if (phase_ == Phase::idle || phase_ == Phase::head) {
      read_head(bytes);
    } else if (phase_ == Phase::body) {
      read_body(bytes);
    } else {
      break;
    }
  }
  pumping_ = false;
}

void H1Session::read_head(std::string_view& bytes) {
  if (phase_ == Phase::idle) {
    phase_ = Phase::head;
    parser_ = shared_.take_parser();
    if (served_) deadline_ = transport_.now() + options_.head_timeout;
  }
  const HeadStatus status = parser_->feed(bytes);
  if (status == HeadStatus::need_more) return;
  auto parser = std::move(parser_);
  if (status == HeadStatus::done) {
    begin_request(*parser);
  } else {
    refuse_head(parser->glitch(), *parser);
  }
  shared_.give_back(std::move(parser));
}

void H1Session::begin_request(const H1Request& request) {
  const RequestHead& head = request.head();
  served_ = true;
  asked_last_ = last_ = request.last();
  wants_continue_ = head.expects_continue;
  head_only_ = head.method == Method::head;
  received_ = drained_ = 0;
  body_ = request.body();
  body_begun_ = transport_.now();
  deadline_ = body_deadline(options_, body_begun_, head.content_length.value_or(0));
  phase_ = body_.done() ? Phase::waiting : Phase::body;
  answer_ = Answer::none;
  open_ = true;
  RequestEvents* handler = shared_.events.on_request(*this, head);
  if (!open_) return;  // answered at once
  handler_ = handler;
  if (phase_ == Phase::waiting) handler_->on_body_end();
}

void H1Session::read_body(std::string_view& bytes) {
  std::string_view data;
  switch (body_.next(bytes, data)) {
    case H1Body::Status::need_more:
      return;
    case H1Body::Status::bad:
      return refuse_body(body_.glitch());
    case H1Body::Status::data:
      take_content(data);
      break;
    case H1Body::Status::done:
      break;
  }
  if (phase_ != Phase::body || !body_.done()) return;
  if (!open_) return end_exchange();
  phase_ = Phase::waiting;
  handler_->on_body_end();
}

void H1Session::take_content(std::string_view data) {
  wants_continue_ = false;
  received_ += data.size();
  if (body_.is_chunked()) deadline_ = body_deadline(options_, body_begun_, received_);
  if (open_) return handler_->on_body(data, body_.remaining());
  drained_ += data.size();
  if (drained_ > kDrainLimit) close();
}

// The answer is complete and so is the request.
void H1Session::end_exchange() {
  if (last_ || shared_.draining) return close();
  phase_ = Phase::idle;
  deadline_ = transport_.now() + options_.keep_alive_timeout;
  if (!early_.empty()) transport_.flush_later();
}

void H1Session::keep_early(std::string_view bytes) {
  if (phase_ == Phase::closed) return;
  if (asked_last_) {
    // Never a request, whatever it looks like: the client said that none follows.
    if (!std::exchange(surplus_, true)) shared_.events.on_glitch(Glitch::pipelining, peer());
    return;
  }
  if (early_.size() + bytes.size() > kEarlyLimit) return cut(Glitch::early_data);
  early_.append(bytes);
}

// No request begins while the answers to those before it are not read: they cost next to nothing
// to ask for.
void H1Session::hold(bool held) {
  held_ = held;
  transport_.pause_reading(held);
  if (held) return;
  deadline_ = transport_.now() + options_.keep_alive_timeout;
  transport_.flush_later();
}

// The turn of what was pipelined: never from inside a call of the handler.
void H1Session::on_flush() {
  if (early_.empty() || phase_ == Phase::waiting || held_) return;
  std::string_view bytes = early_.view();
  pump(bytes);
  early_.consume(early_.size() - bytes.size());
  if (early_.empty() || phase_ == Phase::closed) {
    early_.wipe();
    early_.release();
  }
  update_deadline();
}

void H1Session::send_head(const ResponseHead& head) {
  GH_DCHECK(answer_ == Answer::none);
  // A client that waits for 100 may send the body or not: what it sends next is in doubt.
  const bool too_much = wants_continue_ || body_.remaining() > kDrainLimit;
  if (shared_.draining || (phase_ == Phase::body && too_much)) last_ = true;
  const bool bodiless = head.status == 204 || head.status == 304;
  framing_ = bodiless              ? BodyFraming::none
             : head.content_length ? BodyFraming::length
                                   : BodyFraming::chunked;
  promised_ = head_only_ ? 0 : head.content_length.value_or(0);
  answer_ = Answer::begun;
  transport_.out().prepare(kUsualHead + promised_);  // no growing on the way
  append_head(transport_.out(), head, shared_.date(), framing_, last_);
  transport_.queued();
  if (!pumping_) update_deadline();
}

void H1Session::send_data(std::string_view bytes) {
  GH_DCHECK(answer_ == Answer::begun);
  if (bytes.empty() || head_only_ || framing_ == BodyFraming::none) return;
  if (framing_ == BodyFraming::chunked) {
    append_chunk(transport_.out(), bytes);
  } else {
    if (bytes.size() > promised_) return GH_BUG("more answer bytes than promised");
    promised_ -= bytes.size();
    transport_.out().append(bytes);
  }
  transport_.queued();
  if (!pumping_) update_deadline();
}

void H1Session::finish() {
  GH_DCHECK(answer_ == Answer::begun);
  if (promised_ > 0) {
    GH_BUG("fewer answer bytes than promised");
    return abort();
  }
  if (framing_ == BodyFraming::chunked && !head_only_) {
    append_last_chunk(transport_.out());
    transport_.queued();
  }
  answer_ = Answer::finished;
  open_ = false;
  handler_ = nullptr;
  if (phase_ == Phase::waiting) {
    end_exchange();
  } else if (last_) {
    close();
  }
  if (!pumping_) update_deadline();
}

void H1Session::abort() {
  open_ = false;
  handler_ = nullptr;
  // In an answer of a given length nothing can be said, and what is left of it nobody waits for.
  if (answer_ == Answer::begun && framing_ == BodyFraming::length) {
    phase_ = Phase::closed;
    return transport_.close();
  }
  close();
}

void H1Session::send_continue() {
  if (!wants_continue_ || answer_ != Answer::none) return;
  wants_continue_ = false;
  transport_.out().append("HTTP/1.1 100 Continue\r\n\r\n");
  transport_.queued();
}

void H1Session::on_drained() {
  if (held_) hold(false);
  if (open_ && handler_ != nullptr) handler_->on_writable();
}

void H1Session::on_disconnected() {
  phase_ = Phase::closed;
  tell_gone();
}

void H1Session::drain() {
  if (phase_ == Phase::idle) close();
}

// Where the head ends, and so where the next request begins, is not known: the last answer.
void H1Session::refuse_head(Glitch glitch, const H1Request& request) {
  shared_.events.on_glitch(glitch, peer());
  last_ = open_ = true;
  head_only_ = request.is_head();
  wants_continue_ = false;
  answer_ = Answer::none;
  body_ = H1Body::of_length(0);
  phase_ = Phase::waiting;
  shared_.events.on_bad_head(*this, glitch);
  answer_in_text(glitch);
}

void H1Session::refuse_body(Glitch glitch) {
  shared_.events.on_glitch(glitch, peer());
  last_ = true;
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) {
    handler->on_bad_body(glitch, answer_ == Answer::none ? status_of(glitch) : 0);
  }
  answer_in_text(glitch);
}

// Unless the handler has answered.
void H1Session::answer_in_text(Glitch glitch) {
  if (std::exchange(open_, false) && answer_ == Answer::none) {
    append_refusal(transport_.out(), glitch, shared_.date(), head_only_);
    transport_.queued();
  }
  close();
}

// Ends the connection where an answer would not be read.
void H1Session::cut(Glitch glitch) {
  shared_.events.on_glitch(glitch, peer());
  phase_ = Phase::closed;
  if (glitch == Glitch::slow_reader && handler_ != nullptr) {
    std::exchange(handler_, nullptr)->on_slow_reader();
  }
  tell_gone();
  transport_.close();
}

void H1Session::tell_gone() {
  open_ = false;
  if (RequestEvents* handler = std::exchange(handler_, nullptr)) handler->on_gone();
}

void H1Session::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  transport_.close_after_flush();
}

void H1Session::on_deadline() {
  const MonoTime now = transport_.now();
  if (pending() > 0 && transport_.write_progress() + options_.write_timeout <= now) {
    return cut(Glitch::slow_reader);
  }
  if (deadline_ <= now) {
    if (phase_ == Phase::idle && !held_) return close();
    if (phase_ == Phase::head) return refuse_head(Glitch::slow_head, *parser_);
    if (phase_ == Phase::body) return refuse_body(Glitch::slow_body);
  }
  update_deadline();
}

void H1Session::update_deadline() {
  if (phase_ == Phase::closed) return;
  const bool waits_for_client = phase_ != Phase::waiting && !held_;
  MonoTime next = waits_for_client ? deadline_ : MonoTime::never();
  if (pending() > 0) {
    next = std::min(next, transport_.write_progress() + options_.write_timeout);
  }
  transport_.wake_at(next);
}

}  // namespace gh::http
