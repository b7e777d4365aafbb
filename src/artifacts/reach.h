#pragma once
// Whether a file is among what a scan reads, told before it begins.

#include <string>
#include <vector>

namespace gh::artifacts {

// `file` is a regular file that a walk of `root` comes to: `root` itself, or below it and not left
// out by `exclude`. Links in both paths are followed; what else has the same content, or is another
// name of the same file, counts for nothing.
bool is_reached(const std::string& root, const std::vector<std::string>& exclude,
                const std::string& file);

}  // namespace gh::artifacts
