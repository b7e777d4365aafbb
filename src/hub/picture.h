#pragma once
// Pictures of the web: PNG, JPEG, GIF, WebP. Private to this folder; passive.h has all formats.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> pictures();

}  // namespace gh::hub
