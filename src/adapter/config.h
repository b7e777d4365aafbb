#pragma once
// adapter_config.json.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.h"
#include "adapter/by_name.h"
#include "adapter/targets.h"
#include "findings/examination.h"

namespace gh::adapter {

// What vLLM's --max-lora-rank may be, and is when nothing is said.
inline constexpr auto kMaxLoraRanks =
    std::to_array<std::uint64_t>({1, 8, 16, 32, 64, 128, 256, 320, 512});
inline constexpr std::uint64_t kDefaultRank = 16;

struct Config {
  std::uint64_t rank = 0;
  double alpha = 0;
  bool rank_stabilised = false;  // use_rslora: scaling is alpha / sqrt(r)
  bool fan_in_fan_out = false;   // what PEFT sets for Conv1D, and takes back for Linear
  ByName<std::uint64_t> rank_pattern;
  ByName<double> alpha_pattern;
  std::vector<std::string> heads;  // of modules_to_save, when it names nothing else
  Targets targets;

  std::uint64_t steps = 200'000'000;  // of matching keys of the patterns, for all modules

  struct Applied {
    std::uint64_t rank = 0;
    double scaling = 0;
  };
  // What vLLM uses for a module, by the name that it goes by (`served_name`). Nothing when that
  // cannot be told. Takes from `steps`.
  std::optional<Applied> applied_to(std::string_view module);
  double scaling(std::uint64_t of_rank, double of_alpha) const;
};

// The findings of the text alone, and what later checks need; nothing when it cannot be used.
std::optional<Config> read_config(std::string_view text, const Limits& limits,
                                  findings::Examination& examination);

}  // namespace gh::adapter
