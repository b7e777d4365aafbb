#pragma once
// Zip archives as PyTorch (miniz) resolves them, with everything in which readers could differ as a
// finding. Rules `ZIP-001` … follow docs/formats/torch-zip.md.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

struct ZipMember {
  std::string name;           // of the central directory, raw bytes
  std::uint16_t method;       // 0 stored, 8 deflated; others cannot be opened
  std::uint64_t data_offset;  // where the local header says that the bytes begin
  std::uint64_t packed_size;  // of the central directory
  std::uint64_t size;
  std::uint32_t crc;
  bool directory;
  bool encrypted;
};

class ZipArchive {
 public:
  // Reads the central directory and every local header of `source`, which must outlive it. Nothing
  // when no reader could open it; the finding says why.
  static std::optional<ZipArchive> open(source::Source& source, findings::Examination& examination);

  const std::vector<ZipMember>& members() const { return members_; }

  // The bytes that a reader gets; nothing, with a finding, for a method or encryption that cannot
  // be read. The source refers to this archive's.
  std::unique_ptr<source::Source> member(const ZipMember& member,
                                         findings::Examination& examination) const;

 private:
  ZipArchive(source::Source& source, std::vector<ZipMember> members)
      : source_(&source), members_(std::move(members)) {}
  source::Source* source_;
  std::vector<ZipMember> members_;
};

std::span<const findings::Rule* const> zip_rules();

}  // namespace gh::archive
