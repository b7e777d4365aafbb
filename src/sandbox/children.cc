#include "sandbox/children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include "base/fd.h"

namespace gh::sandbox {

namespace {

// The first byte that a child writes, before it sees any of the file.
constexpr char kConfined = '+';
constexpr char kUnconfined = '-';

constexpr int kNoMemory = 3;  // exit codes of a child
constexpr int kThrew = 4;

End end_of(int status, bool timed_out) {
  if (timed_out) return End::out_of_time;
  if (WIFEXITED(status)) {
    if (WEXITSTATUS(status) == 0) return End::answered;
    return WEXITSTATUS(status) == kNoMemory ? End::out_of_memory : End::crashed;
  }
  switch (WTERMSIG(status)) {
    case SIGSYS:
      return End::refused;
    case SIGXCPU:
      return End::out_of_time;
    case SIGKILL:
      return End::killed;
    default:
      return End::crashed;
  }
}

// Ends a process that was started here, and says how it ended. Nothing where the system kept that
// to itself, as it does for a parent that ignores SIGCHLD: its number may be another's by now, so
// that no signal is sent to it.
std::optional<int> end_process(int process) {
  int status = 0;
  int ended = ::waitpid(process, &status, WNOHANG);
  if (ended == 0) {
    ::kill(process, SIGKILL);  // nothing to one that is on its way out
    do {
      ended = ::waitpid(process, &status, 0);
    } while (ended < 0 && errno == EINTR);
  }
  return ended == process ? std::optional(status) : std::nullopt;
}

}  // namespace

Result<Children> Children::make(std::size_t answer_limit) {
  auto filter = Filter::build();
  if (!filter) return std::unexpected(filter.error());
  return Children(std::move(*filter), answer_limit);
}

Children::~Children() {
  for (const Child& child : running_) {
    end_process(child.process);
    ::close(child.pipe);
  }
}

void Children::run(const Job& job, int pipe, int parent) const {
  if (pipe != kAnswer) ::dup2(pipe, kAnswer);
  const int error = confine(filter_, job.limits, job.descriptors, parent);
  // A kernel without filters is told of; for any other reason nobody goes without one.
  if (error == ENOMEM) ::_exit(kNoMemory);
  if (error != 0 && error != EINVAL && error != ENOSYS) ::_exit(kThrew);
  const char first = error == 0 ? kConfined : kUnconfined;
  if (!write_all(kAnswer, {&first, 1})) ::_exit(kThrew);
  try {
    ::_exit(write_all(kAnswer, job.work()) ? 0 : kThrew);
  } catch (const std::bad_alloc&) {
    ::_exit(kNoMemory);
  } catch (...) {
    ::_exit(kThrew);
  }
}

void Children::start(const Job& job, std::function<void(Outcome)> ended) {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return ended({});
  const int parent = ::getpid();
  const int process = ::fork();
  if (process == 0) run(job, ends[1], parent);
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    return ended({});
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  running_.push_back({.process = process,
                      .pipe = ends[0],
                      .deadline = Clock::now() + job.wall,
                      .answer = {},
                      .ended = std::move(ended)});
}

// True when there is nothing more to come.
bool Children::read_some(Child& child) const {
  std::array<char, 1 << 16> chunk{};
  while (child.answer.size() <= answer_limit_ + 1) {
    const ssize_t got = ::read(child.pipe, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) return true;
    child.answer.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return true;  // too long: whatever else it says is not read
}

void Children::finish(Child& child, bool timed_out) {
  const std::optional<int> status = end_process(child.process);
  ::close(child.pipe);
  Outcome outcome;
  outcome.end = status ? end_of(*status, timed_out) : End::crashed;
  if (status && WIFSIGNALED(*status)) outcome.signal = WTERMSIG(*status);
  outcome.confined = !child.answer.starts_with(kUnconfined);
  if (child.answer.size() > answer_limit_ + 1) {
    outcome.end = End::too_long;
  } else if (outcome.end == End::answered) {
    if (child.answer.empty()) outcome.end = End::crashed;
    outcome.answer = child.answer.substr(std::min<std::size_t>(1, child.answer.size()));
  }
  child.ended(std::move(outcome));
}

std::size_t Children::poll_once(std::chrono::milliseconds longest) {
  std::vector<pollfd> pipes;
  Clock::time_point until = Clock::now() + longest;
  for (const Child& child : running_) {
    pipes.push_back({.fd = child.pipe, .events = POLLIN, .revents = 0});
    until = std::min(until, child.deadline);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(pipes.data(), pipes.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30)));
  // Out of the list first: `ended` may start another.
  std::vector<std::pair<Child, bool>> done;
  for (std::size_t i = pipes.size(); i-- > 0;) {
    Child& child = running_[i];
    const bool at_end = pipes[i].revents != 0 && read_some(child);
    const bool late = !at_end && Clock::now() >= child.deadline;
    if (!at_end && !late) continue;
    done.emplace_back(std::move(child), late);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (auto& [child, late] : done) finish(child, late);
  return done.size();
}

void Children::wait(std::chrono::milliseconds longest) {
  const Clock::time_point until = Clock::now() + longest;
  while (!running_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (poll_once(std::max(left, std::chrono::milliseconds(0))) > 0 || left.count() <= 0) return;
  }
}

}  // namespace gh::sandbox
