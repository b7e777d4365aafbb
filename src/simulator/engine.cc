#include "simulator/engine.h"

#include <fmt/format.h>

#include <utility>

#include "simulator/text.h"

namespace gh::simulator {
namespace {

// Python's reader takes about 900 levels; the limits are only there to bound memory.
constexpr json::Limits kJsonLimits{.depth = 1000, .values = 8'000'000};

}  // namespace

Engine::Engine(Profile profile, const Clock& clock)
    : profile_(std::move(profile)),
      clock_(clock),
      cache_(profile_.options.block_size, profile_.options.cache_blocks),
      parser_(kJsonLimits),
      last_id_(static_cast<std::uint64_t>(clock.wall().ns)) {}

Engine::Running::Running(Engine& engine, std::uint64_t sequences)
    : engine_(engine), sequences_(sequences) {
  ++engine_.counters_.running;
  engine_.counters_.sequences += sequences_;
}

Engine::Running::~Running() {
  --engine_.counters_.running;
  engine_.counters_.sequences -= sequences_;
  ++(finished_ ? engine_.counters_.finished : engine_.counters_.aborted);
}

Expected<std::unique_ptr<Engine::Running>> Engine::admit(std::uint64_t sequences) {
  const std::uint64_t cap = profile_.options.max_queued;
  if (cap > 0 && counters_.sequences + sequences > cap) {
    ++counters_.rejected;
    ApiError error;
    error.status = 503;
    error.type = "Service Unavailable";
    error.message =
        "The engine is currently busy and cannot accept new requests. Please try again later or on "
        "a different instance.";
    return std::unexpected(std::move(error));
  }
  return std::make_unique<Running>(*this, sequences);
}

std::string Engine::next_id() {
  return fmt::format("{:016x}", mix(++last_id_));
}

std::string_view Engine::http_date() {
  const WallTime now = clock_.wall();
  if (now.seconds() != date_of_) {
    date_of_ = now.seconds();
    date_ = gh::http_date(now);
  }
  return date_;
}

}  // namespace gh::simulator
