#pragma once
// Settings in YAML: NeMo's model_config.yaml, Hydra's, mergekit's.

#include <optional>

#include "hub/input.h"

namespace gh::hub {

void examine_yaml(const Input& input);

// A text without the name of settings whose lines are such: only what it has made or called is
// said, not what is wrong with it as YAML. Most texts have nothing of the kind and cost one search.
void examine_text_as_yaml(const Input& input);

// Whether a key, an item or a tag begins the first line that says something; nothing where no line
// does. A page of documentation, which has code between marks, is none whatever this says.
std::optional<bool> looks_like_settings(std::string_view text);

}  // namespace gh::hub
