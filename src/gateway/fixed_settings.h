#pragma once
// What a running gateway cannot take from a new policy: its sockets, its state and its threads.
// Pure; any thread.

#include <string>
#include <vector>

#include "policy/load.h"

namespace gh::gateway {

// One line for each of these settings that `next`, which must have its snapshot and effective
// values, has otherwise: "gatehouse.yaml:9:14: `workers` changes only with a restart; it is 2 now".
// Empty: it can be put in force.
std::vector<std::string> fixed_settings_changed(const policy::Snapshot& in_force,
                                                const policy::Loaded& next);

}  // namespace gh::gateway
