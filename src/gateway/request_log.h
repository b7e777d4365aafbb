#pragma once
// The operator's request log: one JSON object per line and request. Workers only append to memory;
// a thread of its own writes, so that a slow disk or pipe never holds up a request. When 16 MiB
// wait to be written, lines are dropped, counted, and the gap is written as a line of its own.
// Never contains a key, a prompt or an Authorization value. Thread-safe.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/error.h"
#include "gateway/request_record.h"
#include "net/socket.h"
#include "policy/snapshot.h"

namespace gh::gateway {

// Appends the line for `record`, with its newline.
void write_log_line(std::string& out, const RequestRecord& record, MonoTime now);

class RequestLog {
 public:
  static Result<std::unique_ptr<RequestLog>> open(policy::RequestLog kind, const std::string& file);
  ~RequestLog();  // writes what waits

  void write(const RequestRecord& record, MonoTime now);
  // Opens the file anew, for log rotation; the old one is kept when that fails.
  Result<> reopen(policy::RequestLog kind, const std::string& file);
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  RequestLog();
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::string waiting_;                    // guarded by mutex_, as are the next three
  std::shared_ptr<const net::Fd> target_;  // null: no log is kept
  bool stopping_ = false;
  std::uint64_t gap_ = 0;  // lines dropped that the log does not tell of yet
  std::atomic<std::uint64_t> dropped_{0};
  std::thread writer_;
};

}  // namespace gh::gateway
