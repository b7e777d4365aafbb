#pragma once
// Containers: a zip is handed to the examiner of what it holds; of tar, 7z and compressed files
// every member is examined by its content. Rules ARC-010 and ARC-013: no loader of weights opens
// the latter.

#include <span>

#include "archive/zip.h"
#include "artifacts/examine.h"

namespace gh::artifacts {

// Bytes that begin with a local header or an empty zip's end record (`PK\3\4`, `PK\5\6`).
void examine_zip(source::Source& source, Context& context);

// One member by its content. Its checksum is checked when it is small or the operator asked for it:
// what is large is weights, and reading all of them would cost as much as hashing the file.
void examine_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                        Context& context);
// The latter alone.
void check_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                      Context& context);

// tar (`ustar` at 257), 7z, gzip, bzip2, xz, zstd; PyTorch's oldest checkpoints, which are tar.
void examine_archive(source::Source& source, Context& context);

std::span<const findings::Rule* const> container_rules();

}  // namespace gh::artifacts
