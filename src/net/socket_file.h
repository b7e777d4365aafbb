#pragma once
// The file of a listening Unix socket: how its place is cleared before, and how it goes after.
// Nothing but a socket is ever removed. Not thread-safe.

#include <sys/un.h>

#include <string>

#include "base/error.h"
#include "net/socket.h"

namespace gh::net {

// Removes what a process that died has left at `address`. An error when something else is there: a
// file of another kind, or a socket that somebody listens on.
Result<> clear_stale_socket(const sockaddr_un& address);

// The file at a "unix:/path" that this process listens on; gone with this object, unless the path
// leads to another file by then, such as the socket of the next gateway. Nothing for TCP.
class SocketFile {
 public:
  SocketFile() = default;
  // After listen_on().
  static SocketFile of(const std::string& address);
  SocketFile(SocketFile&&) = default;
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

 private:
  SocketFile(std::string path, Fd file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string path_;
  Fd file_;  // O_PATH: while it is held, no other file can get the same number
};

}  // namespace gh::net
