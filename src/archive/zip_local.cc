#include "archive/zip_local.h"

#include <array>
#include <optional>
#include <string_view>

#include "archive/names.h"
#include "archive/zip_records.h"
#include "source/bytes.h"

namespace gh::archive {

namespace {

// What makes readers treat a member differently. The descriptor flag is not among them: sizes and
// checksum are compared whichever way it stands.
constexpr std::uint16_t kCompared =
    kFlagEncrypted | kFlagPatched | kFlagStrongEncryption | kFlagMasked;

// The length of the data descriptor at `offset` that says what the central directory says; the
// longest form first, since for an empty member a shorter one fits as well. 0 when none fits.
std::size_t descriptor_size(std::string_view bytes, const ZipMember& member) {
  struct Form {
    bool signature;
    bool wide;
  };
  for (const auto [signature, wide] :
       {Form{true, true}, Form{false, true}, Form{true, false}, Form{false, false}}) {
    const std::size_t at = signature ? 4 : 0;
    const std::size_t size = at + (wide ? 20 : 12);
    if (bytes.size() < size) continue;
    if (signature && u32(bytes, 0) != kDescriptorSignature) continue;
    if (u32(bytes, at) != member.crc) continue;
    const std::uint64_t packed = wide ? u64(bytes, at + 4) : u32(bytes, at + 4);
    const std::uint64_t whole = wide ? u64(bytes, at + 12) : u32(bytes, at + 8);
    if (packed == member.packed_size && whole == member.size) return size;
  }
  return 0;
}

void add(std::string& list, std::string_view what) {
  if (!list.empty()) list += ", ";
  list += what;
}

}  // namespace

LocalHeader read_local(source::Source& source, const ZipMember& member, const CentralEntry& entry) {
  const std::uint16_t flags = entry.flags;
  LocalHeader local;
  const std::string header =
      source::bytes_at(source, member.header_offset, kLocalSize + member.name.size());
  if (header.size() < kLocalSize || u32(header, 0) != kLocalSignature) return local;
  const std::uint16_t local_flags = u16(header, 6);
  const std::size_t name_size = u16(header, 26);
  const std::size_t extra_size = u16(header, 28);
  local.present = true;
  local.data_offset = member.header_offset + kLocalSize + name_size + extra_size;
  local.end = local.data_offset + member.packed_size;

  const std::string_view name = std::string_view(header).substr(kLocalSize);
  if (name_size != member.name.size() || name != member.name) add(local.differences, "name");
  if (u16(header, 8) != member.method) add(local.differences, "method");
  if (((local_flags ^ flags) & kCompared) != 0) add(local.differences, "encryption flags");

  const std::uint32_t crc = u32(header, 14);
  Zip64Values sizes{.size = u32(header, 22), .packed_size = u32(header, 18), .offset = 0};
  const std::string extra =
      extra_size == 0
          ? std::string()
          : source::bytes_at(source, member.header_offset + kLocalSize + name_size, extra_size);
  if (!apply_zip64(extra, sizes)) add(local.differences, "extra field");
  const std::string other_name = unicode_path(member.name, extra);
  if (other_name != entry.other_name && !is_same_name(member.name, other_name))
    add(local.differences, "Unicode path");
  const bool later = (local_flags & kFlagDescriptor) != 0;
  const bool left_out =
      crc != member.crc || sizes.packed_size != member.packed_size || sizes.size != member.size;
  if (crc != member.crc && !(later && crc == 0)) add(local.differences, "checksum");
  if (sizes.packed_size != member.packed_size && !(later && sizes.packed_size == 0))
    add(local.differences, "packed size");
  if (sizes.size != member.size && !(later && sizes.size == 0)) add(local.differences, "size");

  if (((local_flags | flags) & kFlagDescriptor) != 0) {
    const std::string bytes = source::bytes_at(source, local.end, 24);
    const std::size_t size = descriptor_size(bytes, member);
    local.end += size;
    const bool wrong = bytes.size() >= 4 && u32(bytes, 0) == kDescriptorSignature;
    if (size == 0 && (wrong || left_out))
      add(local.differences, wrong ? "data descriptor" : "no data descriptor");
  }
  return local;
}

}  // namespace gh::archive
