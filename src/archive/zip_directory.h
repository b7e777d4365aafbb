#pragma once
// The end record and the central directory of a zip archive: found, held against each other, read.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

struct DirectoryPlace {
  std::uint64_t offset;   // of the first entry
  std::uint64_t size;     // bytes
  std::uint64_t entries;  // as stated
  std::uint64_t base;     // to be added to offsets: bytes that somebody put before the archive
};

// One entry as it is, zip64 values applied.
struct CentralEntry {
  std::string name;        // raw bytes
  std::string other_name;  // of a Unicode path field; "" without one
  std::uint16_t made_by;
  std::uint16_t flags;
  std::uint16_t method;
  std::uint32_t crc;
  std::uint64_t packed_size;
  std::uint64_t size;
  std::uint32_t attributes;  // external
  std::uint64_t header_offset;

  bool dos_directory() const { return (attributes & 0x10) != 0; }
};

// Nothing when there is no directory that could be read; the finding says why.
std::optional<DirectoryPlace> find_directory(source::Source& source,
                                             findings::Examination& examination);

// Every entry that the stated size of the directory holds, whatever the count says: some readers go
// by one, some by the other. Stops at the first that is broken, which is a finding.
std::vector<CentralEntry> read_directory(source::Source& source, const DirectoryPlace& place,
                                         findings::Examination& examination);

}  // namespace gh::archive
