#pragma once
// What tools leave beside a model: TensorBoard's events, the Finder's settings of a folder.
// Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> records();

}  // namespace gh::hub
