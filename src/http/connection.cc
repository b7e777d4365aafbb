#include "http/connection.h"

#include <algorithm>
#include <utility>

#include "http/h1_session.h"
#include "http/h2_session.h"

namespace gh::http {
namespace {

// RFC 9113 §3.4.
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::uint8_t kSessionPause = 1;

}  // namespace

Connection::Connection(net::Loop& loop, Fd fd, const net::Address& peer, net::Stream::Accept how,
                       std::shared_ptr<const ServerOptions> options, Shared& shared, Owner& owner)
    : loop_(loop),
      shared_(shared),
      owner_(owner),
      options_(std::move(options)),
      accepted_(loop.now()),
      timer_(loop, timer_fired, this),
      plain_(how.tls == nullptr) {
  stream_ = net::Stream::accept(loop, std::move(fd), peer, std::move(how), *this);
  timer_.arm(accepted_ + options_->handshake_timeout);
}

Connection::~Connection() {
  session_.reset();
  if (flush_pending_) loop_.forget(*this);
  if (taken_ && !ended_) shared_.events.on_disconnection(peer());
}

bool Connection::on_peer(const net::Address& peer) {
  taken_ = shared_.events.on_connection(peer);
  if (!taken_) end();
  return taken_;
}

template <class Protocol>
void Connection::begin() {
  Transport& transport = *this;
  session_ = std::make_unique<Protocol>(transport, shared_, *options_, accepted_);
}

void Connection::on_open() {
  chosen_ = !plain_;
  if (stream_->alpn_h2()) return begin<H2Session>();
  begin<H1Session>();
}

// On a plain connection the first bytes tell. False while they may be either.
bool Connection::choose_protocol(std::string_view bytes) {
  const std::string_view missing = kPreface.substr(preface_seen_);
  if (!bytes.starts_with(missing.substr(0, bytes.size()))) return chosen_ = true;
  if (bytes.size() < missing.size()) {
    preface_seen_ += static_cast<std::uint8_t>(bytes.size());
    return false;
  }
  begin<H2Session>();
  return chosen_ = true;
}

void Connection::on_data(std::string_view bytes) {
  if (closing_) return;
  if (!chosen_) {
    if (!choose_protocol(bytes)) return;
    // What came before is known, so none of it was kept, nor is anything that may hold a key.
    if (preface_seen_ > 0) session_->on_data(kPreface.substr(0, preface_seen_));
    if (closing_) return;
  }
  session_->on_data(bytes);
}

void Connection::on_drained() {
  if (!closing_) session_->on_drained();
}

void Connection::on_close(net::CloseReason reason, std::string_view) {
  if (session_ != nullptr) {
    if (!closing_) session_->on_disconnected();
  } else if (reason != net::CloseReason::eof) {
    shared_.events.on_glitch(Glitch::handshake, peer());
  }
  end();
}

void Connection::pause_reading(bool paused) {
  if (paused) {
    stream_->pause(kSessionPause);
  } else {
    stream_->resume(kSessionPause);
  }
}

void Connection::close_after_flush() {
  if (closing_ || ended_) return;
  closing_ = true;
  timer_.arm(loop_.now() + options_->write_timeout);
  stream_->close_after_flush();
}

void Connection::close() {
  closing_ = true;
  stream_->close(true);
  end();
}

void Connection::flush_later() {
  if (std::exchange(flush_pending_, true)) return;
  loop_.flush_later(*this);
}

void Connection::flush() {
  flush_pending_ = false;
  if (!closing_ && !ended_) session_->on_flush();
}

void Connection::wake_at(MonoTime time) {
  if (!closing_ && !ended_) timer_.arm(time);
}

void Connection::timer_fired(void* self) {
  static_cast<Connection*>(self)->on_timer();
}

void Connection::on_timer() {
  if (closing_) {
    // All of the last answer is with the kernel: the stream sees to the rest, in time of its own.
    if (!stream_->is_open()) return;
    // It may take as long as the client goes on reading it.
    const MonoTime stalled = write_progress() + options_->write_timeout;
    if (loop_.now() < stalled) return timer_.arm(stalled);
    return close();
  }
  if (session_ != nullptr) {
    // Less than HTTP/2's preface came, and what came may begin a request too: a slow one.
    if (!chosen_ && preface_seen_ > 0) session_->on_data(kPreface.substr(0, preface_seen_));
    chosen_ = true;
    if (!closing_) session_->on_deadline();
    return;
  }
  if (!shared_.draining) shared_.events.on_glitch(Glitch::handshake, peer());
  close();
}

void Connection::drain() {
  if (closing_) return;
  if (session_ != nullptr) return session_->drain();
  // It may have been about to ask; most such connections are spare ones, or probes.
  timer_.arm(std::min(accepted_ + options_->handshake_timeout, loop_.now() + kLastChance));
}

void Connection::end() {
  if (std::exchange(ended_, true)) return;
  timer_.disarm();
  if (taken_) shared_.events.on_disconnection(peer());
  owner_.on_ended(*this);
}

}  // namespace gh::http
