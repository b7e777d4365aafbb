#pragma once
// The configuration of a Keras model, wherever it is kept: JSON that names the classes and
// functions that the loader makes and calls. Rules KER-001 to KER-005, KER-020 to KER-022.

#include <cstdint>
#include <string_view>

#include "findings/examination.h"
#include "json/json.h"

namespace gh::artifacts {

inline constexpr std::uint64_t kMaxKerasConfig = std::uint64_t{64} << 20;  // bytes
inline constexpr json::Limits kKerasLimits = {.depth = 500, .values = 5'000'000};

// A document that cannot be read is KER-005. `held`: bytes of weights beside it.
void examine_keras_config(std::string_view text, std::uint64_t held,
                          findings::Examination& examination);
void judge_keras_config(json::Value root, findings::Examination& examination);
// Whether the layers fit the weights.
void judge_keras_weights(json::Value root, std::uint64_t held, findings::Examination& examination);

}  // namespace gh::artifacts
