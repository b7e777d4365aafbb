#pragma once
// Takes connections from one listening socket. When the process is out of descriptors it closes the
// next connection by means of the spare one; when even that fails it rests for a tenth of a second.
// Loop thread only; `stop` may be called from on_accept and on_shed, the destructor may not.

#include <ev.h>

#include "net/address.h"
#include "net/loop.h"
#include "net/socket.h"
#include "net/spare_descriptor.h"

namespace gh::net {

class AcceptorEvents {
 public:
  virtual void on_accept(Fd fd, const Address& peer) = 0;
  virtual void on_shed() = 0;  // a connection was closed for want of descriptors

 protected:
  ~AcceptorEvents() = default;
};

class Acceptor {
 public:
  Acceptor(Loop& loop, SpareDescriptor& spare, Fd listener, AcceptorEvents& events);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void stop();  // closes the listening socket

 private:
  static void ready(struct ev_loop*, ev_io* watcher, int);
  static void rested(void* self);
  void take_all();
  void rest();

  Loop& loop_;
  SpareDescriptor& spare_;
  Fd listener_;
  AcceptorEvents& events_;
  ev_io io_;
  Timer rest_;
};

}  // namespace gh::net
