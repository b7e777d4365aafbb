#pragma once
// Prompts: chat messages through a ChatML template, text, lists and token ids. Internal to this
// folder.

#include <optional>
#include <string>
#include <vector>

#include "json/json.h"
#include "simulator/api_error.h"
#include "simulator/fault.h"
#include "simulator/profile.h"
#include "simulator/request.h"

namespace gh::simulator {

struct Prompts {
  std::vector<Prompt> list;
  std::optional<Fault> fault;  // that one of them asks for
};

// `messages` and `tools` of a chat body.
Expected<Prompts> read_messages(json::Value body, const Profile& profile);
// `prompt` or `input`: a text, token ids, or a list of either.
Expected<Prompts> read_texts(json::Value body, std::string_view field, const Profile& profile);

// A JSON value that a schema accepts, for the arguments of a made-up tool call: every required
// property by its type. Follows type, enum, properties and required only.
std::string example(json::Value schema);

}  // namespace gh::simulator
