#include "net/spare_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace gh::net {

SpareDescriptor::SpareDescriptor() {
  restore();
}

void SpareDescriptor::restore() {
  if (!source_.valid()) source_ = Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!spare_.valid()) spare_ = Fd(fcntl(source_.get(), F_DUPFD_CLOEXEC, 0));
}

Fd SpareDescriptor::accept(int listener, sockaddr* peer, socklen_t* size) {
  std::shared_lock shared(mutex_);
  if (!spare_.valid()) {
    shared.unlock();
    {
      const std::unique_lock alone(mutex_);
      restore();
    }
    shared.lock();
  }
  if (!spare_.valid()) {
    errno = EMFILE;
    return {};
  }
  return Fd(accept4(listener, peer, size, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

SpareDescriptor::Shed SpareDescriptor::shed_one(int listener) {
  const std::unique_lock alone(mutex_);
  if (!spare_.valid()) return Shed::lost;
  spare_.reset();
  Fd connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection.valid()) {
    restore();
    return spare_.valid() ? Shed::nobody : Shed::lost;
  }
  // Closes the connection and keeps its number in one step, so that nobody is quicker.
  dup3(source_.get(), connection.get(), O_CLOEXEC);
  spare_ = std::move(connection);
  return Shed::one;
}

}  // namespace gh::net
