#pragma once
// What follows an archive in its file.

#include <cstdint>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

// Bytes from `at` that are not padding are a finding.
void check_rest(source::Source& source, std::uint64_t at, findings::Examination& examination);

}  // namespace gh::archive
