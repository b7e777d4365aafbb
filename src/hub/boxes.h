#pragma once
// Boxes within boxes (ISO 14496-12): AVIF and HEIF, and MP4 with what is built like it.
// Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> box_pictures();
std::span<const Passive> box_recordings();

}  // namespace gh::hub
