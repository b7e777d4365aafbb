#pragma once
// One event loop on one thread.
//
// A turn is: wait for events, run their callbacks, run posted tasks, flush the streams that were
// written to, delete what was deferred. So several writes of one turn leave as one, and an object
// may end itself inside its own callback. Everything here is for the loop's thread, except `post`
// and `stop`. A Loop must outlive all that was made with it, but for what it was given: tasks that
// never ran and deferred objects end with it. Making one has the process ignore SIGPIPE.

#include <ev.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/clock.h"

namespace gh::net {

using Task = std::move_only_function<void()>;

// Something whose destruction can wait for the end of the turn.
class Deferred {
 public:
  virtual ~Deferred() = default;
};

// Something that has bytes to send before the loop sleeps.
class Flushable {
 public:
  virtual void flush() = 0;

 protected:
  ~Flushable() = default;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Returns after stop().
  void run();
  // One turn, for the events that are there already.
  void run_once();
  // Any thread.
  void stop();
  // Any thread; runs on the loop's thread, in order of posting per thread.
  void post(Task task);

  // CLOCK_MONOTONIC as of the beginning of this turn.
  MonoTime now() const { return now_; }
  // Counts turns; tells whether the kernel has been asked for events since.
  std::uint64_t turn() const { return turn_; }
  // A place to read into, shared by all streams of the loop; overwritten by the next read.
  std::span<char> scratch() { return {scratch_.get(), kScratchSize}; }

  // Calls `flushable.flush()` once before the loop sleeps. Forget it before it dies.
  void flush_later(Flushable& flushable);
  void forget(Flushable& flushable);
  void delete_later(std::unique_ptr<Deferred> object);

  struct ev_loop* raw() { return loop_; }

  static constexpr std::size_t kScratchSize = 64 << 10;

 private:
  static void before_sleep(struct ev_loop*, ev_prepare* watcher, int);
  static void after_sleep(struct ev_loop*, ev_check* watcher, int);
  static void woken(struct ev_loop*, ev_async* watcher, int);
  void run_posted();
  void end_turn();

  struct ev_loop* loop_;
  ev_prepare prepare_;
  ev_check check_;
  ev_async async_;
  MonoTime now_;
  std::uint64_t turn_ = 0;
  std::unique_ptr<char[]> scratch_;
  std::vector<Flushable*> to_flush_;
  std::vector<Flushable*>* flushing_ = nullptr;  // the round that end_turn is in
  std::vector<std::unique_ptr<Deferred>> to_delete_;
  std::mutex posted_mutex_;
  std::vector<Task> posted_;  // guarded by posted_mutex_
};

// Calls a function once, in the first turn whose now() is not before a time; never from within
// arm(). A field of its owner, no allocation; the owner may end in the call. Moving the time later
// costs nothing: the pending wake-up finds that it came early and goes back to sleep.
class Timer {
 public:
  using Function = void (*)(void* self);

  Timer(Loop& loop, Function function, void* self);
  ~Timer() { disarm(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(MonoTime at);  // replaces an earlier time; MonoTime::never() disarms
  void disarm();
  bool armed() const { return due_ != MonoTime::never(); }

 private:
  static void fired(struct ev_loop*, ev_timer* watcher, int);
  void schedule(MonoTime at);

  Loop& loop_;
  Function function_;
  void* self_;
  MonoTime due_ = MonoTime::never();
  MonoTime scheduled_ = MonoTime::never();
  ev_timer timer_;
};

}  // namespace gh::net
