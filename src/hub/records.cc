#include "hub/records.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "hub/checksum.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

// TensorBoard: records with their length, its sum, and a sum of what they hold. The first says what
// the events are.
constexpr std::uint64_t kHeader = 12;
constexpr std::uint64_t kFooter = 4;

bool is_record(std::string_view bytes) {
  if (bytes.size() < kHeader) return false;
  Castagnoli sum;
  sum.add(bytes.substr(0, 8));
  return sum.masked() == little_endian(bytes, 8, 4);
}

bool begins_events(std::string_view head, source::Source&) {
  constexpr std::uint64_t kMostFirst = 4096;
  if (!is_record(head)) return false;
  const std::uint64_t size = little_endian(head, 0, 8);
  if (size > kMostFirst || head.size() < kHeader + size + kFooter) return false;
  const std::string_view event = head.substr(kHeader, size);
  Castagnoli sum;
  sum.add(event);
  // A time of day, then its version.
  return sum.masked() == little_endian(head, kHeader + size, 4) && event.starts_with('\x09') &&
         event.contains("brain.Event:");
}

End follow_events(source::Source&, source::Reader& reader) {
  constexpr std::uint64_t kBlock = std::uint64_t{64} * 1024;
  while (reader.left() > 0) {
    const std::string_view header = reader.peek(kHeader);
    if (!is_record(header)) return End::none;
    std::uint64_t left = little_endian(header, 0, 8);
    if (reader.left() < kHeader + kFooter || left > reader.left() - kHeader - kFooter)
      return End::none;
    pass(reader, kHeader);
    Castagnoli sum;
    while (left > 0) {
      std::string_view bytes = reader.peek(static_cast<std::size_t>(std::min(left, kBlock)));
      bytes =
          bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
      if (bytes.empty()) return End::none;
      sum.add(bytes);
      left -= bytes.size();
      pass(reader, bytes.size());
    }
    if (sum.masked() != little_endian(reader.peek(kFooter), 0, 4)) return End::none;
    pass(reader, kFooter);
  }
  return End::found;
}

// The Finder: blocks that a table leads to, among them one for the directory of the table. Offsets
// count from the fifth byte.
bool begins_finder(std::string_view head, source::Source& source) {
  constexpr std::uint64_t kMostBlocks = 4096;
  if (!head.starts_with("\0\0\0\1Bud1"sv) || head.size() < 36) return false;
  const std::uint64_t offset = big_endian(head, 8, 4);
  const std::uint64_t size = big_endian(head, 12, 4);
  if (offset != big_endian(head, 16, 4) || offset < 32 || 4 + offset + size > source.size())
    return false;
  const std::string table = bytes_at(
      source, 4 + offset, static_cast<std::size_t>(std::min<std::uint64_t>(size, 64 * 1024)));
  const std::uint64_t count = big_endian(table, 0, 4);
  // Places for blocks come in groups of 256.
  const std::uint64_t directory = 8 + (count + 255) / 256 * 256 * 4;
  if (count == 0 || count > kMostBlocks || big_endian(table, 4, 4) != 0) return false;
  return std::string_view(table)
      .substr(std::min<std::size_t>(directory, table.size()))
      .starts_with("\0\0\0\1\4DSDB"sv);
}

End follow_finder(source::Source& source, source::Reader& reader) {
  // Of a block the lowest five bits are its size, as a power of two.
  const std::string head = bytes_at(source, 0, 20);
  const std::uint64_t offset = big_endian(head, 8, 4);
  const std::string table = bytes_at(source, 4 + offset, 8 + 4 * 4096);
  std::uint64_t end = 4 + offset + big_endian(head, 12, 4);
  for (std::uint64_t i = 0; i < big_endian(table, 0, 4); ++i) {
    const std::uint64_t block = big_endian(table, 8 + 4 * i, 4);
    if (block != 0)
      end = std::max(end, 4 + (block & ~std::uint64_t{31}) + (std::uint64_t{1} << (block & 31U)));
  }
  return pass(reader, end) ? End::found : End::none;
}

constexpr std::array kRecords = {
    Passive{"TensorBoard events", begins_events, follow_events},
    Passive{"Finder settings", begins_finder, follow_finder},
};

}  // namespace

std::span<const Passive> records() {
  return kRecords;
}

}  // namespace gh::hub
