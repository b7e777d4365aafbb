#pragma once
// Names of files inside a manifest: relative, with slashes, one spelling each. What is refused here
// is neither signed nor verified.

#include <string>
#include <string_view>

namespace gh::signing {

// The name of a model that is one file.
inline constexpr std::string_view kWhole = ".";

// "" for a good name, else why it is none: empty, longer than 4096 bytes, a part that is empty,
// `.`,
// `..` or longer than 255 bytes, a leading or ending slash, a backslash, a control character, not
// UTF-8, deeper than 64 folders.
std::string_view problem_of(std::string_view name);

// What two names have in common that a file system without case takes for one (ASCII letters only).
std::string folded(std::string_view name);

}  // namespace gh::signing
