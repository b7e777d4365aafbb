#pragma once
// Recordings that are frame after frame: FLAC, MP3.
// Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> framed_recordings();

}  // namespace gh::hub
