#include "hub/frames.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "hub/checksum.h"

namespace gh::hub {

namespace {

// ID3v1, at the very end.
constexpr std::uint64_t kTag = 128;
bool is_last_tag(source::Reader& reader) {
  return reader.left() == kTag && reader.peek(3).starts_with("TAG");
}

// FLAC: blocks of description, the first of 34 bytes; then frames, which say their own sum and not
// their length.
bool begins_flac(std::string_view head, source::Source&) {
  if (!head.starts_with("fLaC") || head.size() < 42) return false;
  const std::uint64_t kind = big_endian(head, 4, 1) & 0x7fU;
  const std::uint64_t least = big_endian(head, 8, 2);
  const std::uint64_t most = big_endian(head, 10, 2);
  const std::uint64_t rate = big_endian(head, 18, 3) >> 4;
  return kind == 0 && big_endian(head, 5, 3) == 34 && least >= 16 && least <= most && rate > 0;
}

bool pass_blocks(source::Reader& reader) {
  for (int blocks = 0; blocks < kMostParts; ++blocks) {
    const std::string_view block = reader.peek(4);
    if (block.size() < 4) return false;
    const std::uint64_t kind = big_endian(block, 0, 1);
    if ((kind & 0x7fU) == 0x7fU || !pass(reader, 4 + big_endian(block, 1, 3))) return false;
    if ((kind & 0x80U) != 0) return true;
  }
  return false;
}

bool is_frame(std::string_view bytes) {
  return (big_endian(bytes, 0, 2) & 0xfffeU) == 0xfff8U;
}

// Past a frame: to where its sum is right and another begins, or nothing follows.
bool pass_frame(source::Reader& reader) {
  constexpr std::size_t kLooked = 4096;
  if (!is_frame(reader.peek(2))) return false;
  Remainder<std::uint16_t, 0x8005U> sum;
  while (reader.left() > 0) {
    const std::string_view bytes = reader.peek(kLooked);
    if (bytes.empty()) return false;
    // Two bytes more are looked at than are passed, but at the end, which may come before the
    // stated one.
    const bool last = bytes.size() >= reader.left() || bytes.size() < kLooked;
    const std::size_t most = last ? bytes.size() : bytes.size() - 2;
    for (std::size_t i = 0; i < most; ++i) {
      sum.add(bytes[i]);
      if (sum.value() != 0) continue;
      const std::string_view next = bytes.substr(i + 1);
      if (is_frame(next) || next.empty() || next.starts_with("TAG")) return pass(reader, i + 1);
    }
    if (!pass(reader, most)) return false;
  }
  return false;
}

End follow_flac(source::Source&, source::Reader& reader) {
  if (!pass(reader, 4) || !pass_blocks(reader)) return End::none;
  while (reader.left() > 0 && !is_last_tag(reader))
    if (!pass_frame(reader)) return End::none;
  pass(reader, reader.left());
  return End::found;
}

// MPEG audio: frames whose header of four bytes says how long they are.
struct Frame {
  std::uint64_t bytes = 0;
  std::uint64_t alike = 0;  // what all frames of a recording have in common
};

std::optional<Frame> mpeg_frame(std::string_view head) {
  constexpr std::array<std::array<std::uint64_t, 16>, 5> kRates = {{
      {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},
      {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0},
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
  }};
  constexpr std::array<std::uint64_t, 3> kSamples = {44'100, 48'000, 32'000};
  const std::uint64_t bits = big_endian(head, 0, 4);
  const std::uint64_t version = bits >> 19 & 3U;  // 0: 2.5, 2: 2, 3: 1
  const std::uint64_t layer = 4 - (bits >> 17 & 3U);
  const std::uint64_t sample = bits >> 10 & 3U;
  if (head.size() < 4 || bits >> 21 != 0x7ffU || version == 1 || layer == 4 || sample == 3)
    return std::nullopt;
  const bool first = version == 3;
  const std::size_t table = first ? layer - 1 : (layer == 1 ? 3 : 4);
  const std::uint64_t rate = 1000 * kRates[table][bits >> 12 & 15U];
  if (rate == 0) return std::nullopt;
  const std::uint64_t samples = kSamples[sample] >> (first ? 0 : version == 2 ? 1 : 2);
  const std::uint64_t padding = bits >> 9 & 1U;
  const std::uint64_t bytes = layer == 1
                                  ? (12 * rate / samples + padding) * 4
                                  : (layer == 3 && !first ? 72 : 144) * rate / samples + padding;
  return Frame{bytes, version << 4 | layer << 2 | sample};
}

// The bytes of an ID3v2 tag in front: seven bits of each byte of its size count.
std::uint64_t tag_of(std::string_view head) {
  if (!head.starts_with("ID3") || head.size() < 10) return 0;
  std::uint64_t size = 0;
  for (std::size_t i = 6; i < 10; ++i) {
    const std::uint64_t byte = big_endian(head, i, 1);
    if (byte >= 0x80) return 0;
    size = size << 7 | byte;
  }
  const std::uint64_t version = big_endian(head, 3, 1);
  const std::uint64_t flags = big_endian(head, 5, 1);
  if (version < 2 || version > 4 || (flags & 0x0fU) != 0) return 0;
  return 10 + size + ((flags & 0x10U) != 0 ? 10 : 0);
}

bool begins_mp3(std::string_view head, source::Source& source) {
  constexpr int kEnough = 3;  // in a row are no chance
  const std::uint64_t tag = tag_of(head);
  if (tag == 0 && !mpeg_frame(head)) return false;
  std::uint64_t at = tag;
  std::optional<std::uint64_t> alike;
  for (int count = 0; count < kEnough; ++count) {
    const auto frame = mpeg_frame(bytes_at(source, at, 4));
    // A short one may have but two.
    if (!frame) return count == kEnough - 1 && at == source.size();
    if (alike && *alike != frame->alike) return false;
    alike = frame->alike;
    at += frame->bytes;
  }
  return true;
}

End follow_mp3(source::Source&, source::Reader& reader) {
  if (!pass(reader, tag_of(reader.peek(10)))) return End::none;
  while (const auto frame = mpeg_frame(reader.peek(4)))
    if (!pass(reader, frame->bytes)) return End::none;
  const std::string_view tag = reader.peek(16);
  // Its size is without its first 32 bytes.
  if (tag.size() >= 16 && tag.starts_with("APETAGEX"))
    if (!pass(reader, 32 + little_endian(tag, 12, 4))) return End::none;
  if (is_last_tag(reader)) pass(reader, kTag);
  return End::found;
}

constexpr std::array kRecordings = {
    Passive{"FLAC", begins_flac, follow_flac},
    Passive{"MP3", begins_mp3, follow_mp3},
};

}  // namespace

std::span<const Passive> framed_recordings() {
  return kRecordings;
}

}  // namespace gh::hub
