#pragma once
// Counts and bytes of a whole scan, in the forms that reports have them.

#include <string>

#include "findings/report.h"
#include "json/json.h"

namespace gh::findings {

// The members of the `summary` object.
void write_summary(json::Writer& out, const Tally& tally);

// "2 files: 1 clean, 1 findings, 0 inconclusive, 0 unsupported, 0 excluded; 200 bytes found, 80
// looked at"
std::string summary_line(const Tally& tally);

}  // namespace gh::findings
