#pragma once
// What git reads and acts upon: its settings, and the files that lead it to others. Rule COD-108.
// By git's own documentation (git-config(1), gitrepository-layout(5)) and its config.c, 2.47.

#include <string>
#include <string_view>
#include <vector>

#include "hub/input.h"

namespace gh::hub {

// A line of a git configuration: `[section "part"] key = value`. Section and key in small letters.
struct GitSetting {
  std::string section;
  std::string part;
  std::string key;
  std::string value;  // "" where there is none, which is "true"
};

// As git reads it, up to the first line that it refuses.
std::vector<GitSetting> git_settings(std::string_view text);

// Whether git runs a program that this names, or reads settings that it leads to.
bool runs_something(const GitSetting& setting);

// A text that git reads by its name (`config`, `.gitmodules`, a `.git` that is a file,
// `commondir`): what in it makes git run something, or go elsewhere, is a finding. Texts of other
// names are left.
void examine_git_text(const Input& input);

// Whether git or a mail tool has a sample of a hook under that name: "pre-commit.sample".
bool is_sample_hook(std::string_view name);
// Whether `text` is what Git LFS writes as the hook `name`, to the letter but for its message.
bool is_lfs_hook(std::string_view name, std::string_view text);

}  // namespace gh::hub
