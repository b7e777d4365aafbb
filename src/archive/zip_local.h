#pragma once
// One member's local header held against its entry in the central directory.

#include <cstdint>
#include <string>

#include "archive/zip.h"
#include "archive/zip_directory.h"
#include "source/source.h"

namespace gh::archive {

struct LocalHeader {
  bool present = false;           // a local header lies there, whole
  std::uint64_t data_offset = 0;  // where the member's bytes begin
  std::uint64_t end = 0;          // behind its bytes and its data descriptor
  std::string differences;        // "name, checksum"; empty when there are none
};

// `entry`: the member's in the central directory.
LocalHeader read_local(source::Source& source, const ZipMember& member, const CentralEntry& entry);

}  // namespace gh::archive
