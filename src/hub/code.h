#pragma once
// What can run, by content.

#include <string_view>

#include "hub/input.h"

namespace gh::hub {

// Native code and compiled Python, by the first bytes: "ELF"; "" for none.
std::string_view native_code(std::string_view head);
bool is_python_bytecode(std::string_view head);

// A text: code by its beginning, its lines or its name. True when it was code.
bool examine_code(const Input& input);
// A text that is none: a note where it is a page that is all code.
void examine_page(const Input& input);

// For a shell, by "#!" and its like, whatever the rest is.
bool begins_as_script(std::string_view text);

bool has_python_name(std::string_view name);
// Python, scripts, sources of any language, libraries, build files.
bool has_code_name(std::string_view name);
// Packages that are zip archives: jar, wheel, zipapp.
bool has_package_name(std::string_view name);

}  // namespace gh::hub
