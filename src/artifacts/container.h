#pragma once
// Containers: a zip is handed to the examiner of what it holds; of tar, 7z and compressed files
// every member is examined by its content. Rules ARC-010 and ARC-013: no loader of weights opens
// the latter.

#include <memory>
#include <span>
#include <string_view>

#include "archive/zip.h"
#include "artifacts/examine.h"

namespace gh::artifacts {

// Bytes that begin with a local header or an empty zip's end record (`PK\3\4`, `PK\5\6`). `name`:
// of the file, when that leads a loader to the zip.
void examine_zip(source::Source& source, std::string_view name, Context& context);

inline constexpr std::uint64_t kSmallMember = std::uint64_t{16} << 20;  // bytes

// The bytes of a member; nothing when they cannot be read, which was a finding. Small ones are read
// once, whole, and held against size and checksum: in a compressed container every step back would
// unpack it again. Of large ones those that are deflated are read through, because nothing else
// tells where they end, and those that are to be `summed`. The others are weights, and reading all
// of them costs as much as hashing the file: they are checked when the operator asks for it.
std::unique_ptr<source::Source> open_zip_member(const archive::ZipArchive& archive,
                                                const archive::ZipMember& member, Context& context,
                                                bool summed = false);
void examine_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                        Context& context);

// tar (`ustar` at 257), 7z, gzip, zlib, bzip2, xz, lzma, zstd; PyTorch's oldest checkpoints, which
// are tar.
void examine_archive(source::Source& source, Context& context);

std::span<const findings::Rule* const> container_rules();

}  // namespace gh::artifacts
