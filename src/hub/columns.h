#pragma once
// Tables of data: Parquet and Arrow. What runs nothing, but for a type that Python's reader of
// Arrow unpickled before 14.0.1 (CVE-2023-47248). Private to this folder.

#include <span>

#include "hub/parts.h"

namespace gh::hub {

std::span<const Passive> columns();

}  // namespace gh::hub
