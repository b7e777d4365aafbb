#include "net/signal.h"

namespace gh::net {

Signal::Signal(Loop& loop, int number, Function function, void* self)
    : loop_(loop), function_(function), self_(self) {
  ev_signal_init(&signal_, caught, number);
  signal_.data = this;
  ev_signal_start(loop_.raw(), &signal_);
}

Signal::~Signal() {
  ev_signal_stop(loop_.raw(), &signal_);
}

void Signal::caught(struct ev_loop*, ev_signal* watcher, int) {
  auto& signal = *static_cast<Signal*>(watcher->data);
  signal.function_(signal.self_);
}

}  // namespace gh::net
