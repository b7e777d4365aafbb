#pragma once
// Counters of one worker. The worker records, the admin side reads; a mutex that is almost never
// contended is taken once per request. Labels are bounded: tenants and models come from the
// policy, reasons from our own tables; never a key, an address or a client's text.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/request_record.h"
#include "http/glitch.h"

namespace gh::gateway {

// Fixed buckets, in seconds; `counts` has one more for +Inf.
struct Histogram {
  static constexpr std::array<double, 14> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                     1,     2.5,  5,     10,   30,  60,   300};
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double sum = 0;
  void observe(Duration value);
  void add(const Histogram& other);
};

struct RequestKey {
  std::string tenant;  // "" before authentication
  std::string model;
  std::string route;
  int status = 0;
  std::string reason;  // the refusal's code, or ""
  auto operator<=>(const RequestKey&) const = default;
};

struct TrafficKey {
  std::string tenant;
  std::string model;
  auto operator<=>(const TrafficKey&) const = default;
};

struct Traffic {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t cached_tokens = 0;
  std::uint64_t charged_in_full = 0;
  std::uint64_t dropped_fields = 0;
  Histogram duration;
  Histogram first_byte;
};

// What can be added up over workers.
struct MetricsData {
  std::map<RequestKey, std::uint64_t> requests;
  std::map<TrafficKey, Traffic> traffic;
  std::map<std::string, std::uint64_t> endings;
  std::map<std::string, std::uint64_t> auth_failures;
  std::array<std::uint64_t, static_cast<std::size_t>(http::Glitch::count_)> glitches{};
  std::map<std::string, std::uint64_t> refused_connections;  // by reason
  std::uint64_t ignored_fields = 0;
  std::uint64_t foreign_answers = 0;
  void add(const MetricsData& other);
};

class Metrics {
 public:
  void record(const RequestRecord& record, MonoTime now);
  void glitch(http::Glitch glitch);
  void refused_connection(std::string_view reason);
  void foreign_answer();
  MetricsData read() const;

  // Gauges, written by the worker alone.
  std::atomic<std::int64_t> exchanges{0};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> body_bytes{0};

 private:
  mutable std::mutex mutex_;
  MetricsData data_;
};

}  // namespace gh::gateway
