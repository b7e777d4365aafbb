#pragma once
// What libarchive opens: tar (also inside gzip, bzip2, xz, zstd), 7z, and a single compressed file.
// Rules `ARC-…`.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

enum class MemberKind : std::uint8_t { file, directory, symlink, hardlink, device, other };

struct ArchiveMember {
  std::string_view name;  // raw bytes
  MemberKind kind;
  std::string_view target;  // of a link, raw bytes
  std::uint64_t size;       // as stated; 0 when unknown
};

// Calls `visit` for every member in order; `bytes` of a file may be read only inside the call.
// Names that leave the folder, links and devices are findings made here. False when the archive
// could not be followed to its end; the finding says why.
bool for_each_member(source::Source& source, findings::Examination& examination,
                     const std::function<void(const ArchiveMember&, source::Source* bytes)>& visit);

std::span<const findings::Rule* const> archive_rules();

}  // namespace gh::archive
