#pragma once
// `scan`: walks, has every file examined by a child, several at a time, and reports in the order of
// the walk. Used by one thread, in a process without others.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/examine.h"
#include "artifacts/job.h"
#include "base/error.h"
#include "base/file_state.h"
#include "findings/report_writer.h"
#include "findings/suppression.h"

namespace gh::artifacts {

struct ScanOptions {
  std::vector<std::string> paths;
  std::vector<std::string> exclude;            // shell patterns: not examined, and shown
  std::vector<std::string> allow_unsupported;  // shell patterns: pass although not understood
  findings::Severity fail_on = findings::Severity::medium;
  std::size_t jobs = 1;
  // A file that the report will be written to. One that was made for it is not seen, though it lie
  // in what is scanned; one that was there ends the scan when it comes to it.
  std::optional<FileState> report;
  bool report_is_new = false;
  bool digest = false;  // of every file, not only where it is needed
  std::string base;     // a folder or config.json that adapters must fit; "" for none
  std::string bank;     // a folder of adapters to compare numbers with; "" for none
  adapter::Limits adapter;
  Options options;
  FileLimits limits;
};

struct Progress {
  std::uint64_t files = 0;  // examined
  std::uint64_t bytes = 0;  // of them
};

// Files go to `writer` as they are decided, then its `end`. `suppressions` notes what was used.
// `progress` is called several times a second; false ends the scan, and that is an error.
Result<findings::Tally> scan(const ScanOptions& options, const findings::Catalogue& catalogue,
                             findings::Suppressions& suppressions, findings::ReportWriter& writer,
                             const std::function<bool(const Progress&)>& progress);

}  // namespace gh::artifacts
