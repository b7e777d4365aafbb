#pragma once
// *.index.json: which shard holds which tensor.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

void examine_index(const Input& input, json::Value root);

}  // namespace gh::hub
