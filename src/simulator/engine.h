#pragma once
// What all requests of one simulator share: its profile, the prefix cache, the requests that run,
// and counters. One thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "json/json.h"
#include "simulator/api_error.h"
#include "simulator/prefix_cache.h"
#include "simulator/profile.h"

namespace gh::simulator {

struct Counters {
  std::uint64_t connections = 0;  // open now
  std::uint64_t received = 0;     // complete requests
  std::uint64_t invalid = 0;      // what was not HTTP
  std::uint64_t running = 0;      // requests being answered by the model now
  std::uint64_t sequences = 0;    // of them; what the queue cap counts
  std::uint64_t finished = 0;
  std::uint64_t aborted = 0;             // the client left first
  std::uint64_t rejected = 0;            // by the queue cap
  std::uint64_t finished_by_stop = 0;    // choices
  std::uint64_t finished_by_length = 0;  // choices
  std::uint64_t prompt_tokens = 0;
  std::uint64_t generation_tokens = 0;
};

class Engine {
 public:
  Engine(Profile profile, const Clock& clock);

  // A request that the model works on. Counted as aborted unless finished before it ends.
  class Running {
   public:
    Running(Engine& engine, std::uint64_t sequences);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    void finish() { finished_ = true; }

   private:
    Engine& engine_;
    std::uint64_t sequences_;
    bool finished_ = false;
  };
  // The queue cap's refusal, or a running request.
  Expected<std::unique_ptr<Running>> admit(std::uint64_t sequences);

  const Profile& profile() const { return profile_; }
  PrefixCache& cache() { return cache_; }
  const PrefixCache& cache() const { return cache_; }
  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }
  json::Parser& parser() { return parser_; }

  std::string next_id();  // 16 hexadecimal digits
  std::int64_t now_seconds() const { return clock_.wall().seconds(); }
  std::string_view http_date();  // valid until the next call

  // What /health answers, for tests of health checks.
  int health() const { return health_; }
  void set_health(int status) { health_ = status; }

 private:
  Profile profile_;
  const Clock& clock_;
  PrefixCache cache_;
  json::Parser parser_;
  Counters counters_;
  std::uint64_t last_id_;
  std::int64_t date_of_ = -1;
  std::string date_;
  int health_ = 200;
};

}  // namespace gh::simulator
