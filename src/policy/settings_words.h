#pragma once
// How the table's columns read, on the reference page and in a terminal alike.

#include <string>

#include "policy/settings.h"

namespace gh::policy {

bool is_section(const Setting& setting);

// "section", "count or `off`", "one of allow, deny". The forms of quantities are explained once.
std::string form_text(const Setting& setting);

// "1 – 64"; "" without bounds.
std::string range_text(const Setting& setting);

// "1MiB", "one per core", "none".
std::string default_text(const Setting& setting);

// The default is one that could be written, not described in words.
bool is_literal_default(const Setting& setting);

}  // namespace gh::policy
