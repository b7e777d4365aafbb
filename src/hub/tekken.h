#pragma once
// tekken.json, the tokenizer of Mistral's models: bytes with their ranks, a pattern that splits
// texts, and special tokens with ids of their own.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

bool looks_like_tekken(json::Value root);
void examine_tekken(const Input& input, json::Value root);

}  // namespace gh::hub
