#pragma once
// Names that are known to run code, reach files or the network. A name passes only by allowed.h:
// this list decides nothing but the severity and the message.

#include <optional>
#include <string_view>
#include <vector>

namespace gh::pickle {

// What it does, "runs a command", when the name is known. A submodule, and an attribute of the
// name, count as the name.
std::optional<std::string_view> danger_of(std::string_view module, std::string_view name);

// Every module and name of the list.
std::vector<std::string_view> dangerous_words();

}  // namespace gh::pickle
