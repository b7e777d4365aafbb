#pragma once
// What libarchive opens: tar, 7z, and one file compressed by bzip2, xz, lzma or zstd, whose content
// may again be an archive; gzip and zlib besides (deflated.h). Rules `ARC-…`. Used by one thread.
//
// Memory: a window of 136 KiB for the bytes of a member, blocks of 64 KiB, names of at most 200,000
// members, and what the decompressor keeps. A dictionary is as long as the archive says (xz and 7z:
// up to 4 GiB, zstd: 128 MiB), but it is reserved, not touched: resident memory follows the bytes
// that are really unpacked, which the work budget bounds. The address space is for the process to
// limit; a reservation that fails is a finding.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

enum class MemberKind : std::uint8_t { file, directory, symlink, hardlink, device, other };

struct ArchiveMember {
  std::string_view name;  // raw bytes; "" for the content of a single compressed file
  MemberKind kind;
  std::string_view target;  // of a link, raw bytes
  std::uint64_t size;       // as stated; of a single compressed file as counted
};

// Loads the UTF-8 locale that libarchive converts names with. To be called once before the process
// is confined: it opens files, and without it so does `for_each_member`.
void prepare();

// Calls `visit` for every member in order; `bytes` is null for what is no file, and may be read
// only inside the call. Names that leave the folder, links and devices are findings made here.
// False when the archive could not be followed to its end; the finding says why.
bool for_each_member(source::Source& source, findings::Examination& examination,
                     const std::function<void(const ArchiveMember&, source::Source* bytes)>& visit);

std::span<const findings::Rule* const> archive_rules();

}  // namespace gh::archive
