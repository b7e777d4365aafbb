#pragma once
// The policy tree held against the table of settings, setting by setting: unknown and not yet
// supported keys, wrong kinds, values that do not read, what is required and absent. Everything
// that needs two settings at once is in rules.h.

#include <span>

#include "policy/report.h"
#include "policy/settings.h"
#include "yaml/yaml.h"

namespace gh::policy {

// `known` may be there at the top, and no other.
void check_shape(Report& report, const yaml::Node& root,
                 std::span<const Setting> known = settings());

}  // namespace gh::policy
