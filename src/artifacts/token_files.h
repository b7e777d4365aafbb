#pragma once
// The files of a tokenizer, which say the same in several places. Opened by the parent, read by the
// child that compares a folder's files: whole vocabularies are more than a file's own child could
// answer.

#include <span>
#include <string>
#include <vector>

#include "artifacts/adapter_files.h"
#include "artifacts/open.h"
#include "findings/examination.h"

namespace gh::artifacts {

// Keeps a file when it may have tokens: by `name` in its folder.
void keep_token_file(std::vector<NamedFile>& files, const std::string& name, const OpenFile& file);

// In the child: the files against each other, and those of an adapter against its base.
// `comparison`: of an adapter, else null.
void examine_token_files(std::span<const NamedFile> files, const Comparison* comparison,
                         findings::Examination& examination);

}  // namespace gh::artifacts
