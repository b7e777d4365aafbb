#pragma once
// What is wrong with the name of a member, whatever the container.

#include <string_view>

namespace gh::archive {

// Absolute, with a drive letter, or with a component `..`; `\` separates too.
bool leaves_folder(std::string_view name);

// Empty, or with control characters or `\`, on which readers disagree.
bool is_ambiguous(std::string_view name);

// Compared as miniz compares: ASCII letters without regard to case. Negative, 0, positive.
int compare_folded(std::string_view a, std::string_view b);

}  // namespace gh::archive
