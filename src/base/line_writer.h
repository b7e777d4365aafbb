#pragma once
// Lines on their way to a file, a pipe or a terminal that may be slow, full or stuck. Who has a
// line only appends it to memory; a thread of its own writes. When too much waits, lines are
// dropped and counted; before the next line that fits, one of its own says how many. Thread-safe.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"

namespace gh {

class LineWriter {
 public:
  struct Options {
    std::size_t most_waiting = 16 << 20;  // bytes
    // How often lines are written. Zero: at once, for a system call by whoever has the line.
    Duration every{};
    // How long the end waits for the last of them.
    Duration patience = std::chrono::seconds(2);
    // The line, with its newline, that says how many are missing before it.
    std::string (*gap_line)(std::uint64_t lines);
    // Told by the thread: errno of a write that failed. The same one again after 10 s at the
    // earliest.
    void (*on_failure)(int error_number) = nullptr;
  };

  explicit LineWriter(const Options& options);
  // Writes what waits, within `patience`; what is stuck then is left behind and counts as dropped.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Takes the descriptor for its own, in place of the one before; -1: lines are not kept.
  void write_to(int fd);
  // `line` ends with a newline.
  void write(std::string_view line);
  std::uint64_t dropped() const;
  // Ends it now; how many lines were left behind, of which some may have been written.
  std::uint64_t finish();

 private:
  struct State;  // outlives this when the thread is stuck
  static void run(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace gh
