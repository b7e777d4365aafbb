#include "net/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"

namespace gh::net {
namespace {

constexpr int kMostPerTurn = 64;  // so that a burst of connections does not starve open ones

Fd open_reserve() {
  return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Acceptor::Acceptor(Loop& loop, Fd listener, AcceptorEvents& events)
    : loop_(loop), listener_(std::move(listener)), reserve_(open_reserve()), events_(events) {
  ev_io_init(&io_, ready, listener_.get(), EV_READ);
  io_.data = this;
  ev_io_start(loop_.raw(), &io_);
}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::stop() {
  ev_io_stop(loop_.raw(), &io_);
  listener_.reset();
}

void Acceptor::ready(struct ev_loop*, ev_io* watcher, int) {
  static_cast<Acceptor*>(watcher->data)->take_all();
}

void Acceptor::take_all() {
  for (int i = 0; i < kMostPerTurn && listener_.valid(); ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* raw = reinterpret_cast<sockaddr*>(&storage);
    Fd fd(accept4(listener_.get(), raw, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      if (storage.ss_family != AF_UNIX) {
        const int on = 1;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      }
      events_.on_accept(std::move(fd), Address::from(raw, size));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE) {
      if (!reserve_.valid()) {
        // Another thread took the descriptor that was set free; wait for the next turn.
        reserve_ = open_reserve();
        return;
      }
      reserve_.reset();
      const Fd shed(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (shed.valid()) events_.on_shed();
      // `shed` closes at the end of this scope, after which the reserve can be had again.
    } else if (errno == EINTR || errno == ECONNABORTED) {
      continue;
    } else {
      if (errno != EAGAIN) log::warn("accept: {}", errno_text(errno));
      break;
    }
    if (!reserve_.valid()) reserve_ = open_reserve();
  }
  if (!reserve_.valid()) reserve_ = open_reserve();
}

}  // namespace gh::net
