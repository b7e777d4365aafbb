#pragma once
// What is reported of one file and of the whole, whatever it is then written as. Plain values; all
// strings are printable (`gh::escape`, `printable`).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/finding.h"

namespace gh::findings {

// A finding that the operator accepted (suppression.h).
struct Suppressed {
  Finding finding;
  std::string reason;
  std::string expires;  // a day, as written: "2027-01-31"
};

// Numbers that are shown and not judged, one row for each part of the file.
struct Measured {
  std::string part;
  std::vector<std::pair<std::string_view, double>> numbers;  // by name, a constant; NaN: none
};

struct FileReport {
  std::string file;  // relative to the path that was asked for
  Verdict verdict = Verdict::inconclusive;
  bool allowed = false;          // not understood, and the operator said that it passes
  std::uint64_t bytes = 0;       // that it has
  std::uint64_t bytes_read = 0;  // that were looked at
  std::string sha256;            // hex; "" when it was not needed
  std::string kind;              // "PyTorch zip checkpoint"; "" when none was recognised
  std::vector<Finding> findings;
  std::vector<Suppressed> suppressed;
  std::vector<Measured> measured;
};

// The verdict that findings give. Those below `fail_on` are notes.
Verdict judge(const std::vector<Finding>& findings, Severity fail_on);

// Sums, and the exit code that follows from them (docs/commands.md).
class Tally {
 public:
  explicit Tally(Severity fail_on) : fail_on_(fail_on) {}

  void add(const FileReport& file);
  // A finding that belongs to no file.
  void add(Finding finding);

  std::uint64_t files(Verdict verdict) const { return files_[static_cast<std::size_t>(verdict)]; }
  std::uint64_t files() const;
  std::uint64_t findings(Severity severity) const {
    return findings_[static_cast<std::size_t>(severity)];
  }
  std::uint64_t findings() const;
  std::uint64_t allowed() const { return allowed_; }  // not understood, and passed all the same
  std::uint64_t suppressed() const { return suppressed_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  const std::vector<Finding>& general() const { return general_; }
  Severity fail_on() const { return fail_on_; }

  // 1 findings, 2 something could not be decided, 3 nothing was examined, 0 all clean; in that
  // order.
  int exit_code() const;

 private:
  void count(const std::vector<Finding>& findings);

  Severity fail_on_;
  std::array<std::uint64_t, 5> files_ = {};     // by Verdict
  std::array<std::uint64_t, 5> findings_ = {};  // by Severity
  std::uint64_t allowed_ = 0;
  std::uint64_t suppressed_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::vector<Finding> general_;
};

// Text that should be printable already, from whoever should have made it so: what is not is
// escaped now, and it is cut at `limit`. Backslashes stay, so escaping twice does no harm.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace gh::findings
