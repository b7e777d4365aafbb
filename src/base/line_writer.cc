#include "base/line_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/fd.h"

namespace gh {
namespace {

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// write_some, that waits for a descriptor too that somebody who shares it has made non-blocking.
std::size_t write_waiting(int fd, std::string_view text) {
  std::size_t written = write_some(fd, text);
  while (written < text.size() && errno == EAGAIN) {
    pollfd room = {.fd = fd, .events = POLLOUT, .revents = 0};
    poll(&room, 1, -1);
    written += write_some(fd, text.substr(written));
  }
  return written;
}

// Whether what follows in `next` follows what is in `last`: a reload opens the same file again.
bool same_file(const Fd& last, const Fd& next) {
  struct stat one{};
  struct stat other{};
  return fstat(last.get(), &one) == 0 && fstat(next.get(), &other) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// A log that fails goes on failing: the operator hears of it now and then.
class Complaints {
 public:
  bool due(int error, MonoTime now) {
    if (error == last_ && now - said_ < kSilence) return false;
    last_ = error;
    said_ = now;
    return true;
  }

 private:
  static constexpr Duration kSilence = std::chrono::seconds(10);
  int last_ = 0;
  MonoTime said_;
};

}  // namespace

struct LineWriter::State {
  explicit State(const Options& its_options) : options(its_options) {}
  void wait(std::unique_lock<std::mutex>& lock);

  const Options options;
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable done;
  std::string waiting;               // guarded by mutex, as are the next ones
  std::shared_ptr<const Fd> target;  // null: lines are not kept
  std::uint64_t gap = 0;             // lines dropped since `waiting` was full, and so behind it
  bool stopping = false;
  bool ended = false;      // by the thread
  bool abandoned = false;  // the thread is stuck, and nobody waits for it
  std::string batch;       // what is being written; changes under the mutex only
  std::atomic<std::uint64_t> dropped{0};
};

void LineWriter::State::wait(std::unique_lock<std::mutex>& lock) {
  if (options.every == Duration::zero()) {
    wake.wait(lock, [this] { return stopping || !waiting.empty(); });
  } else {
    wake.wait_for(lock, options.every, [this] { return stopping; });
  }
}

LineWriter::LineWriter(const Options& options)
    : state_(std::make_shared<State>(options)), thread_(run, state_) {}

LineWriter::~LineWriter() {
  finish();
}

std::uint64_t LineWriter::finish() {
  if (!thread_.joinable()) return 0;
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.stopping = true;
  state.wake.notify_one();
  if (state.done.wait_for(lock, state.options.patience, [&] { return state.ended; })) {
    lock.unlock();
    thread_.join();
    return 0;
  }
  // A write that does not return cannot be taken back: the thread goes with the process.
  state.abandoned = true;
  thread_.detach();
  const std::uint64_t left = lines_in(state.batch) + lines_in(state.waiting);
  state.dropped.fetch_add(left, std::memory_order_relaxed);
  return left;
}

void LineWriter::write_to(int fd) {
  auto target = fd < 0 ? nullptr : std::make_shared<const Fd>(fd);
  const std::lock_guard lock(state_->mutex);
  state_->target.swap(target);
}

void LineWriter::write(std::string_view line) {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    if (state.target == nullptr) return;
    if (state.waiting.size() >= state.options.most_waiting) {
      ++state.gap;
      state.dropped.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    state.waiting += line;
  }
  if (state.options.every == Duration::zero()) state.wake.notify_one();
}

std::uint64_t LineWriter::dropped() const {
  return state_->dropped.load(std::memory_order_relaxed);
}

void LineWriter::run(const std::shared_ptr<State>& state) {
  State& self = *state;
  std::string text;
  Complaints complaints;
  std::shared_ptr<const Fd> torn;  // ends in the middle of a line
  std::uint64_t missing = 0;       // lines before the next batch that no line tells of yet
  std::unique_lock lock(self.mutex);
  while (true) {
    self.wait(lock);
    const bool last = self.stopping;
    self.batch.clear();
    self.batch.swap(self.waiting);
    std::uint64_t behind = std::exchange(self.gap, 0);
    const std::shared_ptr<const Fd> target = self.target;
    // At the end no line comes that a gap could stand before.
    if ((!self.batch.empty() || (last && missing + behind > 0)) && target != nullptr) {
      lock.unlock();
      text = torn != nullptr && same_file(*torn, *target) ? "\n" : "";
      if (missing > 0) text += self.options.gap_line(missing);
      const std::size_t begin = text.size();
      text += self.batch;
      const std::size_t end = text.size();
      if (last && behind > 0) text += self.options.gap_line(behind);
      const std::size_t written = write_waiting(target->get(), text);
      const int error = errno;
      lock.lock();
      if (self.abandoned) return;
      if (written > 0) torn = text[written - 1] == '\n' ? nullptr : target;
      if (written >= begin) missing = 0;
      if (written == text.size()) {
        if (last) behind = 0;
      } else {
        const std::size_t kept = std::clamp(written, begin, end);
        const std::uint64_t lost = lines_in(std::string_view(text).substr(kept, end - kept));
        self.dropped.fetch_add(lost, std::memory_order_relaxed);
        missing += lost;
        lock.unlock();
        if (self.options.on_failure != nullptr && complaints.due(error, system_clock().mono())) {
          self.options.on_failure(error);
        }
        lock.lock();
      }
    }
    missing += behind;
    if (last && self.waiting.empty()) break;
  }
  self.ended = true;
  self.done.notify_one();
}

}  // namespace gh
