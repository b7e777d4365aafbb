#pragma once
// The numbers of an adapter: what is wrong with them for certain, and statistics that may only ever
// be a reason to look. Reads all data once for the checks and, if asked to, once more for the
// statistics, one module in memory at a time.
//
// The five numbers of a module's update B·A are those of arXiv 2602.15195, which told poisoned
// adapters of three base models from clean ones by comparing with a bank of clean adapters of the
// same base. Against an attacker who knows them they show nothing. Scaling is not in them.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"
#include "tensors/tensor_table.h"

namespace gh::adapter {

inline constexpr std::size_t kNumbers = 5;
inline constexpr std::array<std::string_view, kNumbers> kNumberNames = {
    "spectral norm", "Frobenius norm", "energy of the first direction", "spectral entropy",
    "kurtosis"};

struct ModuleNumbers {
  std::string module;
  // σ₁ · √Σσ² · σ₁²/Σσ² · −Σ p ln p with p = σ²/Σσ² · kurtosis of the entries (normal: 3), from a
  // grid of at most 128 × 128 of them
  std::array<double, kNumbers> values = {};
};

struct WeightLimits {
  double norm_ratio = 10;  // a module's norm to the median
  double z = 6;            // robust z-score against the bank
  std::size_t bank = 8;    // modules of one kind that a comparison needs
};

// The checks: NaN and infinity, modules without effect, repeated tensors, a norm far above others.
void examine_weights(source::Source& source, const tensors::TensorTable& table,
                     const WeightLimits& limits, findings::Examination& examination);

// The statistics. Modules that are too large, or whose numbers cannot be read, are a finding.
std::vector<ModuleNumbers> measure_weights(source::Source& source,
                                           const tensors::TensorTable& table,
                                           findings::Examination& examination);

// How far each module lies from the bank's modules of the same kind (last part of the name):
// 0.6745 · (x − median) / MAD, by number. NaN where the bank is too small or does not vary.
struct ModuleScores {
  std::string module;
  std::array<double, kNumbers> z = {};
};
std::vector<ModuleScores> compare_with_bank(std::span<const ModuleNumbers> modules,
                                            std::span<const ModuleNumbers> bank,
                                            const WeightLimits& limits,
                                            findings::Examination& examination);

std::span<const findings::Rule* const> weight_rules();

}  // namespace gh::adapter
