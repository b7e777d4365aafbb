#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <variant>

#include "cli/exit_code.h"
#include "cli/parse.h"
#include "crypto/crypto.h"

namespace {

// A descriptor that opens later must not become standard output: messages would go into it. What
// cannot be read or written then fails as it does on any other broken stream.
void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    const int useless = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless) < 0) {
      std::exit(gh::cli::kUndecided);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  // Keys, secrets and prompts are in this process's memory: no core file, no ptrace by the same
  // user.
  prctl(PR_SET_DUMPABLE, 0);
  // What can no longer be written, to a file that may not grow or to a reader who has left, is an
  // error of the write: a key that nobody was told is named, to be revoked.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  // Whoever ignores it hands that on, and then nobody is told how the children of a scan ended.
  std::signal(SIGCHLD, SIG_DFL);
  gh::crypto::wipe_freed_memory();
  try {
    const gh::cli::Parsed parsed = gh::cli::parse(argc, argv);
    if (!parsed.command) return parsed.exit_code;
    return std::visit([](const auto& command) { return gh::cli::run(command); }, *parsed.command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gatehouse: %s\n", error.what());
    return gh::cli::kUndecided;
  }
}
