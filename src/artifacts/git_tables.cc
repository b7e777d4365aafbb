#include "artifacts/git_tables.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/encoding.h"
#include "source/bytes.h"

namespace gh::artifacts {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array<std::size_t, 2> kDigests = {20, 32};  // SHA-1, SHA-256

using source::big_endian;

// Seven bits of each byte, while the eighth says that more follow.
bool pass_varint(source::Reader& reader) {
  for (int bytes = 0; bytes < 10; ++bytes) {
    const std::string_view next = reader.peek(1);
    if (next.empty()) return false;
    const bool more = (big_endian(next, 0, 1) & 0x80U) != 0;
    reader.skip(1);
    if (!more) return true;
  }
  return false;
}

// The index: entries with a path each, then extensions, then a sum.
class Index {
 public:
  Index(source::Source& source, std::size_t digest)
      : reader_(source), digest_(digest), version_(big_endian(reader_.peek(12), 4, 4)) {}

  bool follow() {
    const std::uint64_t count = big_endian(reader_.peek(12), 8, 4);
    if (!reader_.peek(4).starts_with("DIRC") || version_ < 2 || version_ > 4 || !pass(reader_, 12))
      return false;
    for (std::uint64_t i = 0; i < count; ++i)
      if (!entry()) return false;
    while (reader_.left() > digest_)
      if (!extension()) return false;
    return reader_.left() == digest_;
  }

 private:
  static constexpr std::size_t kStat = 40;  // what the system says of the file
  static constexpr std::size_t kMode = 24;  // within it
  static constexpr std::size_t kLongest = std::size_t{64} * 1024;  // path

  bool entry() {
    std::size_t head = kStat + digest_ + 2;
    const std::string_view bytes = reader_.peek(head + 2);
    if (bytes.size() < head + 2) return false;
    const std::uint64_t kind = big_endian(bytes, kMode, 4) >> 12;
    // Files, links, other repositories; folders where not all files are there.
    if (kind != 010 && kind != 012 && kind != 016 && kind != 004) return false;
    if ((big_endian(bytes, kStat + digest_, 2) & 0x4000U) != 0) {
      if (version_ == 2) return false;
      head += 2;
    }
    if (!pass(reader_, head) || (version_ == 4 && !pass_varint(reader_))) return false;
    const std::string_view path = reader_.peek(kLongest);
    const std::size_t size = path.find('\0');
    if (size == std::string_view::npos || (size == 0 && version_ != 4)) return false;
    if (version_ == 4) return pass(reader_, size + 1);
    const std::size_t whole = (head + size) / 8 * 8 + 8;
    const std::string_view padding = path.substr(size, whole - head - size);
    return std::ranges::all_of(padding, [](char c) { return c == '\0'; }) &&
           pass(reader_, whole - head);
  }

  bool extension() {
    constexpr std::array kKnown = {"TREE"sv, "REUC"sv, "UNTR"sv, "FSMN"sv,
                                   "EOIE"sv, "IEOT"sv, "link"sv, "sdir"sv};
    const std::string_view head = reader_.peek(8);
    return std::ranges::find(kKnown, head.substr(0, 4)) != kKnown.end() &&
           pass(reader_, 8 + big_endian(head, 4, 4));
  }

  source::Reader reader_;
  std::size_t digest_;
  std::uint64_t version_;
};

// Which object is where in a pack: how many begin with each byte, digests, sums, offsets.
bool is_pack_index(source::Source& source, std::size_t digest) {
  const std::string head = bytes_at(source, 0, 8 + 256 * 4);
  if (!head.starts_with("\377tOc\0\0\0\2"sv) || head.size() < 8 + 256 * 4) return false;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    const std::uint64_t count = big_endian(head, 8 + 4 * i, 4);
    if (count < before) return false;
    before = count;
  }
  const std::uint64_t least = head.size() + before * (digest + 8) + 2 * digest;
  // Offsets beyond 2 GiB have eight bytes more each.
  return source.size() >= least && (source.size() - least) % 8 == 0 &&
         (source.size() - least) / 8 <= before;
}

// A version, which digest, and four bytes for each object.
bool is_list(source::Source& source, std::string_view magic, std::size_t digest) {
  const std::string head = bytes_at(source, 0, 12);
  const std::uint64_t ends = 12 + 2 * digest;
  return head.starts_with(magic) && big_endian(head, 4, 4) == 1 &&
         big_endian(head, 8, 4) == (digest == 20 ? 1 : 2) && source.size() >= ends &&
         (source.size() - ends) % 4 == 0;
}

// How many bits, how many words of eight bytes, these, and where the last run of them begins.
bool pass_bits(source::Reader& reader) {
  return reader.left() >= 12 && pass(reader, 12 + 8 * big_endian(reader.peek(8), 4, 4));
}

// Of the objects of a pack: which are of each of four kinds, and to which some commits lead.
bool is_bitmap(source::Source& source, std::size_t digest) {
  constexpr std::uint64_t kHashes = 4;
  constexpr std::uint64_t kLookup = 16;
  constexpr std::uint64_t kMerges = 32;
  constexpr std::uint64_t kUnknown = 64;
  source::Reader reader(source);
  const std::string head(reader.peek(12).substr(0, 12));
  const std::uint64_t flags = big_endian(head, 6, 2);
  const std::uint64_t commits = big_endian(head, 8, 4);
  if (!head.starts_with("BITM\0\1"sv) || flags >= kUnknown || commits == 0 ||
      !pass(reader, 12 + digest))
    return false;
  std::uint64_t objects = 0;
  for (int kind = 0; kind < 4; ++kind) {
    objects = std::max(objects, big_endian(reader.peek(4), 0, 4));
    if (!pass_bits(reader)) return false;
  }
  for (std::uint64_t i = 0; i < commits; ++i)
    if (!pass(reader, 6) || !pass_bits(reader)) return false;
  // Git 2.46 has bitmaps of several commits in one, in a form of their own.
  if ((flags & kMerges) != 0) return reader.left() > digest;
  const std::uint64_t lookup = (flags & kLookup) != 0 ? 16 * commits : 0;
  const std::uint64_t hashes = (flags & kHashes) != 0 ? 4 * objects : 0;
  return reader.left() == lookup + hashes + digest;
}

// Chunks, which a table with their names leads to, the last of them to the sum.
bool has_chunks(source::Source& source, std::string_view magic, std::size_t table,
                std::size_t digest) {
  constexpr std::size_t kRow = 12;
  const std::string head = bytes_at(source, 0, table + 256 * kRow);
  const std::size_t chunks = big_endian(head, 6, 1);
  if (!head.starts_with(magic) || big_endian(head, 4, 1) != 1 ||
      big_endian(head, 5, 1) != (digest == 20 ? 1 : 2) || chunks == 0 ||
      head.size() < table + (chunks + 1) * kRow)
    return false;
  std::uint64_t before = table + (chunks + 1) * kRow;
  for (std::size_t i = 0; i <= chunks; ++i) {
    const std::uint64_t at = big_endian(head, table + i * kRow + 4, 8);
    if ((i == 0 && at != before) || at < before ||
        (big_endian(head, table + i * kRow, 4) == 0) != (i == chunks))
      return false;
    before = at;
  }
  return before <= source.size() && source.size() - before == digest;
}

// References and logs in blocks; the head again at the end, with a sum of that.
bool is_reftable(source::Source& source) {
  const std::uint64_t version = big_endian(bytes_at(source, 0, 5), 4, 1);
  const std::size_t head = version == 1 ? 24 : 28;
  const std::size_t foot = head + 44;  // five places of eight bytes, and the sum
  if (version < 1 || version > 2 || source.size() < head + foot) return false;
  const std::string begin = bytes_at(source, 0, head);
  const std::string end = bytes_at(source, source.size() - foot, foot);
  return begin.starts_with("REFT") && end.starts_with(begin) &&
         big_endian(end, foot - 4, 4) == crc32(std::string_view(end).substr(0, foot - 4));
}

}  // namespace

std::string_view git_table(source::Source& source) {
  for (const std::size_t digest : kDigests) {
    if (Index(source, digest).follow()) return "index of git";
    if (is_pack_index(source, digest) || is_list(source, "RIDX", digest) ||
        is_list(source, "MTME", digest) || is_bitmap(source, digest) ||
        has_chunks(source, "CGPH", 8, digest) || has_chunks(source, "MIDX", 12, digest))
      return "table of git";
  }
  return is_reftable(source) ? "table of git" : "";
}

}  // namespace gh::artifacts
