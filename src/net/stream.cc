#include "net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "net/openssl_error.h"
#include "net/proxy_protocol.h"

namespace gh::net {
namespace {

// What one stream may read in one turn before others get theirs.
constexpr std::size_t kReadPerTurn = 128 << 10;
constexpr std::size_t kRecord = 16 << 10;  // the largest TLS record, RFC 8446 §5.1
constexpr auto kLinger = std::chrono::seconds(2);

bool would_block(int error) {
  return error == EAGAIN || error == EINTR;  // EWOULDBLOCK is EAGAIN on Linux
}

// SSL_get_error looks at the thread's queue, and openssl_error at errno.
void begin_tls_call() {
  ERR_clear_error();
  errno = 0;
}

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

void Stream::ready(struct ev_loop*, ev_io* watcher, int revents) {
  auto& stream = *static_cast<Stream*>(watcher->data);
  if ((revents & EV_WRITE) != 0) stream.on_writable();
  if ((revents & EV_READ) != 0 && stream.state_ != State::closed) stream.on_readable();
}

void Stream::on_readable() {
  switch (state_) {
    case State::proxy_head:
      return read_proxy_head();
    case State::handshake:
      return shake_hands();
    case State::open:
      return read_some();
    case State::lingering: {
      // Whatever still comes is thrown away until the peer closes.
      char sink[4096];
      const ssize_t got = recv(fd_.get(), sink, sizeof sink, 0);
      if (got == 0 || (got < 0 && !would_block(errno))) fail(CloseReason::eof, {});
      return;
    }
    case State::accepted:
    case State::connecting:
    case State::closed:
      return;
  }
}

void Stream::timer_due(void* self) {
  auto& stream = *static_cast<Stream*>(self);
  if (stream.state_ == State::accepted) return stream.begin_accepted();
  if (stream.state_ == State::open) return stream.read_some();
  if (stream.state_ == State::lingering) return stream.fail(CloseReason::eof, {});
}

void Stream::on_writable() {
  if (state_ == State::connecting) return finish_connect();
  if (state_ == State::handshake) return shake_hands();
  if (state_ == State::open && want_write_) flush();
  if (state_ == State::open && read_wants_write_) {
    read_wants_write_ = false;
    update_interest();
    read_some();
  }
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

long Stream::read_into(char* place, std::size_t size) {
  read_turn_ = loop_.turn();
  if (ssl_ == nullptr) {
    const ssize_t got = recv(fd_.get(), place, size, 0);
    if (got > 0) return got;
    if (got < 0 && would_block(errno)) return 0;
    if (got == 0) {
      fail(CloseReason::eof, {});
    } else {
      fail(CloseReason::reset, errno_text(errno));
    }
    return -1;
  }
  begin_tls_call();
  std::size_t got = 0;
  if (SSL_read_ex(ssl_, place, size, &got) == 1) return static_cast<long>(got);
  const int error = SSL_get_error(ssl_, 0);
  if (error == SSL_ERROR_WANT_READ) return 0;
  if (error == SSL_ERROR_WANT_WRITE) {
    // Our answer to the peer's KeyUpdate is stuck half-way. Until it has left, bytes that wait to
    // be read are no reason to wake up.
    read_wants_write_ = true;
    update_interest();
    return 0;
  }
  fail_tls(error);
  return -1;
}

void Stream::fail_tls(int error) {
  if (error == SSL_ERROR_ZERO_RETURN) return fail(CloseReason::eof, {});
  const bool cut = error == SSL_ERROR_SYSCALL ||
                   ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  fail(cut ? CloseReason::reset : CloseReason::tls_failed, openssl_error(ssl_, errno));
}

void Stream::read_some() {
  const std::span<char> scratch = loop_.scratch();
  std::size_t taken = 0;
  while (state_ == State::open && pauses_ == 0) {
    if (taken >= kReadPerTurn) return read_held_next_turn();
    const long got = read_into(scratch.data(), scratch.size());
    if (got <= 0) return;
    const auto size = static_cast<std::size_t>(got);
    taken += size;
    events_.on_data({scratch.data(), size});
    if (state_ != State::open) return;
    // A short read means that the kernel has no more: another one would be a wasted system call,
    // and the loop tells when there is more. A full record or bytes in OpenSSL mean go on.
    const bool more =
        ssl_ == nullptr ? size == scratch.size() : SSL_has_pending(ssl_) == 1 || size >= kRecord;
    if (!more) return;
  }
}

void Stream::read_held_next_turn() {
  // The loop tells what the kernel holds, not what OpenSSL has taken from it. An event fed for this
  // would be lost with the next change of interest.
  if (ssl_ != nullptr && SSL_has_pending(ssl_) == 1) timer_.arm(loop_.now());
}

void Stream::write(std::string_view bytes) {
  if (state_ == State::closed || state_ == State::lingering || bytes.empty()) return;
  out_.append(bytes);
  queued();
}

void Stream::queued() {
  if (out_.size() > kHighWater) above_high_water_ = true;
  if (flush_pending_ || want_write_) return;
  write_progress_ = loop_.now();
  if (state_ == State::open) flush_at_end_of_turn();
}

void Stream::flush_at_end_of_turn() {
  flush_pending_ = true;
  loop_.flush_later(*this);
}

void Stream::flush() {
  flush_pending_ = false;
  if (state_ != State::open) return;
  bool blocked = false;
  while (!out_.empty() && !blocked) {
    const std::string_view bytes = out_.view();
    std::size_t sent = 0;
    if (ssl_ == nullptr) {
      const ssize_t result = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (result >= 0) {
        sent = static_cast<std::size_t>(result);
      } else if (would_block(errno)) {
        blocked = true;
      } else {
        return fail(CloseReason::reset, errno_text(errno));
      }
    } else {
      begin_tls_call();
      if (SSL_write_ex(ssl_, bytes.data(), std::min(bytes.size(), kRecord), &sent) != 1) {
        // Without renegotiation a write never waits for a read.
        const int error = SSL_get_error(ssl_, 0);
        if (error != SSL_ERROR_WANT_WRITE) return fail_tls(error);
        sent = 0;
        blocked = true;
      }
    }
    if (sent > 0) {
      write_progress_ = loop_.now();
      out_.consume(sent);
    }
  }
  if (want_write_ != blocked) {
    want_write_ = blocked;
    update_interest();
  }
  if (out_.empty()) {
    out_.release();
    if (close_when_flushed_) return say_goodbye();
  }
  if (above_high_water_ && out_.size() <= kLowWater) {
    above_high_water_ = false;
    events_.on_drained();
  }
}

void Stream::pause(std::uint8_t reason) {
  const bool was_reading = pauses_ == 0;
  pauses_ = static_cast<std::uint8_t>(pauses_ | reason);
  if (was_reading && state_ == State::open) update_interest();
}

void Stream::resume(std::uint8_t reason) {
  if (pauses_ == 0) return;
  pauses_ = static_cast<std::uint8_t>(pauses_ & ~reason);
  if (pauses_ != 0 || state_ != State::open) return;
  update_interest();
  read_held_next_turn();
}

void Stream::update_interest() {
  int interest = 0;
  switch (state_) {
    case State::proxy_head:
    case State::accepted:
    case State::lingering:
      interest = EV_READ;
      break;
    case State::connecting:
      interest = EV_WRITE;
      break;
    case State::handshake:
      interest = handshake_wants_write_ ? EV_WRITE : EV_READ;
      break;
    case State::open:
      interest = (pauses_ == 0 && !read_wants_write_ ? EV_READ : 0) |
                 (want_write_ || read_wants_write_ ? EV_WRITE : 0);
      break;
    case State::closed:
      break;
  }
  if ((io_.events & (EV_READ | EV_WRITE)) == interest && ev_is_active(&io_)) return;
  ev_io_stop(loop_.raw(), &io_);
  ev_io_modify(&io_, interest);
  if (interest != 0) ev_io_start(loop_.raw(), &io_);
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

bool Stream::has_news() const {
  if (state_ != State::open) return true;
  if (ssl_ != nullptr && SSL_has_pending(ssl_) == 1) return true;
  // The loop has asked the kernel since the last read, and what it said is known: no system call.
  if (pauses_ == 0 && loop_.turn() != read_turn_) return ev_is_pending(&io_);
  pollfd query = {.fd = fd_.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
  return poll(&query, 1, 0) != 0;
}

bool Stream::alpn_h2() const {
  if (ssl_ == nullptr) return false;
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &chosen, &size);
  return size == 2 && chosen[0] == 'h' && chosen[1] == '2';
}

std::string Stream::client_certificate_subject() const {
  if (ssl_ == nullptr) return {};
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr || SSL_get_verify_result(ssl_) != X509_V_OK) return {};
  BIO* text = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text, &bytes);
  std::string subject(bytes, static_cast<std::size_t>(std::max(size, 0L)));
  BIO_free(text);
  return subject;
}

}  // namespace gh::net
