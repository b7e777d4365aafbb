#pragma once
// Settings in YAML: NeMo's model_config.yaml, Hydra's, mergekit's.

#include "hub/input.h"

namespace gh::hub {

void examine_yaml(const Input& input);

}  // namespace gh::hub
