#pragma once
// Files of a repository of git, by the place that they have in it: objects, packs, references,
// hooks. A place says only what is looked for; what is not of that form, to its end, is examined as
// any other file. Rules COD-104, COD-109, COD-110. Runs in the sandbox, like examine.h.

#include <string>
#include <string_view>

#include "artifacts/examine.h"

namespace gh::artifacts {

// The place within the innermost folder called ".git" on the way: "objects/ab/cd…"; "" for none.
std::string git_place(std::string_view path);

// `place` is not empty.
void examine_in_git(source::Source& source, std::string_view place, Context& context);

}  // namespace gh::artifacts
