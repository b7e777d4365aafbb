#pragma once
// Settings in JSON, whatever their name: every key of every object is looked at.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

void examine_config(const Input& input, json::Value root);

// What one text of settings does to a loader, in JSON or YAML: names an object to be called, code
// of another repository, an expression, a path. `key`: what it stands under; `with_arguments`:
// whether the arguments of a call stand beside it.
void examine_setting(const Input& input, std::string_view key, std::string_view text,
                     bool with_arguments);

// Whether the text has the form "owner/repo--module.Class".
bool names_other_repository(std::string_view text);

}  // namespace gh::hub
