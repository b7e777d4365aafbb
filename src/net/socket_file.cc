#include "net/socket_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gh::net {
namespace {

bool is_same_socket(const struct stat& a, const struct stat& b) {
  return S_ISSOCK(a.st_mode) && S_ISSOCK(b.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// An error when somebody listens there, or when nobody can tell.
Result<> nobody_listens(const sockaddr_un& address) {
  const char* path = address.sun_path;
  const Fd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe.valid()) return fail("{}: socket: {}", path, errno_text(errno));
  if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    ucred who{};
    socklen_t size = sizeof who;
    getsockopt(probe.get(), SOL_SOCKET, SO_PEERCRED, &who, &size);
    // 0: in a container that is not ours.
    const std::string pid = who.pid > 0 ? fmt::format(" (pid {})", who.pid) : "";
    return fail("{}: another process is listening there{}; stop it, or use another path", path,
                pid);
  }
  if (errno == ECONNREFUSED) return {};
  if (errno == EAGAIN) {  // its backlog is full
    return fail("{}: another process is listening there and is busy; stop it, or use another path",
                path);
  }
  return fail("{}: nobody can tell whether a process is listening there: {}", path,
              errno_text(errno));
}

}  // namespace

Result<> clear_stale_socket(const sockaddr_un& address) {
  const char* path = address.sun_path;
  const Fd held(open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));  // so that its number is not reused
  struct stat found{};
  if (!held.valid() || fstat(held.get(), &found) != 0) return {};  // bind() tells what is wrong
  if (!S_ISSOCK(found.st_mode)) return fail("{}: exists and is not a socket; remove it", path);
  if (auto stale = nobody_listens(address); !stale) return stale;
  struct stat now{};
  // Another gateway that starts at the same moment may have put its own there: bind() says so. In
  // the instant that is left before unlink() its file can go; then it is not reached, and a second
  // start says so.
  if (lstat(path, &now) != 0 || !is_same_socket(found, now)) return {};
  if (unlink(path) != 0) {
    return fail("{}: nobody is listening there, but it cannot be removed: {}", path,
                errno_text(errno));
  }
  return {};
}

SocketFile SocketFile::of(const std::string& address) {
  if (!address.starts_with(kUnixPrefix)) return {};
  std::string path = address.substr(kUnixPrefix.size());
  Fd file(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  return {std::move(path), std::move(file)};
}

SocketFile::~SocketFile() {
  if (!file_.valid()) return;
  struct stat ours{};
  struct stat there{};
  if (fstat(file_.get(), &ours) == 0 && lstat(path_.c_str(), &there) == 0 &&
      is_same_socket(ours, there)) {
    unlink(path_.c_str());
  }
}

}  // namespace gh::net
