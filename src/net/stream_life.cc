// How a stream begins and how it ends: the PROXY head, the connection, the handshake; the goodbye
// and every failure. What lies between is stream.cc.

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/openssl_error.h"
#include "net/proxy_protocol.h"
#include "net/stream.h"

namespace gh::net {
namespace {

constexpr auto kLinger = std::chrono::seconds(2);

}  // namespace

std::string_view name(CloseReason reason) {
  switch (reason) {
    case CloseReason::eof:
      return "eof";
    case CloseReason::reset:
      return "reset";
    case CloseReason::connect_failed:
      return "connect_failed";
    case CloseReason::tls_failed:
      return "tls_failed";
    case CloseReason::bad_proxy_head:
      return "bad_proxy_head";
  }
  return "unknown";
}

Stream::Stream(Loop& loop, Fd fd, const Address& peer, StreamEvents& events, State state)
    : loop_(loop),
      events_(events),
      fd_(std::move(fd)),
      peer_(peer),
      write_progress_(loop.now()),
      state_(state),
      timer_(loop, timer_due, this) {
  ev_io_init(&io_, ready, fd_.get(), EV_READ);
  io_.data = this;
}

Stream::~Stream() {
  close();
}

std::unique_ptr<Stream> Stream::accept(Loop& loop, Fd fd, const Address& peer, Accept how,
                                       StreamEvents& events) {
  std::unique_ptr<Stream> stream(new Stream(loop, std::move(fd), peer, events,
                                            how.proxy_head ? State::proxy_head : State::accepted));
  stream->tls_server_ = std::move(how.tls);
  if (how.proxy_head) {
    ev_io_start(loop.raw(), &stream->io_);
  } else {
    // The first callback comes from the loop, when the owner holds the stream.
    stream->timer_.arm(loop.now());
  }
  return stream;
}

std::unique_ptr<Stream> Stream::connect(Loop& loop, Fd fd, const Connect& how,
                                        StreamEvents& events) {
  std::unique_ptr<Stream> stream(
      new Stream(loop, std::move(fd), Address(), events, State::connecting));
  stream->is_tls_ = how.tls != nullptr;
  if (how.tls != nullptr) stream->ssl_ = how.tls->session(stream->fd_.get(), how.server_name);
  ev_io_set(&stream->io_, stream->fd_.get(), EV_WRITE);
  ev_io_start(loop.raw(), &stream->io_);
  return stream;
}

void Stream::read_proxy_head() {
  // Only the head may be taken from the socket: what follows is TLS, which OpenSSL reads itself.
  ProxyHead head = parse_proxy_v2(proxy_head_);
  while (head.status == ProxyHead::Status::need_more) {
    char buffer[16 + 512];
    const ssize_t got = recv(fd_.get(), buffer, head.size - proxy_head_.size(), 0);
    if (got < 0 && would_block(errno)) return;
    if (got < 0) return fail(CloseReason::reset, errno_text(errno));
    if (got == 0) return fail(CloseReason::eof, {});
    proxy_head_.append(buffer, static_cast<std::size_t>(got));
    head = parse_proxy_v2(proxy_head_);
  }
  if (head.status == ProxyHead::Status::bad) {
    return fail(CloseReason::bad_proxy_head, "no PROXY v2 head from a trusted proxy");
  }
  std::string().swap(proxy_head_);
  if (!head.local) peer_ = head.address;
  begin_accepted();
}

void Stream::begin_accepted() {
  if (!events_.on_peer(peer_)) return close();
  if (state_ == State::closed) return;
  if (tls_server_ == nullptr) return opened();
  ssl_ = tls_server_->session(fd_.get());
  shake_hands();
}

void Stream::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(CloseReason::connect_failed, errno_text(error));
  if (!is_tls_) return opened();
  shake_hands();
}

void Stream::shake_hands() {
  if (ssl_ == nullptr) return fail(CloseReason::tls_failed, openssl_error());
  state_ = State::handshake;
  begin_tls_call();
  const int done = SSL_do_handshake(ssl_);
  if (done == 1) return opened();
  const int error = SSL_get_error(ssl_, done);
  handshake_wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return update_interest();
  fail(CloseReason::tls_failed, openssl_error(ssl_, errno));
}

void Stream::opened() {
  state_ = State::open;
  handshake_wants_write_ = false;
  update_interest();
  if (!out_.empty()) queued();  // written before it could leave
  events_.on_open();
  // The peer's first bytes may have come in the same record batch as its Finished.
  if (state_ == State::open && ssl_ != nullptr && SSL_has_pending(ssl_) == 1) read_some();
}

bool Stream::alpn_h2() const {
  if (ssl_ == nullptr) return false;
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &chosen, &size);
  return size == 2 && chosen[0] == 'h' && chosen[1] == '2';
}

bool Stream::has_client_certificate() const {
  return ssl_ != nullptr && SSL_get0_peer_certificate(ssl_) != nullptr &&
         SSL_get_verify_result(ssl_) == X509_V_OK;
}

void Stream::close_after_flush() {
  if (state_ == State::closed || state_ == State::lingering) return;
  close_when_flushed_ = true;
  pauses_ = 0xFF;  // nothing that comes now matters
  if (state_ != State::open) return fail(CloseReason::eof, {});
  update_interest();
  if (!flush_pending_ && !want_write_) flush_at_end_of_turn();
}

void Stream::say_goodbye() {
  if (ssl_ != nullptr) {
    begin_tls_call();
    const int sent = SSL_shutdown(ssl_);  // one way only: the peer's answer is not needed
    if (sent < 0 && SSL_get_error(ssl_, sent) == SSL_ERROR_WANT_WRITE) {
      want_write_ = true;  // the last bytes filled the kernel's buffer; flush() comes back here
      return update_interest();
    }
  }
  shutdown(fd_.get(), SHUT_WR);
  state_ = State::lingering;
  update_interest();
  timer_.arm(loop_.now() + kLinger);
}

void Stream::close(bool abort) {
  if (state_ == State::closed) return;
  if (flush_pending_) loop_.forget(*this);
  flush_pending_ = false;
  if (abort && fd_.valid()) {
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  } else if (ssl_ != nullptr && state_ == State::open) {
    begin_tls_call();
    SSL_shutdown(ssl_);
  }
  state_ = State::closed;
  ev_io_stop(loop_.raw(), &io_);
  timer_.disarm();
  SSL_free(ssl_);
  ssl_ = nullptr;
  fd_.reset();
  out_.release();
}

void Stream::fail(CloseReason reason, std::string_view detail) {
  if (state_ == State::closed) return;
  // An orderly goodbye on a broken TLS session would be an error of its own.
  if (ssl_ != nullptr && reason != CloseReason::eof) SSL_set_quiet_shutdown(ssl_, 1);
  close();
  events_.on_close(reason, detail);
}

void Stream::fail_tls(int error) {
  if (error == SSL_ERROR_ZERO_RETURN) return fail(CloseReason::eof, {});
  const bool cut = error == SSL_ERROR_SYSCALL ||
                   ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  fail(cut ? CloseReason::reset : CloseReason::tls_failed, openssl_error(ssl_, errno));
}

}  // namespace gh::net
