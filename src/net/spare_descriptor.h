#pragma once
// The descriptor that a process keeps for the time when it has no other: given up, it lets one
// more connection be accepted, only to be closed. So a server that is out of descriptors sheds load
// instead of spinning on a listening socket that stays readable, and nobody waits for an answer
// that cannot come. One for all acceptors of a process, because the limit is the process's: each
// with its own would take the others' between their giving it up and their using it.

#include <sys/socket.h>

#include <cstdint>
#include <shared_mutex>

#include "base/fd.h"

namespace gh::net {

// Any thread.
class SpareDescriptor {
 public:
  SpareDescriptor();

  // As accept4(2), for a non-blocking, close-on-exec socket. Invalid with errno EMFILE also while
  // the spare one is lost and cannot be had again: it comes before one more connection.
  Fd accept(int listener, sockaddr* peer, socklen_t* size);

  // For when accept() found no descriptor. `nobody`: no connection waited. `lost`: neither could
  // one be closed (another part of the process was quicker), and the listener stays readable.
  enum class Shed : std::uint8_t { one, nobody, lost };
  Shed shed_one(int listener);

 private:
  void restore();  // with mutex_ held alone

  // Alone while the spare one is given up, shared by those who take descriptors meanwhile.
  std::shared_mutex mutex_;
  Fd source_;  // what the spare one is a duplicate of
  Fd spare_;
};

}  // namespace gh::net
