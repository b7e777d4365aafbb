#include "simulator/recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/base64.h"
#include "base/log.h"
#include "simulator/text.h"

namespace gh::simulator {

Result<Recorder> Recorder::open(const std::string& path) {
  Recorder recorder;
  if (path.empty()) return recorder;
  recorder.file_ = Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!recorder.file_.valid()) return fail("{}: {}", path, errno_text(errno));
  return recorder;
}

void Recorder::record(std::uint64_t connection, bool complete, std::string_view bytes) {
  if (!file_.valid()) return;
  const std::string line = fmt::format("{{\"connection\":{},\"complete\":{},\"bytes\":\"{}\"}}\n",
                                       connection, complete, base64(bytes));
  // One write per line, so that a reader never sees half of one.
  if (::write(file_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    log::error("record: {}", errno_text(errno));
  }
}

}  // namespace gh::simulator
