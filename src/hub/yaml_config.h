#pragma once
// Settings in YAML: NeMo's model_config.yaml, Hydra's, mergekit's.

#include "hub/input.h"

namespace gh::hub {

void examine_yaml(const Input& input);

// A text without the name of settings whose lines are such: only what it has made or called is
// said, not what is wrong with it as YAML. Most texts have nothing of the kind and cost one search.
void examine_text_as_yaml(const Input& input);

}  // namespace gh::hub
