#pragma once
// Tokenizers held against each other: the files of one folder, and an adapter's against its base's.
// What a file lacks contradicts nothing: transformers has written tokens into other files with
// almost every version. Linear in the number of tokens.

#include <span>

#include "findings/examination.h"
#include "hub/token_file.h"

namespace gh::hub {

// Of one folder.
void compare_token_files(std::span<const TokenFile> files, findings::Examination& examination);

// `files`: of an adapter; a finding that nothing was compared when the base has none alike.
void compare_with_base(std::span<const TokenFile> files, std::span<const TokenFile> base,
                       findings::Examination& examination);

}  // namespace gh::hub
