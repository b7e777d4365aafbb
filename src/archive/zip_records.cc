#include "archive/zip_records.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "source/bytes.h"

namespace gh::archive {

namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
T load(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// miniz gives up after the block that passes 65,535 + 22 bytes; its blocks overlap by three.
constexpr std::uint64_t kSearched = 4096 + 16 * 4093;
constexpr std::uint16_t kZip64Field = 1;

Directory directory_of(std::string_view end) {
  const std::uint16_t here = u16(end, 8);
  const std::uint16_t entries = u16(end, 10);
  return {.entries = entries,
          .size = u32(end, 12),
          .offset = u32(end, 16),
          .one_disk = u16(end, 4) == 0 && u16(end, 6) == 0 && here == entries};
}

void read_zip64(source::Source& source, EndRecord& end) {
  if (end.offset < kLocator64Size) return;
  const std::uint64_t locator_at = end.offset - kLocator64Size;
  const std::string locator = source::bytes_at(source, locator_at, kLocator64Size);
  if (locator.size() < kLocator64Size || u32(locator, 0) != kLocator64Signature) return;

  const std::uint64_t before = locator_at - std::min<std::uint64_t>(locator_at, kEnd64Size);
  end.odd_zip64 = true;
  for (const std::uint64_t offset : {u64(locator, 8), before}) {
    const std::string record = source::bytes_at(source, offset, kEnd64Size);
    if (record.size() < kEnd64Size || u32(record, 0) != kEnd64Signature) continue;
    end.zip64 = true;
    end.offset64 = offset;
    end.odd_zip64 = offset != u64(locator, 8) || offset + 12 + u64(record, 4) != locator_at;
    end.directory64 = Directory{.entries = u64(record, 32),
                                .size = u64(record, 40),
                                .offset = u64(record, 48),
                                .one_disk = u32(record, 16) == 0 && u32(record, 20) == 0 &&
                                            u64(record, 24) == u64(record, 32) &&
                                            u32(locator, 4) == 0 && u32(locator, 16) <= 1};
    return;
  }
}

}  // namespace

std::uint16_t u16(std::string_view bytes, std::size_t at) {
  return load<std::uint16_t>(bytes, at);
}
std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return load<std::uint32_t>(bytes, at);
}
std::uint64_t u64(std::string_view bytes, std::size_t at) {
  return load<std::uint64_t>(bytes, at);
}

std::optional<EndRecord> find_end(source::Source& source) {
  const std::uint64_t size = source.size();
  if (size < kEndSize) return std::nullopt;
  const auto length = static_cast<std::size_t>(std::min(size, kSearched));
  const std::string tail = source::bytes_at(source, size - length, length);
  if (tail.size() < kEndSize) return std::nullopt;

  std::optional<EndRecord> found;
  for (std::size_t at = tail.size() - kEndSize + 1; at-- > 0;) {
    if (tail[at] != 'P' || u32(tail, at) != kEndSignature) continue;
    const std::uint16_t comment_size = u16(tail, at + 20);
    if (found) {
      if (at + kEndSize + comment_size == tail.size()) found->another_fits = true;
      continue;
    }
    found.emplace();
    found->offset = size - length + at;
    found->comment_size = comment_size;
    found->directory = directory_of(std::string_view(tail).substr(at));
  }
  if (found) read_zip64(source, *found);
  return found;
}

// Version 1, the checksum of the plain name, then the other one.
std::string unicode_path(std::string_view name, std::string_view extra) {
  constexpr std::uint16_t kUnicodePath = 0x7075;
  constexpr std::size_t kHead = 5;
  while (extra.size() >= 4) {
    const std::size_t size = std::min<std::size_t>(u16(extra, 2), extra.size() - 4);
    const std::string_view field = extra.substr(4, size);
    if (u16(extra, 0) == kUnicodePath && size > kHead && field[0] == 1 &&
        u32(field, 1) == ::crc32_z(0, reinterpret_cast<const Bytef*>(name.data()), name.size()))
      return std::string(field.substr(kHead));
    extra.remove_prefix(4 + size);
  }
  return {};
}

bool apply_zip64(std::string_view extra, Zip64Values& values) {
  const bool wanted = std::max({values.size, values.packed_size, values.offset}) == kSaturated32;
  while (wanted && !extra.empty()) {
    if (extra.size() < 4) return false;
    const std::size_t size = u16(extra, 2);
    if (size + 4 > extra.size()) return false;
    std::string_view field = extra.substr(4, size);
    if (u16(extra, 0) == kZip64Field) {
      for (std::uint64_t* value : {&values.size, &values.packed_size, &values.offset}) {
        if (*value != kSaturated32) continue;
        if (field.size() < 8) return false;
        *value = u64(field, 0);
        field.remove_prefix(8);
      }
      return true;
    }
    extra.remove_prefix(size + 4);
  }
  return true;
}

}  // namespace gh::archive
