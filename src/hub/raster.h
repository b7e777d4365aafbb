#pragma once
// Pictures as operating systems and scanners keep them: BMP, TIFF, ICO.
// Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> raster_pictures();

}  // namespace gh::hub
