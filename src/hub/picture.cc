#include "hub/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "hub/code_rules.h"
#include "source/reader.h"

namespace gh::hub {

namespace {

constexpr int kMostChunks = 100'000;  // of a PNG or WebP

enum class End : std::uint8_t { found, none, too_many };

std::uint32_t byte_of(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte_of(bytes, i);
  return value;
}

// Moves past what is there whole.
bool pass(source::Reader& reader, std::uint64_t size) {
  return size <= reader.left() && reader.skip(size);
}

// Chunks: length, type, data, checksum; IEND is the last.
End follow_png(source::Reader& reader) {
  if (!pass(reader, 8)) return End::none;
  for (int chunks = 0; chunks < kMostChunks; ++chunks) {
    if (reader.left() < 12) return End::none;
    const std::string_view chunk = reader.peek(8);
    const bool last = chunk.substr(std::min<std::size_t>(4, chunk.size())).starts_with("IEND");
    // What an IEND holds is behind the picture to viewers.
    if (!pass(reader, last ? 12 : std::uint64_t{12} + big_endian(chunk, 4))) return End::none;
    if (last) return End::found;
  }
  return End::too_many;
}

// Blocks of at most 255 bytes with their length in front; an empty one ends them.
bool pass_blocks(source::Reader& reader) {
  for (;;) {
    if (reader.left() == 0) return false;
    const std::uint32_t size = byte_of(reader.peek(1), 0);
    if (!pass(reader, 1 + size)) return false;
    if (size == 0) return true;
  }
}

// Passes a descriptor whose last bytes say how many colours follow it.
bool pass_colours(source::Reader& reader, std::size_t descriptor, std::size_t flags_at) {
  if (reader.left() < descriptor) return false;
  const std::uint32_t flags = byte_of(reader.peek(descriptor), flags_at);
  const std::uint64_t colours = (flags & 0x80U) != 0 ? std::uint64_t{2} << (flags & 7U) : 0;
  return pass(reader, descriptor + 3 * colours);
}

// A screen, then extensions and images, then ";".
End follow_gif(source::Reader& reader) {
  bool good = pass_colours(reader, 13, 10);
  while (good && reader.left() > 0) {
    switch (byte_of(reader.peek(1), 0)) {
      case ';':
        pass(reader, 1);
        return End::found;
      case '!':
        good = pass(reader, 2) && pass_blocks(reader);
        break;
      case ',':
        good = pass_colours(reader, 10, 9) && pass(reader, 1) && pass_blocks(reader);
        break;
      default:
        return End::none;
    }
  }
  return End::none;
}

// Past the bytes of a scan, to the next marker: an FF that nothing escapes.
bool pass_scan(source::Reader& reader) {
  while (reader.left() > 1) {
    const std::string_view bytes = reader.peek(2);
    const std::size_t at = bytes.find('\xff');
    if (at != 0) {
      if (!pass(reader, std::min(at, bytes.size()))) return false;
      continue;
    }
    const std::uint32_t next = byte_of(bytes, 1);
    if (next != 0 && (next < 0xd0 || next > 0xd7)) return true;
    pass(reader, 2);
  }
  return false;
}

// Segments, each with its marker and mostly its length; behind SOS comes a scan, EOI is the end.
End follow_jpeg(source::Reader& reader) {
  if (!pass(reader, 2)) return End::none;
  while (reader.left() > 1) {
    const std::string_view bytes = reader.peek(4);
    if (byte_of(bytes, 0) != 0xff) return End::none;
    const std::uint32_t marker = byte_of(bytes, 1);
    if (marker == 0xff) {  // may be repeated
      pass(reader, 1);
      continue;
    }
    if (marker == 0xd9) {
      pass(reader, 2);
      return End::found;
    }
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      pass(reader, 2);
      continue;
    }
    if (marker < 0xc0 || marker == 0xd8 || bytes.size() < 4) return End::none;
    const std::uint32_t size = big_endian(bytes.substr(2), 2);
    if (size < 2 || !pass(reader, 2 + size)) return End::none;
    if (marker == 0xda && !pass_scan(reader)) return End::none;
  }
  return End::none;
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | byte_of(bytes, at + i);
  return value;
}

// "RIFF", the size of all that follows, "WEBP", and chunks: type, length, data, padded to be even.
End follow_webp(source::Reader& reader) {
  const std::uint64_t end = 8 + little_endian(reader.peek(12), 4);
  if (end < 20 || !pass(reader, 12)) return End::none;
  if (!reader.peek(4).starts_with("VP8")) return End::none;
  for (int chunks = 0; chunks < kMostChunks; ++chunks) {
    if (reader.position() >= end) return reader.position() == end ? End::found : End::none;
    if (end - reader.position() < 8 || reader.left() < 8) return End::none;
    const std::uint64_t size = little_endian(reader.peek(8), 4);
    const std::uint64_t padded = size + (size & 1U);
    // Some writers leave the last byte of padding out, of the file and of the size.
    const bool bare = reader.left() == 8 + size && end <= reader.position() + 8 + padded;
    if (!pass(reader, 8 + (bare ? size : padded))) return End::none;
    if (bare) return End::found;
  }
  return End::too_many;
}

}  // namespace

std::string_view picture(std::string_view head) {
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return "PNG";
  if (head.starts_with("\xff\xd8\xff")) return "JPEG";
  if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return "GIF";
  if (head.starts_with("RIFF") &&
      head.substr(std::min<std::size_t>(8, head.size())).starts_with("WEBP"))
    return "WebP";
  return "";
}

void examine_picture(std::string_view kind, source::Source& source, const Input& input) {
  source::Reader reader(source);
  const End end = kind == "PNG"    ? follow_png(reader)
                  : kind == "GIF"  ? follow_gif(reader)
                  : kind == "WebP" ? follow_webp(reader)
                                   : follow_jpeg(reader);
  if (end == End::too_many)
    return input.add(rule::kManyChunks, fmt::format("more than {} chunks", kMostChunks));
  if (end == End::none) {
    return input.add(rule::kCutImage, fmt::format("behind byte {} there is neither a part nor the "
                                                  "end of a {}",
                                                  reader.position(), kind));
  }
  if (reader.left() > 0)
    input.add(rule::kBehindImage, fmt::format("the file goes on behind the {}", kind));
}

}  // namespace gh::hub
