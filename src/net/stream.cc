#include "net/stream.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/secret.h"
#include "net/openssl_error.h"

namespace gh::net {
namespace {

// What one stream may read in one turn before others get theirs.
constexpr std::size_t kReadPerTurn = 128 << 10;
// So many bytes are not copied first: the copy costs more than the call, which flush() then saves.
constexpr std::size_t kDirect = 8 << 10;
constexpr std::size_t kRecord = 16 << 10;  // the largest TLS record, RFC 8446 §5.1

}  // namespace

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
    gh::wipe(scratch.data(), size);  // there may be a key in it
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
  if (bytes.size() >= kDirect) bytes.remove_prefix(send_directly(bytes));
  out_.append(bytes);
  queued();
}

std::size_t Stream::send_directly(std::string_view bytes) {
  if (ssl_ != nullptr || state_ != State::open || want_write_) return 0;
  const std::string_view before = out_.view();
  std::array<iovec, 2> pieces{{{.iov_base = out_.data(), .iov_len = before.size()},
                               {.iov_base = const_cast<char*>(bytes.data()),  // it is only read
                                .iov_len = bytes.size()}}};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  const ssize_t result = sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
  if (result <= 0) return 0;  // flush() meets the error again, where it may be reported
  const auto sent = static_cast<std::size_t>(result);
  sent_ += sent;
  write_progress_ = loop_.now();
  const std::size_t of_before = std::min(sent, before.size());
  out_.consume(of_before);
  return sent - of_before;
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
      sent_ += sent;
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

bool Stream::has_news() const {
  if (state_ != State::open) return true;
  if (ssl_ != nullptr && SSL_has_pending(ssl_) == 1) return true;
  // The loop has asked the kernel since the last read, and what it said is known: no system call.
  if (pauses_ == 0 && loop_.turn() != read_turn_) return ev_is_pending(&io_);
  pollfd query = {.fd = fd_.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
  return poll(&query, 1, 0) != 0;
}

}  // namespace gh::net
