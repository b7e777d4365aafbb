#pragma once
// One scalar of the policy file, read as its setting says. Functions of their arguments.

#include <cstdint>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/error.h"
#include "policy/settings.h"
#include "policy/units.h"
#include "yaml/yaml.h"

namespace gh::policy {

// monostate: the setting's `word` ("off", "deny").
using Value = std::variant<std::monostate, bool, std::uint64_t, Duration, CountPer, std::string>;

// `type` is the setting's own, or its `item` for one of its words. The error quotes the text,
// escaped, and says what is accepted.
Result<Value> parse_value(const Setting& setting, Type type, std::string_view text);

// The same, and that numbers and booleans stand without quotes.
Result<Value> parse_value(const Setting& setting, Type type, const yaml::Node& scalar);

// How a setting of that type looks in the tree.
yaml::Kind kind_of(Type type);

// "a count like 20 or 100k", "true or false", …: what a setting of that type is written as.
std::string accepted(const Setting& setting, Type type);

}  // namespace gh::policy
