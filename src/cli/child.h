#pragma once
// A process that this one has started: its lines of standard output, and its end. Whatever happens
// here, it does not outlive this process.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/socket.h"

namespace gh::cli {

class Child {
 public:
  // Runs this very program with `arguments`; standard error is shared, or kept quiet.
  static Result<Child> start(const std::vector<std::string>& arguments, bool quiet);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  // ends it

  // The next line without its newline; nothing at the end of output or after `patience`.
  std::optional<std::string> read_line(std::chrono::milliseconds patience);
  // Everything up to the end of output.
  std::string read_all(std::chrono::milliseconds patience);
  void signal(int number) const;
  // The exit code; nothing when it has not ended after `patience` or was killed by a signal.
  std::optional<int> wait(std::chrono::milliseconds patience);

 private:
  Child(pid_t pid, Fd output) : pid_(pid), output_(std::move(output)) {}
  bool fill(std::chrono::steady_clock::time_point until);

  pid_t pid_;
  Fd output_;
  std::string buffered_;
};

}  // namespace gh::cli
