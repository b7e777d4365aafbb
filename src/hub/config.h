#pragma once
// Settings in JSON, whatever their name: every key of every object is looked at.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

void examine_config(const Input& input, json::Value root);

// A value of `_target_`, in JSON or YAML.
void examine_target(const Input& input, std::string_view target);

// A text that may be a path, under `key`.
void examine_path(const Input& input, std::string_view key, std::string_view text);

// Whether the text has the form "owner/repo--module.Class".
bool names_other_repository(std::string_view text);

}  // namespace gh::hub
