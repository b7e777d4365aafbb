#pragma once
// Zip archives as PyTorch (miniz) resolves them, with everything in which readers could differ as a
// finding. Rules `ZIP-001` … follow docs/formats/torch-zip.md. Used by one thread.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::archive {

struct ZipMember {
  std::string name;             // of the central directory, raw bytes
  std::uint16_t method;         // 0 stored, 8 deflated; others cannot be opened
  std::uint64_t header_offset;  // of the local header
  std::uint64_t data_offset;    // where the local header says that the bytes begin
  std::uint64_t packed_size;    // of the central directory
  std::uint64_t size;
  std::uint32_t crc;
  bool directory;  // by name or attribute, and without bytes
  bool encrypted;
  bool readable;       // `member` gives a source
  bool shared;         // lies on bytes of another member
  bool summed = true;  // its bytes are held against its checksum

  bool deflated() const { return method == 8; }
};

class ZipArchive {
 public:
  // Archives with more are not examined.
  static constexpr std::uint64_t kMaxMembers = 200'000;
  static constexpr std::uint64_t kMaxDirectory = std::uint64_t{64} << 20;  // bytes

  // Reads the central directory and every local header of `source`, which must outlive it. Nothing
  // when no reader could open it; the finding says why.
  static std::optional<ZipArchive> open(source::Source& source, findings::Examination& examination);

  // In the order of the central directory.
  const std::vector<ZipMember>& members() const { return members_; }

  // The first member of that name, ASCII letters compared without regard to case as PyTorch does;
  // null when there is none.
  const ZipMember* find(std::string_view name) const;

  // The bytes that a reader gets. Nothing for what cannot be read (method, encryption, a header
  // that is not there); `open` has made the finding. Nothing either, with a finding, once members
  // that share bytes gave 64 MiB: thousands of them cost no more than a few. The source refers to
  // this archive's source and to the examination's work budget.
  std::unique_ptr<source::Source> member(const ZipMember& member,
                                         findings::Examination& examination) const;

  // Whether a checksum is 0 wherever bytes are: it was left out on purpose.
  bool omits_checksums() const;
  // For readers that never look at them.
  void ignore_checksums();

  // Reads `bytes`, as `member` gave them, through, and holds them against the stated sizes and the
  // checksum: where a deflated member ends only its stream tells. Inside an `Examination::Member`
  // of its name, findings are placed there. `kept`, where it is given, gets all that was read.
  static void check_content(const ZipMember& member, source::Source& bytes,
                            findings::Examination& examination, std::string* kept = nullptr);

 private:
  ZipArchive(source::Source& source, std::vector<ZipMember> members);
  void check_duplicates(findings::Examination& examination) const;

  source::Source* source_;
  std::vector<ZipMember> members_;
  mutable std::uint64_t shared_left_ = std::uint64_t{64} << 20;  // bytes
  std::vector<std::uint32_t> by_name_;  // indexes of members_, by folded name, then by place
};

// Whether an end record lies within the last 64 KiB, and a directory where it says or before it: a
// zip to readers that begin there, whatever the file begins with.
bool ends_as_zip(source::Source& source);

std::span<const findings::Rule* const> zip_rules();

}  // namespace gh::archive
