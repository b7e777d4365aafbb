#pragma once
// The tables that git keeps: its index, and those beside packs. Form only, to the last byte
// (gitformat-index(5), gitformat-pack(5), gitformat-commit-graph(5)). Pure functions.

#include <string_view>

#include "source/source.h"

namespace gh::artifacts {

// "index of git", by the first bytes and the whole form; "" for none. Sums are not checked.
std::string_view git_table(source::Source& source);

}  // namespace gh::artifacts
