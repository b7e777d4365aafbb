#include "cli/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gh::cli {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Result<Child> Child::start(const std::vector<std::string>& arguments, bool quiet) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("pipe: {}", errno_text(errno));
  Fd output(ends[0]);
  const Fd input(ends[1]);
  // Everything that allocates is done before fork().
  std::vector<std::string> words = {"gatehouse"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return fail("fork: {}", errno_text(errno));
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(input.get(), STDOUT_FILENO);
    if (quiet) {
      const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
      dup2(null, STDERR_FILENO);
    }
    // What is ignored is handed on, and the program decides for itself.
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGXFSZ, SIG_DFL);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  return Child(pid, std::move(output));
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::move(other.output_)),
      buffered_(std::move(other.buffered_)) {}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Child::fill(steady_clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
  pollfd query = {.fd = output_.get(), .events = POLLIN, .revents = 0};
  if (poll(&query, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return false;
  char chunk[4096];
  const ssize_t got = read(output_.get(), chunk, sizeof chunk);
  if (got <= 0) return false;
  buffered_.append(chunk, static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> Child::read_line(milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (true) {
    const auto end = buffered_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffered_.substr(0, end);
      buffered_.erase(0, end + 1);
      return line;
    }
    if (!fill(until)) return std::nullopt;
  }
}

std::string Child::read_all(milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (fill(until)) {
  }
  return std::exchange(buffered_, {});
}

void Child::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

std::optional<int> Child::wait(milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (pid_ > 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      if (WIFEXITED(status)) return WEXITSTATUS(status);
      return std::nullopt;
    }
    if (steady_clock::now() >= until) return std::nullopt;
    usleep(2000);
  }
  return std::nullopt;
}

}  // namespace gh::cli
