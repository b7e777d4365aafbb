#pragma once
// What is wrong with the name of a member, whatever the container.

#include <string_view>

namespace gh::archive {

// Absolute, with a drive letter, or with a component `..`; `\` separates too.
bool leaves_folder(std::string_view name);

// Empty, or with control characters or `\`, on which readers disagree.
bool is_ambiguous(std::string_view name);

// Whether a name in UTF-8 may be what a plain one says in some older code, or by question marks: as
// deep, with the same ending, and with a letter that ASCII lacks. "" says nothing else.
bool is_same_name(std::string_view plain, std::string_view unicode);

// Compared as miniz compares: ASCII letters without regard to case. Negative, 0, positive.
int compare_folded(std::string_view a, std::string_view b);

}  // namespace gh::archive
