#pragma once
// Settings that make a loader take another repository's weights, by the loaders' own sources
// (vLLM 0.32, transformers 5.19, sentence-transformers, SGLang; 2026-09).

#include <string_view>
#include <vector>

#include "json/json.h"

namespace gh::hub {

// Whether `text`, under `key` in a file called `name`, is a repository that is loaded as well.
bool redirects(std::string_view name, std::string_view key, std::string_view text);

// The repositories that an object of settings names by several of its keys together.
std::vector<std::string_view> redirects(json::Value object);

}  // namespace gh::hub
