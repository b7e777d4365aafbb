#pragma once
// tokenizer.json, the one file of the tokenizers library; and the tokens that other settings name.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

bool looks_like_tokenizer(json::Value root);
void examine_tokenizer(const Input& input, json::Value root);

// `added_tokens_decoder` of tokenizer_config.json: {"32000": {"content": …}, …}.
void examine_added_tokens(const Input& input, json::Value root);

// `eos_token_id` of config.json and generation_config.json: 2 or [2, 32000].
void note_end(const Input& input, json::Value root);

}  // namespace gh::hub
