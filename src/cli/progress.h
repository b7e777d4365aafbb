#pragma once
// How far a command has come, for a person who waits. One thread.

#include <chrono>
#include <string_view>

namespace gh::cli {

// One line on the terminal of standard error that is written over, once it has become clear that
// it takes a while (two seconds), and taken away again; nothing anywhere else, or when quiet.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  void show(std::string_view text);
  // Before anything else is said, and at the end.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_;
  bool shown_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;
};

}  // namespace gh::cli
