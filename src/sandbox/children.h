#pragma once
// Children at work, several at a time. Used by one thread, in a process without others.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "sandbox/confinement.h"

namespace gh::sandbox {

enum class End : std::uint8_t {
  answered,
  not_started,    // no process or pipe could be had
  crashed,        // by a signal, or it stopped in the middle of its answer, or nobody knows how
  killed,         // by somebody else: it cannot do that to itself
  refused,        // it made a system call that is not allowed
  out_of_time,    // of processor or of wall clock
  out_of_memory,  // an allocation failed
  too_long,       // more answer than the limit
};

struct Outcome {
  End end = End::not_started;
  int signal = 0;         // that ended it, of `crashed`
  bool confined = false;  // it looked at nothing without the system call filter
  std::string answer;     // of `answered`; untrusted bytes
};

struct Job {
  std::function<std::string()> work;  // runs in the child; what it returns is the answer
  std::vector<int> descriptors;       // that it may read; each above 2, and the caller's to close
  Limits limits;
  std::chrono::milliseconds wall{60'000};
};

class Children {
 public:
  // An answer of at most `answer_limit` bytes is taken.
  static Result<Children> make(std::size_t answer_limit);
  Children(Children&&) = default;
  Children& operator=(Children&&) = delete;
  ~Children();  // ends those that still run

  // `ended` is called from `wait`, once, and from here when nothing could be started.
  void start(const Job& job, std::function<void(Outcome)> ended);

  std::size_t running() const { return running_.size(); }

  // Returns after at least one has ended (at once when none runs), or after `longest`.
  void wait(std::chrono::milliseconds longest);

 private:
  using Clock = std::chrono::steady_clock;
  struct Child {
    int process;
    int pipe;
    Clock::time_point deadline;
    std::string answer;
    std::function<void(Outcome)> ended;
  };
  Children(Filter filter, std::size_t answer_limit)
      : filter_(std::move(filter)), answer_limit_(answer_limit) {}
  [[noreturn]] void run(const Job& job, int pipe, int parent) const;
  std::size_t poll_once(std::chrono::milliseconds longest);
  bool read_some(Child& child) const;
  void finish(Child& child, bool timed_out);

  Filter filter_;
  std::size_t answer_limit_;
  std::vector<Child> running_;
};

}  // namespace gh::sandbox
