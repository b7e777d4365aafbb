#pragma once
// What can run, by content; and pictures, which cannot.

#include <string_view>

#include "hub/input.h"
#include "source/source.h"

namespace gh::hub {

// Native code and compiled Python, by the first bytes: "ELF"; "" for none.
std::string_view native_code(std::string_view head);
bool is_python_bytecode(std::string_view head);

// "PNG"; "" for none.
std::string_view picture(std::string_view head);
// Looks for the end of a picture, and whether anything follows it.
void examine_picture(std::string_view kind, source::Source& source, const Input& input);

// A text whose every line at the margin is a statement, with an import or a definition.
bool looks_like_python(std::string_view text);

// A text: code by its beginning, its lines or its name. True when it was code.
bool examine_code(const Input& input);

bool has_python_name(std::string_view name);
// Python, scripts, sources of any language, libraries, build files.
bool has_code_name(std::string_view name);

}  // namespace gh::hub
