#pragma once
// The records of a zip archive as bytes: little-endian fields, no judgement. APPNOTE.TXT 6.3.10,
// sections 4.3 and 4.5.3; what miniz does with them is in docs/formats/torch-zip.md.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "source/source.h"

namespace gh::archive {

inline constexpr std::uint32_t kLocalSignature = 0x04034b50;
inline constexpr std::uint32_t kCentralSignature = 0x02014b50;
inline constexpr std::uint32_t kEndSignature = 0x06054b50;
inline constexpr std::uint32_t kEnd64Signature = 0x06064b50;
inline constexpr std::uint32_t kLocator64Signature = 0x07064b50;
inline constexpr std::uint32_t kDescriptorSignature = 0x08074b50;

inline constexpr std::size_t kLocalSize = 30;  // fixed parts, in bytes
inline constexpr std::size_t kCentralSize = 46;
inline constexpr std::size_t kEndSize = 22;
inline constexpr std::size_t kEnd64Size = 56;
inline constexpr std::size_t kLocator64Size = 20;

inline constexpr std::uint16_t kFlagEncrypted = 1U << 0;
inline constexpr std::uint16_t kFlagDescriptor = 1U << 3;
inline constexpr std::uint16_t kFlagPatched = 1U << 5;
inline constexpr std::uint16_t kFlagStrongEncryption = 1U << 6;
inline constexpr std::uint16_t kFlagMasked = 1U << 13;

inline constexpr std::uint16_t kSaturated16 = 0xffff;
inline constexpr std::uint32_t kSaturated32 = 0xffffffff;

// Little-endian integers. `at + width` must lie within `bytes`.
std::uint16_t u16(std::string_view bytes, std::size_t at);
std::uint32_t u32(std::string_view bytes, std::size_t at);
std::uint64_t u64(std::string_view bytes, std::size_t at);

// Where the directory is, as one end record says.
struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  bool one_disk = true;  // every disk number is 0 and both counts agree

  bool operator==(const Directory&) const = default;
};

struct EndRecord {
  std::uint64_t offset = 0;  // of the end record itself
  std::uint16_t comment_size = 0;
  Directory directory;  // of the end record, saturated values and all
  bool zip64 = false;   // a zip64 record precedes it: the next two
  Directory directory64;
  std::uint64_t offset64 = 0;
  bool odd_zip64 = false;     // a locator that does not point at a record directly before it
  bool another_fits = false;  // a second end record whose comment ends exactly with the file

  // What readers use: the zip64 record when there is one.
  const Directory& used() const { return zip64 ? directory64 : directory; }
  // Where records after the directory begin.
  std::uint64_t begin() const { return zip64 ? offset64 : offset; }
};

// The last end record within the last 69,584 bytes, as miniz searches, with its zip64 record: the
// one that the locator points at, else the one before the locator, where Python's zipfile looks.
std::optional<EndRecord> find_end(source::Source& source);

// Sizes that a zip64 field replaces, in its order; a saturated one takes the next value.
struct Zip64Values {
  std::uint64_t size;
  std::uint64_t packed_size;
  std::uint64_t offset;
};
// False when the extra fields do not add up or the zip64 field is too short for what it must give.
bool apply_zip64(std::string_view extra, Zip64Values& values);

// The name in a Unicode path field (Info-ZIP, 0x7075) that belongs to `name`: what Python's
// zipfile, unzip and libarchive then take for the member's. "" without one.
std::string unicode_path(std::string_view name, std::string_view extra);

}  // namespace gh::archive
