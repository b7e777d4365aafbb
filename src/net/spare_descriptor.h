#pragma once
// Descriptors that a process keeps for the time when it has no other: given up, one lets one more
// connection be accepted, only to be closed. So a server that is out of descriptors sheds load
// instead of spinning on a listening socket that stays readable, and nobody waits for an answer
// that cannot come. One object for all acceptors of a process, because the limit is the process's:
// each with its own would take the others' between their giving it up and their using it.

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <vector>

#include "base/fd.h"

namespace gh::net {

// Any thread.
class SpareDescriptor {
 public:
  SpareDescriptor();

  // As accept4(2), for a non-blocking, close-on-exec socket. Invalid with errno EMFILE also while
  // no spare one is left and none can be had again: it comes before one more connection.
  Fd accept(int listener, sockaddr* peer, socklen_t* size);

  // For when accept() found no descriptor. `nobody`: no connection waited. `lost`: neither could
  // one be closed (another part of the process was quicker), and the listener stays readable.
  enum class Shed : std::uint8_t { one, nobody, lost };
  Shed shed_one(int listener);

 private:
  // Who opens something without the lock (a file, SQLite, a resolver) may be quicker than accept4
  // and keep what was given up: then the next one is.
  static constexpr std::size_t kSpare = 4;
  void restore();  // with open_descriptors() held alone

  Fd source_;  // what the spare ones are duplicates of
  std::vector<Fd> spare_;
};

// Held alone while a spare descriptor is given up, and shared by those who open others all the
// time: for connections from clients and to upstreams. One for the process, as its descriptors are.
std::shared_mutex& open_descriptors();

}  // namespace gh::net
