#pragma once
// The policy file and what it includes, as one tree. Every position carries the number of its file
// in the report, so that a problem is told where it was written.

#include <memory>
#include <string>
#include <string_view>

#include "policy/report.h"
#include "yaml/yaml.h"

namespace gh::policy {

// Null when a file could not be read or is no YAML; the report says why. A file that everybody may
// write is a problem, one that everybody may read a note.
std::unique_ptr<yaml::Node> read_tree(Report& report, const std::string& path);

// The same for a text. `file` is its name in messages; includes are relative to `directory`.
std::unique_ptr<yaml::Node> read_tree(Report& report, std::string_view text,
                                      const std::string& file, const std::string& directory);

}  // namespace gh::policy
