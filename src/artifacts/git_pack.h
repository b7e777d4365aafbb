#pragma once
// Packs of git: many objects in one file, each deflated by itself, most of them whole, some as what
// differs from another. Runs in the sandbox, like examine.h.

#include <string_view>

#include "artifacts/examine.h"

namespace gh::artifacts {

// What a blob holds, as a member: a file of the model, or one that was deleted; its name stands
// elsewhere. Pointers of Git LFS are what a repository is full of.
void examine_blob(source::Source& content, std::string_view name, Context& context);

// Follows a pack to its end, and examines every blob that is whole in it; of those that are not,
// COD-110 says how many there are. False when it is no pack, or is broken.
bool examine_git_pack(source::Source& source, Context& context);

}  // namespace gh::artifacts
