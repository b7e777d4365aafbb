#pragma once
// Findings that the operator accepted: of one rule, in one file by digest, with a reason and until
// a day. Nothing is accepted by name, path or popularity.

#include <chrono>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "findings/catalogue.h"
#include "findings/report.h"
#include "yaml/yaml.h"

namespace gh::findings {

class Suppressions {
 public:
  Suppressions() = default;

  // The text of a suppression file (docs/scan.md). Every mistake is in the error.
  static std::expected<Suppressions, std::vector<yaml::Problem>> parse(std::string_view text,
                                                                       const Catalogue& catalogue,
                                                                       WallTime now);

  bool empty() const { return entries_.empty(); }
  // Moves what is accepted from `findings` to `suppressed`, and judges again. Where something was
  // not understood the verdict stays, and the file is `allowed`.
  void apply(FileReport& file, Severity fail_on);
  // What to say at the end: entries that have expired, and those that matched nothing.
  std::vector<Finding> remarks() const;

 private:
  struct Entry {
    std::string id;
    std::string sha256;
    std::string reason;
    std::string expires;  // as written
    std::size_t line = 0;
    bool expired = false;
    bool used = false;
  };
  class Parser;
  std::vector<Entry> entries_;
};

std::span<const Rule* const> suppression_rules();

}  // namespace gh::findings
