#include "hub/picture.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "source/reader.h"

namespace gh::hub {

namespace {

std::uint32_t byte_of(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

// Chunks: length, type, data, checksum; IEND is the last.
End follow_png(source::Reader& reader) {
  if (!pass(reader, 8)) return End::none;
  for (int chunks = 0; chunks < kMostParts; ++chunks) {
    const std::string_view chunk = reader.peek(8);
    if (reader.left() < 12 || chunk.size() < 8) return End::none;
    const bool last = chunk.substr(std::min<std::size_t>(4, chunk.size())).starts_with("IEND");
    // What an IEND holds is behind the picture to viewers.
    if (!pass(reader, last ? 12 : 12 + big_endian(chunk, 0, 4))) return End::none;
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
    if (bytes.empty()) return false;  // a member that is shorter than its container says
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
    const std::uint64_t size = big_endian(bytes, 2, 2);
    if (size < 2 || !pass(reader, 2 + size)) return End::none;
    if (marker == 0xda && !pass_scan(reader)) return End::none;
  }
  return End::none;
}

// "RIFF", the size of all that follows, "WEBP", and chunks: type, length, data, padded to be even.
End follow_webp(source::Reader& reader) {
  const std::uint64_t end = 8 + little_endian(reader.peek(12), 4, 4);
  if (end < 20 || !pass(reader, 12)) return End::none;
  if (!reader.peek(4).starts_with("VP8")) return End::none;
  for (int chunks = 0; chunks < kMostParts; ++chunks) {
    if (reader.position() >= end) return reader.position() == end ? End::found : End::none;
    const std::string_view chunk = reader.peek(8);
    if (end - reader.position() < 8 || chunk.size() < 8) return End::none;
    const std::uint64_t size = little_endian(chunk, 4, 4);
    const std::uint64_t padded = size + (size & 1U);
    // Some writers leave the last byte of padding out, of the file and of the size.
    const bool bare = reader.left() == 8 + size && end <= reader.position() + 8 + padded;
    if (!pass(reader, 8 + (bare ? size : padded))) return End::none;
    if (bare) return End::found;
  }
  return End::too_many;
}

template <End (*kFollow)(source::Reader&)>
End only_read(source::Source&, source::Reader& reader) {
  return kFollow(reader);
}

// A magic of so many bytes that nothing else begins with it.
bool begins_png(std::string_view head, source::Source&) {
  return head.starts_with("\x89PNG\r\n\x1a\n");
}
bool begins_jpeg(std::string_view head, source::Source&) {
  return head.starts_with("\xff\xd8\xff");
}
bool begins_gif(std::string_view head, source::Source&) {
  return head.starts_with("GIF87a") || head.starts_with("GIF89a");
}
bool begins_webp(std::string_view head, source::Source&) {
  return head.starts_with("RIFF") &&
         head.substr(std::min<std::size_t>(8, head.size())).starts_with("WEBP");
}

constexpr std::array kPictures = {
    Passive{"PNG", begins_png, only_read<follow_png>},
    Passive{"JPEG", begins_jpeg, only_read<follow_jpeg>},
    Passive{"GIF", begins_gif, only_read<follow_gif>},
    Passive{"WebP", begins_webp, only_read<follow_webp>},
};

}  // namespace

std::span<const Passive> pictures() {
  return kPictures;
}

}  // namespace gh::hub
