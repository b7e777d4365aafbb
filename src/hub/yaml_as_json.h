#pragma once
// Settings in YAML as the JSON that they would be, so that both are judged by the same rules.

#include <string>

#include "yaml/yaml.h"

namespace gh::hub {

// What Python's yaml makes of the tree: words of truth in every spelling of YAML 1.1, plain numbers
// as JSON writes them; all else is text. What was refused is null.
std::string as_json(const yaml::Node& root);

// A document of this entry alone.
std::string as_json(const yaml::Entry& entry);

}  // namespace gh::hub
