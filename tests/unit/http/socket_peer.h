#pragma once
// The other end of a socket pair, and turns of a loop without waiting.

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "net/loop.h"
#include "net/socket.h"

namespace gh::http {

class SocketPeer {
 public:
  explicit SocketPeer(net::Loop& loop) : loop_(loop) {
    int pair[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return;
    ours_ = Fd(pair[0]);
    theirs_ = Fd(pair[1]);
  }
  // The end that the code under test gets.
  Fd take() { return std::move(theirs_); }

  void turn() {
    for (int i = 0; i < 8; ++i) {
      ev_run(loop_.raw(), EVRUN_NOWAIT);
      read();
    }
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(ours_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN) break;
      turn();
    }
    turn();
  }
  void answer_without_reading(std::string_view bytes) {
    ::send(ours_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    for (int i = 0; i < 8; ++i) ev_run(loop_.raw(), EVRUN_NOWAIT);
  }
  void half_close() {
    shutdown(ours_.get(), SHUT_WR);
    turn();
  }
  void close() {
    leave();
    turn();
  }
  // Closes, and the loop does not hear of it yet.
  void leave() { ours_.reset(); }

  std::string received;
  bool ended = false;

 private:
  void read() {
    char bytes[4096];
    while (ours_.valid()) {
      const ssize_t got = recv(ours_.get(), bytes, sizeof bytes, 0);
      if (got > 0) {
        received.append(bytes, static_cast<std::size_t>(got));
        continue;
      }
      if (got == 0 || errno != EAGAIN) ended = true;
      return;
    }
  }

  net::Loop& loop_;
  Fd ours_;
  Fd theirs_;
};

}  // namespace gh::http
