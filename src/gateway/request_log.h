#pragma once
// The operator's request log: one JSON object per line and request. Workers only append to memory;
// a thread of its own writes, so that a slow disk or pipe never holds up a request. When 16 MiB
// wait to be written, lines are dropped, counted, and the gap is written as a line of its own.
// Whoever has no key can refill a disk with refusals: of one address no more than so many are
// written, the rest is counted. Never contains a key, a prompt or an Authorization value.
// Thread-safe.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/line_writer.h"
#include "gateway/request_record.h"
#include "limits/table.h"
#include "policy/snapshot.h"

namespace gh::gateway {

// Appends the line for `record`, with its newline.
void write_log_line(std::string& out, const RequestRecord& record, MonoTime now);

class RequestLog {
 public:
  // Lines of requests without a valid key, for each address: so many at once and so many a second.
  static constexpr std::uint64_t kStrangersAtOnce = 10'000;
  static constexpr std::uint64_t kStrangersPerSecond = 100;

  static Result<std::unique_ptr<RequestLog>> open(policy::RequestLog kind, const std::string& file);
  // Writes what waits, for two seconds at most, and says what was left behind.
  ~RequestLog();

  void write(const RequestRecord& record, MonoTime now);
  // Opens the file anew, for log rotation; the old one is kept when that fails.
  Result<> reopen(policy::RequestLog kind, const std::string& file);
  std::uint64_t dropped() const { return lines_.dropped(); }
  // Lines of strangers that were one too many.
  std::uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }

 private:
  RequestLog();
  bool is_worth_a_line(const RequestRecord& record, MonoTime now);

  LineWriter lines_;
  limits::Table strangers_{1 << 14};
  std::atomic<std::uint64_t> skipped_{0};
};

}  // namespace gh::gateway
