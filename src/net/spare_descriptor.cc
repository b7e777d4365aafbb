#include "net/spare_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

namespace gh::net {

std::shared_mutex& open_descriptors() {
  static std::shared_mutex mutex;
  return mutex;
}

SpareDescriptor::SpareDescriptor() {
  spare_.reserve(kSpare);
  restore();
}

void SpareDescriptor::restore() {
  if (!source_.valid()) source_ = Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  while (spare_.size() < kSpare) {
    Fd one(fcntl(source_.get(), F_DUPFD_CLOEXEC, 0));
    if (!one.valid()) return;
    spare_.push_back(std::move(one));
  }
}

Fd SpareDescriptor::accept(int listener, sockaddr* peer, socklen_t* size) {
  std::shared_lock shared(open_descriptors());
  if (spare_.size() < kSpare) {
    shared.unlock();
    {
      const std::unique_lock alone(open_descriptors());
      restore();
    }
    shared.lock();
  }
  if (spare_.empty()) {
    errno = EMFILE;
    return {};
  }
  return Fd(accept4(listener, peer, size, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

SpareDescriptor::Shed SpareDescriptor::shed_one(int listener) {
  const std::unique_lock alone(open_descriptors());
  while (!spare_.empty()) {
    spare_.pop_back();
    Fd connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) {
      // Closes the connection and keeps its number in one step, so that nobody is quicker.
      dup3(source_.get(), connection.get(), O_CLOEXEC);
      spare_.push_back(std::move(connection));
      return Shed::one;
    }
    if (errno != EMFILE && errno != ENFILE) {
      restore();
      return Shed::nobody;
    }
  }
  return Shed::lost;
}

}  // namespace gh::net
