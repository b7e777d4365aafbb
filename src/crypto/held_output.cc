#include "crypto/held_output.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gh::crypto {
namespace {

constexpr std::size_t kMost = std::size_t{64} << 10;

}  // namespace

HeldStandardError::HeldStandardError() : held_(::memfd_create("stderr", MFD_CLOEXEC)) {
  if (!held_.valid()) return;
  usual_ = Fd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  if (usual_.valid() && ::dup2(held_.get(), STDERR_FILENO) < 0) usual_.reset();
}

HeldStandardError::~HeldStandardError() {
  if (const std::string text = take(); !text.empty()) write_all(STDERR_FILENO, text);
}

std::string HeldStandardError::take() {
  if (!usual_.valid()) return {};
  ::dup2(usual_.get(), STDERR_FILENO);
  usual_.reset();
  std::string text(kMost, '\0');
  const ssize_t got = ::pread(held_.get(), text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

}  // namespace gh::crypto
