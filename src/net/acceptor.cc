#include "net/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"

namespace gh::net {
namespace {

constexpr int kMostPerTurn = 64;  // so that a burst of connections does not starve open ones
constexpr auto kRest = std::chrono::milliseconds(100);

// What accept(2) hands on from the connection that it has taken off the queue: it is gone, the next
// one may be well.
bool is_of_one_connection(int error_number) {
  switch (error_number) {
    case ECONNABORTED:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

Acceptor::Acceptor(Loop& loop, SpareDescriptor& spare, Fd listener, AcceptorEvents& events)
    : loop_(loop),
      spare_(spare),
      listener_(std::move(listener)),
      events_(events),
      rest_(loop, rested, this) {
  ev_io_init(&io_, ready, listener_.get(), EV_READ);
  io_.data = this;
  ev_io_start(loop_.raw(), &io_);
}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::stop() {
  rest_.disarm();
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
    Fd fd = spare_.accept(listener_.get(), raw, &size);
    if (fd.valid()) {
      if (storage.ss_family != AF_UNIX) {
        const int on = 1;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        // What the kernel holds unsent for a slow reader is little, and its taking more says that
        // the client reads: the deadlines for writing stand on that.
        const int unsent = 128 << 10;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
      }
      events_.on_accept(std::move(fd), Address::from(raw, size));
      continue;
    }
    if (errno == EMFILE || errno == ENFILE) {
      // It comes before a look at the queue, which may be empty.
      const SpareDescriptor::Shed shed = spare_.shed_one(listener_.get());
      if (shed == SpareDescriptor::Shed::nobody) return;
      if (shed == SpareDescriptor::Shed::lost) return rest();
      events_.on_shed();
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR && !is_of_one_connection(errno)) {
      log::warn("accept: {}", errno_text(errno));
      return rest();
    }
  }
}

// The listening socket stays readable when nothing can be accepted, so do not listen for a while.
void Acceptor::rest() {
  if (!listener_.valid()) return;
  ev_io_stop(loop_.raw(), &io_);
  rest_.arm(loop_.now() + kRest);
}

void Acceptor::rested(void* self) {
  auto& acceptor = *static_cast<Acceptor*>(self);
  ev_io_start(acceptor.loop_.raw(), &acceptor.io_);
}

}  // namespace gh::net
