#include "hub/raster.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

// Where a table of offsets and sizes says that the last byte is: behind that is behind the picture.
End stand_behind(source::Reader& reader, std::uint64_t end) {
  return pass(reader, end) ? End::found : End::none;
}

// BMP: a header of 14 bytes, one of 12 to 124 that says how large the picture is, colours, pixels.
constexpr std::array<std::uint64_t, 7> kHeaders = {12, 40, 52, 56, 64, 108, 124};
constexpr std::array<std::uint64_t, 6> kDepths = {1, 4, 8, 16, 24, 32};
constexpr std::uint64_t kFileHeader = 14;

struct Bitmap {
  std::uint64_t header = 0;
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t planes = 0;
  std::uint64_t depth = 0;
  std::uint64_t packing = 0;
};

Bitmap read_bitmap(std::string_view head) {
  Bitmap bitmap;
  bitmap.header = little_endian(head, 14, 4);
  const bool small = bitmap.header == 12;
  bitmap.width = little_endian(head, 18, small ? 2 : 4);
  const std::uint64_t height = little_endian(head, small ? 20 : 22, small ? 2 : 4);
  // A picture from the top down has a negative height.
  bitmap.height = !small && height >= 1ull << 31 ? (1ull << 32) - height : height;
  bitmap.planes = little_endian(head, small ? 22 : 26, 2);
  bitmap.depth = little_endian(head, small ? 24 : 28, 2);
  bitmap.packing = small ? 0 : little_endian(head, 30, 4);
  return bitmap;
}

bool begins_bmp(std::string_view head, source::Source& source) {
  if (!head.starts_with("BM") || head.size() < kFileHeader + 12) return false;
  const Bitmap bitmap = read_bitmap(head);
  const std::uint64_t pixels = little_endian(head, 10, 4);
  return little_endian(head, 6, 4) == 0 &&
         std::ranges::find(kHeaders, bitmap.header) != kHeaders.end() && bitmap.width > 0 &&
         bitmap.width < 1ull << 31 && bitmap.height > 0 && bitmap.planes == 1 &&
         std::ranges::find(kDepths, bitmap.depth) != kDepths.end() && bitmap.packing <= 6 &&
         pixels >= kFileHeader + bitmap.header && pixels < source.size();
}

End follow_bmp(source::Source&, source::Reader& reader) {
  const std::string_view head = reader.peek(kFileHeader + 124);
  const Bitmap bitmap = read_bitmap(head);
  const std::uint64_t pixels = little_endian(head, 10, 4);
  const std::uint64_t row = (bitmap.width * bitmap.depth + 31) / 32 * 4;
  std::uint64_t size = little_endian(head, 34, 4);
  const bool plain = bitmap.packing == 0 || bitmap.packing == 3 || bitmap.packing == 6;
  if (plain && __builtin_mul_overflow(row, bitmap.height, &size)) return End::none;
  std::uint64_t end = 0;
  if (__builtin_add_overflow(pixels, size, &end)) return End::none;
  // Version 5 has a profile of colours behind the pixels.
  if (bitmap.header == 124 && little_endian(head, kFileHeader + 116, 4) != 0)
    end = std::max(end, kFileHeader + little_endian(head, kFileHeader + 112, 4) +
                            little_endian(head, kFileHeader + 116, 4));
  return stand_behind(reader, end);
}

// ICO and CUR: a table of pictures, each a PNG or a BMP without its first header.
constexpr std::uint64_t kMostIcons = 256;

bool begins_ico(std::string_view head, source::Source& source) {
  if (!head.starts_with("\0\0\1\0"sv) && !head.starts_with("\0\0\2\0"sv)) return false;
  const std::uint64_t count = little_endian(head, 4, 2);
  if (count == 0 || count > kMostIcons) return false;
  const std::uint64_t table = 6 + 16 * count;
  if (head.size() < table) return false;
  for (std::uint64_t at = 6; at < table; at += 16) {
    const std::uint64_t size = little_endian(head, at + 8, 4);
    const std::uint64_t offset = little_endian(head, at + 12, 4);
    // Some writers fill the reserved byte.
    const std::uint64_t reserved = little_endian(head, at + 3, 1);
    if ((reserved != 0 && reserved != 255) || size < 40 || offset < table ||
        offset + size > source.size())
      return false;
    const std::string begin = bytes_at(source, offset, 8);
    if (begin != "\x89PNG\r\n\x1a\n" && little_endian(begin, 0, 4) != 40) return false;
  }
  return true;
}

End follow_ico(source::Source&, source::Reader& reader) {
  const std::string_view head = reader.peek(6 + 16 * kMostIcons);
  const std::uint64_t table = 6 + 16 * little_endian(head, 4, 2);
  std::uint64_t end = table;
  for (std::uint64_t at = 6; at < table; at += 16)
    end = std::max(end, little_endian(head, at + 8, 4) + little_endian(head, at + 12, 4));
  return stand_behind(reader, end);
}

// TIFF: directories of values, in any order and anywhere in the file.
constexpr std::uint64_t kMostEntries = 4096;  // of one directory; cameras write a hundred
constexpr std::size_t kMostDirectories = 4096;
constexpr std::uint64_t kMostStrips = 1 << 20;  // of all directories

enum Tag : std::uint64_t {
  strip_offsets = 273,
  strip_sizes = 279,
  tile_offsets = 324,
  tile_sizes = 325,
  sub_directories = 330,
  exif = 34665,
  gps = 34853,
};

class Tiff {
 public:
  explicit Tiff(source::Source& source) : source_(source) {
    head_ = bytes_at(source, 0, 8);
    big_ = head_.starts_with("MM");
  }

  bool begins() {
    if (!head_.starts_with("II*\0"sv) && !head_.starts_with("MM\0*"sv)) return false;
    std::vector<std::uint64_t> below;
    const std::uint64_t first = number(head_, 4, 4);
    return first >= 8 && directory(first, below).has_value();
  }

  // The end of what its directories lead to; none where one is broken.
  std::optional<std::uint64_t> end() {
    end_ = 8;
    std::vector<std::uint64_t> open = {number(head_, 4, 4)};
    for (std::size_t count = 0; !open.empty(); ++count) {
      if (count > kMostDirectories) return std::nullopt;
      const std::uint64_t at = open.back();
      open.pop_back();
      const auto next = directory(at, open);
      if (!next) return std::nullopt;
      if (*next != 0) open.push_back(*next);
    }
    return end_;
  }

 private:
  std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) const {
    return big_ ? big_endian(bytes, at, size) : little_endian(bytes, at, size);
  }

  // Where the next one is, 0 for nowhere.
  std::optional<std::uint64_t> directory(std::uint64_t at, std::vector<std::uint64_t>& below) {
    const std::uint64_t count = number(bytes_at(source_, at, 2), 0, 2);
    if (count == 0 || count > kMostEntries) return std::nullopt;
    const std::string entries = bytes_at(source_, at + 2, 12 * count + 4);
    if (entries.size() < 12 * count + 4) return std::nullopt;
    reach(at + 2 + entries.size());
    Parts strips;
    Parts tiles;
    for (std::uint64_t i = 0; i < count; ++i)
      if (!entry(std::string_view(entries).substr(12 * i, 12), strips, tiles, below))
        return std::nullopt;
    reach(strips);
    reach(tiles);
    return number(entries, 12 * count, 4);
  }

  struct Parts {
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint64_t> sizes;
  };

  bool entry(std::string_view bytes, Parts& strips, Parts& tiles,
             std::vector<std::uint64_t>& below) {
    constexpr std::array<std::uint64_t, 14> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    const std::uint64_t type = number(bytes, 2, 2);
    const std::uint64_t count = number(bytes, 4, 4);
    if (type == 0 || type >= kSizes.size()) return false;
    const std::uint64_t size = kSizes[type] * count;
    std::uint64_t at = 0;  // of its values; 0 for here
    if (size > 4) {
      at = number(bytes, 8, 4);
      if (at + size > source_.size()) return false;
      reach(at + size);
    }
    const auto values = [&](std::vector<std::uint64_t>& into) {
      if ((type != 3 && type != 4 && type != 13) || count > kMostStrips - strips_) return false;
      strips_ += count;
      const std::string far = at == 0 ? std::string(bytes.substr(8)) : bytes_at(source_, at, size);
      for (std::uint64_t i = 0; i < count; ++i)
        into.push_back(number(far, i * kSizes[type], kSizes[type]));
      return true;
    };
    switch (number(bytes, 0, 2)) {
      case strip_offsets:
        return values(strips.offsets);
      case strip_sizes:
        return values(strips.sizes);
      case tile_offsets:
        return values(tiles.offsets);
      case tile_sizes:
        return values(tiles.sizes);
      case sub_directories:
      case exif:
      case gps:
        return below.size() + count <= kMostDirectories && values(below);
      default:
        return true;
    }
  }

  void reach(std::uint64_t end) { end_ = std::max(end_, end); }
  void reach(const Parts& parts) {
    for (std::size_t i = 0; i < std::min(parts.offsets.size(), parts.sizes.size()); ++i)
      reach(parts.offsets[i] + parts.sizes[i]);
  }

  source::Source& source_;
  std::string head_;
  bool big_ = false;
  std::uint64_t end_ = 0;
  std::uint64_t strips_ = 0;
};

bool begins_tiff(std::string_view, source::Source& source) {
  return Tiff(source).begins();
}

End follow_tiff(source::Source& source, source::Reader& reader) {
  const auto end = Tiff(source).end();
  if (!end || stand_behind(reader, *end) != End::found) return End::none;
  // Writers of several pages fill each up to a multiple of 16 bytes.
  const std::string rest = bytes_at(source, *end, 16);
  if (rest.size() < 16 && rest.find_first_not_of('\0') == std::string::npos)
    pass(reader, rest.size());
  return End::found;
}

constexpr std::array kPictures = {
    Passive{"BMP", begins_bmp, follow_bmp},
    Passive{"icon", begins_ico, follow_ico},
    Passive{"TIFF", begins_tiff, follow_tiff},
};

}  // namespace

std::span<const Passive> raster_pictures() {
  return kPictures;
}

}  // namespace gh::hub
