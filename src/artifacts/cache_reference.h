#pragma once
// References of a Hugging Face cache: refs/main, refs/pr/1. What one says is joined to snapshots/
// as it stands, and the folder of that name is loaded where the Hub is not asked. Rule FIL-016.

#include <string_view>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::artifacts {

// By its path: below refs/ of a folder that is named as huggingface_hub names a repository,
// whatever else of the cache is there.
bool is_cache_reference(std::string_view path);

// In the sandbox. One part of a path is none of its findings, whether there is such a snapshot or
// not: what that leads to is examined with the others.
void examine_cache_reference(source::Source& source, findings::Examination& examination);

}  // namespace gh::artifacts
