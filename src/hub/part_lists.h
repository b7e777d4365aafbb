#pragma once
// Files that list what a model is put together from, each part by the module that it is imported
// from: rules CFG-109 and CFG-203.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// modules.json of sentence-transformers.
void examine_module_list(const Input& input, json::Value root);

// model_index.json of diffusers.
void examine_pipeline_index(const Input& input, json::Value root);

}  // namespace gh::hub
