#include "net/loop.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/check.h"

namespace gh::net {

Loop::Loop()
    : loop_(ev_loop_new(unsigned{EVBACKEND_EPOLL} | unsigned{EVFLAG_NOENV})),
      now_(system_clock().mono()),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchSize)) {
  GH_CHECK(loop_ != nullptr);
  // A write to a peer that has gone is an error like others. OpenSSL has no MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  ev_prepare_init(&prepare_, before_sleep);
  ev_check_init(&check_, after_sleep);
  ev_async_init(&async_, woken);
  prepare_.data = check_.data = async_.data = this;
  ev_set_priority(&check_, EV_MAXPRI);  // the time is set before anything else runs
  ev_prepare_start(loop_, &prepare_);
  ev_check_start(loop_, &check_);
  ev_async_start(loop_, &async_);
}

Loop::~Loop() {
  // Tasks and deferred objects may own more of the same; go on until nothing is left.
  while (true) {
    std::vector<Task> tasks;
    {
      std::lock_guard lock(posted_mutex_);
      tasks.swap(posted_);
    }
    if (tasks.empty() && to_delete_.empty()) break;
    tasks.clear();
    std::exchange(to_delete_, {}).clear();
  }
  ev_async_stop(loop_, &async_);
  ev_check_stop(loop_, &check_);
  ev_prepare_stop(loop_, &prepare_);
  ev_loop_destroy(loop_);
}

void Loop::run() {
  now_ = system_clock().mono();
  ev_run(loop_, 0);
  end_turn();
}

void Loop::run_once() {
  ev_run(loop_, EVRUN_NOWAIT);
  end_turn();
}

void Loop::stop() {
  post([this] { ev_break(loop_, EVBREAK_ALL); });
}

void Loop::post(Task task) {
  bool first = false;
  {
    std::lock_guard lock(posted_mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (first) ev_async_send(loop_, &async_);
}

void Loop::woken(struct ev_loop*, ev_async* watcher, int) {
  static_cast<Loop*>(watcher->data)->run_posted();
}

void Loop::run_posted() {
  std::vector<Task> tasks;
  {
    std::lock_guard lock(posted_mutex_);
    tasks.swap(posted_);
  }
  for (Task& task : tasks) task();
}

void Loop::before_sleep(struct ev_loop*, ev_prepare* watcher, int) {
  static_cast<Loop*>(watcher->data)->end_turn();
}

void Loop::after_sleep(struct ev_loop*, ev_check* watcher, int) {
  auto& loop = *static_cast<Loop*>(watcher->data);
  loop.now_ = system_clock().mono();
  ++loop.turn_;
}

void Loop::end_turn() {
  // A flush may fail and close its stream, whose owner may write to another one, and so may a
  // destructor: go on until there is nothing left to send or to delete.
  while (!to_flush_.empty() || !to_delete_.empty()) {
    std::vector<Flushable*> round;
    round.swap(to_flush_);
    flushing_ = &round;
    for (std::size_t i = 0; i < round.size(); ++i) {
      if (round[i] != nullptr) round[i]->flush();
    }
    flushing_ = nullptr;
    if (to_flush_.empty()) {
      round.clear();
      to_flush_.swap(round);  // keeps the capacity
      std::exchange(to_delete_, {}).clear();
    }
  }
}

void Loop::flush_later(Flushable& flushable) {
  to_flush_.push_back(&flushable);
}

void Loop::forget(Flushable& flushable) {
  std::replace(to_flush_.begin(), to_flush_.end(), &flushable, static_cast<Flushable*>(nullptr));
  if (flushing_ != nullptr) {
    std::replace(flushing_->begin(), flushing_->end(), &flushable,
                 static_cast<Flushable*>(nullptr));
  }
}

void Loop::delete_later(std::unique_ptr<Deferred> object) {
  if (object != nullptr) to_delete_.push_back(std::move(object));
}

Timer::Timer(Loop& loop, Function function, void* self)
    : loop_(loop), function_(function), self_(self) {
  ev_timer_init(&timer_, fired, 0., 0.);
  timer_.data = this;
}

void Timer::arm(MonoTime at) {
  if (at == MonoTime::never()) {
    disarm();
    return;
  }
  due_ = at;
  if (at < scheduled_) schedule(at);
}

void Timer::disarm() {
  due_ = scheduled_ = MonoTime::never();
  ev_timer_stop(loop_.raw(), &timer_);
}

void Timer::schedule(MonoTime at) {
  scheduled_ = at;
  // libev counts from its own idea of now, which is as old as the turn.
  const double delay = std::chrono::duration<double>(at - loop_.now()).count();
  ev_timer_stop(loop_.raw(), &timer_);
  ev_timer_set(&timer_, std::max(delay, 0.), 0.);
  ev_timer_start(loop_.raw(), &timer_);
}

void Timer::fired(struct ev_loop*, ev_timer* watcher, int) {
  auto& timer = *static_cast<Timer*>(watcher->data);
  timer.scheduled_ = MonoTime::never();
  // The time was moved later, or libev's clock is a little ahead of ours.
  if (timer.due_ > timer.loop_.now()) {
    timer.schedule(timer.due_);
    return;
  }
  timer.due_ = MonoTime::never();
  timer.function_(timer.self_);
}

}  // namespace gh::net
