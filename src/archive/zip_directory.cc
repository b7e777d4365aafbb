#include "archive/zip_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "archive/zip.h"
#include "archive/zip_records.h"
#include "archive/zip_rules.h"
#include "base/text.h"
#include "source/reader.h"

namespace gh::archive {

namespace {

// A value of the end record that is neither the zip64 one nor the sign that there is one.
bool contradicts(std::uint64_t value, std::uint64_t saturated, std::uint64_t value64) {
  return value != saturated && value != value64;
}

void check_end(const EndRecord& end, std::uint64_t file_size, findings::Examination& examination) {
  const auto differs = [&](std::string_view what) {
    examination.add(kZipEndDiffers, std::string(what), {.offset = end.offset});
  };
  if (end.another_fits) differs("two end records could each be the last of the file");
  if (end.odd_zip64) differs("the zip64 locator does not point at a zip64 record before it");
  if (!end.used().one_disk) differs("the end record speaks of several disks, or counts differ");
  if (end.zip64) {
    const Directory& a = end.directory;
    const Directory& b = end.directory64;
    if (contradicts(a.entries, kSaturated16, b.entries) ||
        contradicts(a.size, kSaturated32, b.size) || contradicts(a.offset, kSaturated32, b.offset))
      differs("the end record and its zip64 record disagree");
  }
  const std::uint64_t after = file_size - end.offset - kEndSize;
  if (end.comment_size > after)
    differs("the archive comment reaches beyond the file");
  else if (end.comment_size != 0)
    examination.add(kZipComment, fmt::format("a comment of {} bytes", end.comment_size),
                    {.offset = end.offset + kEndSize, .length = end.comment_size});
  if (end.comment_size < after) {
    const std::uint64_t from = end.offset + kEndSize + end.comment_size;
    examination.add(kZipTrailing, fmt::format("{} bytes follow the archive", file_size - from),
                    {.offset = from, .length = file_size - from});
  }
}

bool entry_at(source::Source& source, std::uint64_t offset) {
  std::array<char, 4> signature{};
  return source.read_at(offset, signature) == signature.size() &&
         u32({signature.data(), signature.size()}, 0) == kCentralSignature;
}

}  // namespace

bool ends_as_zip(source::Source& source) {
  const std::optional<EndRecord> end = find_end(source);
  if (!end) return false;
  const Directory& used = end->used();
  if (used.size == 0 || used.size > end->begin()) return false;
  const std::uint64_t implied = end->begin() - used.size;
  return used.offset <= implied && (entry_at(source, implied) || entry_at(source, used.offset));
}

std::optional<DirectoryPlace> find_directory(source::Source& source,
                                             findings::Examination& examination) {
  const auto broken = [&](std::string_view why) {
    examination.add(kZipBroken, std::string(why));
    return std::nullopt;
  };
  const std::optional<EndRecord> end = find_end(source);
  if (!end) return broken("no usable end record in the last 69,584 bytes");
  const Directory& used = end->used();
  if (used.entries > ZipArchive::kMaxMembers || used.size > ZipArchive::kMaxDirectory) {
    examination.add(kZipTooMany,
                    fmt::format("{} members in a directory of {} bytes", used.entries, used.size));
    return std::nullopt;
  }
  if (used.size > end->begin()) return broken("the directory is longer than what precedes its end");

  // Readers that allow for bytes before the archive take the directory to end where the end record
  // begins, and measure from there.
  const std::uint64_t implied = end->begin() - used.size;
  DirectoryPlace place{
      .offset = used.offset, .size = used.size, .entries = used.entries, .base = 0};
  const bool empty = used.size == 0;
  if (used.offset > implied || (!empty && !entry_at(source, used.offset))) {
    if (used.offset > implied || !entry_at(source, implied))
      return broken("no directory where the end record says");
    place.base = implied - used.offset;
    place.offset = implied;
    examination.add(kZipPrepended,
                    fmt::format("offsets count from byte {} of the file", place.base),
                    {.offset = 0, .length = place.base});
  } else if (used.offset != implied) {
    examination.add(
        kZipEndDiffers,
        fmt::format("{} bytes lie between the directory and the end record", implied - used.offset),
        {.offset = used.offset + used.size, .length = implied - used.offset});
  }
  check_end(*end, source.size(), examination);
  return place;
}

std::vector<CentralEntry> read_directory(source::Source& source, const DirectoryPlace& place,
                                         findings::Examination& examination) {
  std::vector<CentralEntry> entries;
  entries.reserve(static_cast<std::size_t>(std::min(place.entries, place.size / kCentralSize)));
  source::Reader reader(source, place.offset, place.offset + place.size);
  bool one_disk = true;
  const auto broken = [&] {
    examination.add(kZipBroken, fmt::format("entry {} of the directory is broken", entries.size()),
                    {.offset = reader.position()});
  };
  while (reader.left() > 0) {
    const std::string_view head = reader.peek(kCentralSize);
    if (head.size() < kCentralSize || u32(head, 0) != kCentralSignature) {
      broken();
      break;
    }
    const std::size_t name_size = u16(head, 28);
    const std::size_t extra_size = u16(head, 30);
    const std::size_t total = kCentralSize + name_size + extra_size + u16(head, 32);
    const std::string_view bytes = reader.peek(total);
    if (bytes.size() < total) {
      broken();
      break;
    }
    Zip64Values values{
        .size = u32(bytes, 24), .packed_size = u32(bytes, 20), .offset = u32(bytes, 42)};
    if (!apply_zip64(bytes.substr(kCentralSize + name_size, extra_size), values)) {
      broken();
      break;
    }
    if (entries.size() == ZipArchive::kMaxMembers) {
      examination.add(kZipTooMany, "the directory holds more members than its end record says",
                      {.offset = reader.position()});
      break;
    }
    const std::string_view name = bytes.substr(kCentralSize, name_size);
    if (const unsigned disk = u16(bytes, 34); disk != 0 && one_disk) {
      one_disk = false;
      examination.add(kZipEndDiffers,
                      fmt::format("\"{}\" is said to begin on disk {}", escape(name), disk),
                      {.offset = reader.position()});
    }
    entries.push_back(
        {.name = std::string(name),
         .other_name = unicode_path(name, bytes.substr(kCentralSize + name_size, extra_size)),
         .made_by = u16(bytes, 4),
         .flags = u16(bytes, 8),
         .method = u16(bytes, 10),
         .crc = u32(bytes, 16),
         .packed_size = values.packed_size,
         .size = values.size,
         .attributes = u32(bytes, 38),
         .header_offset = values.offset});
    reader.skip(total);
  }
  if (entries.size() != place.entries)
    examination.add(kZipEndDiffers,
                    fmt::format("the end record counts {} members, the directory {}", place.entries,
                                entries.size()));
  return entries;
}

}  // namespace gh::archive
