#pragma once
// Chat templates, whoever carries them.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// `chat_template` of tokenizer_config.json, processor_config.json and chat_template.json: a text,
// or a list of named ones. Nothing happens without one.
void examine_carried_templates(const Input& input, json::Value root);

// A file that is a template.
void examine_template_file(const Input& input);

// A template that no loader takes by itself: in settings, or a file that has to be named to one.
void examine_loose_template(const Input& input, std::string_view text);

// What a setting called `key` holds, in the forms that `chat_template` has.
void examine_loose_templates(const Input& input, std::string_view key, json::Value carrier);

// A page by its name: it may be about templates.
bool is_page(std::string_view name);

// A text of another name that renders messages, and no page about templates.
bool looks_like_template(const Input& input);

}  // namespace gh::hub
