#pragma once
// Settings in JSON, or in YAML as such, whatever their name: every key of every object is looked
// at.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// `kind`: what the document is. Texts that it has other rules for (tokens, files of an index) are
// not taken for settings.
void examine_config(const Input& input, json::Value root, DocumentKind kind);

// What one text of settings does to a loader, names an object to be called, code
// of another repository, an expression, a path. `key`: what it stands under; `with_arguments`:
// whether the arguments of a call stand beside it.
void examine_setting(const Input& input, std::string_view key, std::string_view text,
                     bool with_arguments);

// Whether the text has the form "owner/repo--module.Class".
bool names_other_repository(std::string_view text);

}  // namespace gh::hub
