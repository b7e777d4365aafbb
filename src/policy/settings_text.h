#pragma once
// The table of settings for a terminal: what `--help` lists, and one section to read.

#include <string>
#include <string_view>

#include "base/error.h"

namespace gh::policy {

// A line for each setting of the top level, with what it is for.
std::string settings_overview();

// The setting of that path and all below it: "tenants", "tenants.request", "listen[].tls". An error
// says what there is.
Result<std::string> setting_text(std::string_view path);

}  // namespace gh::policy
