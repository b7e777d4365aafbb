#pragma once
// A process signal as an event of one loop. At most one watcher per signal and process. Loop thread
// only.

#include <ev.h>

#include "net/loop.h"

namespace gh::net {

class Signal {
 public:
  using Function = void (*)(void* self);
  Signal(Loop& loop, int number, Function function, void* self);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  static void caught(struct ev_loop*, ev_signal* watcher, int);

  Loop& loop_;
  Function function_;
  void* self_;
  ev_signal signal_;
};

}  // namespace gh::net
