#pragma once
// SHA-256 of what was examined, in hexadecimal: what a suppression names. Runs in a child.

#include <string>
#include <string_view>

#include "artifacts/adapter_files.h"
#include "artifacts/folders.h"
#include "source/source.h"

namespace gh::artifacts {

// Of all bytes; "" when they could not all be read.
std::string sha256_of(source::Source& source);

// Of what a folder's findings follow from: the facts of its files, those of its tokenizer, of an
// adapter its files, and of the base that it was held against the configuration, the tables and the
// tokenizer. "" when a file could not be read.
std::string folder_digest(const FolderState& folder, const Comparison& comparison);

}  // namespace gh::artifacts
