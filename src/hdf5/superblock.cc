#include "hdf5/superblock.h"

#include <fmt/format.h>

#include <array>

#include "hdf5/checksum.h"

namespace gh::hdf5 {

namespace {

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
constexpr std::uint64_t kMostBytes = 128;  // of a superblock with the widest numbers

bool is_width(std::size_t width) {
  return width == 2 || width == 4 || width == 8;
}

// What follows the signature and the version. The base that is stored is overruled by where the
// superblock lies; the end moves with it, as the library has it.
void read_old(Fields& fields, File& file, bool second, Superblock& block, std::uint64_t& base) {
  fields.skip(4);  // versions of parts, all 0
  file.address_width = static_cast<std::size_t>(fields.number(1));
  file.length_width = static_cast<std::size_t>(fields.number(1));
  if (!is_width(file.address_width) || !is_width(file.length_width)) return;
  fields.skip(1 + 2 + 2 + 4);  // reserved, ranks of B-trees, flags
  if (second) fields.skip(4);  // one more rank
  base = fields.address();
  block.extension = fields.address();  // once meant for free space
  block.end = fields.address();
  block.driver = fields.address();
  (void)fields.length();  // the root's name
  block.root = fields.address();
  const std::uint64_t cached = fields.number(4);
  fields.skip(4);
  const std::uint64_t tree = fields.address();
  const std::uint64_t heap = fields.address();
  if (cached == 1) block.cached = {tree, heap};
}

void read_new(Fields& fields, File& file, Superblock& block, std::uint64_t& base) {
  file.address_width = static_cast<std::size_t>(fields.number(1));
  file.length_width = static_cast<std::size_t>(fields.number(1));
  if (!is_width(file.address_width) || !is_width(file.length_width)) return;
  fields.skip(1);  // flags
  base = fields.address();
  block.extension = fields.address();
  block.end = fields.address();
  block.root = fields.address();
  fields.skip(4);
}

}  // namespace

std::optional<std::uint64_t> find_superblock(source::Source& source) {
  std::array<char, kSignature.size()> bytes{};
  for (std::uint64_t at = 0; at < source.size(); at = at == 0 ? 512 : at * 2) {
    const std::size_t size = source.read_at(at, bytes);
    if (std::string_view(bytes.data(), size) == kSignature) return at;
    if (at > source.size() / 2) break;
  }
  return std::nullopt;
}

Read<Superblock> read_superblock(File& file) {
  std::uint64_t size = kMostBytes;
  while (size > 0 && !file.holds(0, size)) --size;
  const auto bytes = file.read(0, size, "the superblock");
  if (!bytes) return std::unexpected(bytes.error());
  Fields fields(*bytes, file);
  fields.skip(kSignature.size());
  const std::uint64_t version = fields.number(1);
  if (version > 3) return file.broken(0, fmt::format("a superblock of version {}", version));
  Superblock block{.root = kUndefined,
                   .extension = kUndefined,
                   .driver = kUndefined,
                   .end = 0,
                   .cached = std::nullopt};
  std::uint64_t base = 0;
  if (version < 2)
    read_old(fields, file, version == 1, block, base);
  else
    read_new(fields, file, block, base);
  if (!is_width(file.address_width) || !is_width(file.length_width))
    return file.broken(
        0, fmt::format("numbers of {} and {} bytes", file.address_width, file.length_width));
  if (!fields.ok()) return file.broken(0, "the superblock is cut");
  if (version >= 2 && !is_sealed(std::string_view(*bytes).substr(0, fields.at())))
    return file.broken(0, "the superblock does not have its checksum");
  if (block.end == kUndefined || block.end < base || !file.holds(block.end - base, 0))
    return file.broken(0, "the file ends before it says so");
  block.end = file.offset(block.end - base);
  return block;
}

}  // namespace gh::hdf5
