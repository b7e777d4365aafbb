#pragma once
// Quantities as people write them in the policy file and on the command line. Strict: one form,
// no surrounding space, overflow is an error. Errors say what forms are accepted.

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "policy/snapshot.h"

namespace gh::policy {

Result<std::uint64_t> parse_count(std::string_view text);  // 20, 100k, 5M, 1G (decimal)
Result<std::uint64_t> parse_bytes(std::string_view text);  // 512, 8KiB, 1MiB, 2GiB, 64kB, 1MB
Result<Duration> parse_duration(std::string_view text);    // 500ms, 30s, 5m, 12h, 90d
struct CountPer {
  std::uint64_t count = 0;
  Duration period{};
};
Result<CountPer> parse_rate(std::string_view text);  // 20/min, 100k/min, 3/s, 500/h, 5M/day

// The burst of a request rate that names none: a tenth of a minute's worth, at least 1.
std::uint64_t usual_burst(const CountPer& rate);

}  // namespace gh::policy
