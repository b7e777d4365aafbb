#pragma once
// Recordings in chunks and pages: WAV, Ogg.
// Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> recordings();

}  // namespace gh::hub
