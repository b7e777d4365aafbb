#include "hub/recording.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "hub/checksum.h"

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

bool is_name(std::string_view chunk) {
  return std::ranges::all_of(chunk.substr(0, 4), [](char c) { return c >= ' ' && c <= '~'; });
}

// "RIFF", the size of all that follows, "WAVE", and chunks: name, length, data, padded to be even.
// "fmt " says what "data" is.
bool begins_wav(std::string_view head, source::Source&) {
  constexpr std::array kFirst = {"fmt "sv, "JUNK"sv, "junk"sv, "LIST"sv, "bext"sv,
                                 "fact"sv, "FLLR"sv, "PAD "sv, "iXML"sv, "id3 "sv};
  if (head.size() < 20 || !head.starts_with("RIFF") || head.substr(8, 4) != "WAVE") return false;
  const std::string_view first = head.substr(12, 4);
  if (std::ranges::find(kFirst, first) == kFirst.end()) return false;
  return first != "fmt " || little_endian(head, 16, 4) >= 14;
}

End follow_wav(source::Source&, source::Reader& reader) {
  const std::uint64_t end = 8 + little_endian(reader.peek(12), 4, 4);
  if (!pass(reader, 12)) return End::none;
  bool format = false;
  bool data = false;
  for (int chunks = 0; chunks < kMostParts; ++chunks) {
    if (reader.position() >= end || reader.left() == 0) {
      // The size is that of a file whose last byte of padding is not there, or is not counted.
      const bool whole = reader.position() <= end + 1 && reader.position() + 1 >= end;
      return whole && format && data ? End::found : End::none;
    }
    const std::string_view chunk = reader.peek(8);
    if (chunk.size() < 8 || !is_name(chunk)) return End::none;
    format = format || chunk.starts_with("fmt ");
    data = data || chunk.starts_with("data");
    const std::uint64_t size = little_endian(chunk, 4, 4);
    if (!pass(reader, 8 + size)) return End::none;
    if (size % 2 == 1 && reader.left() > 0) pass(reader, 1);
  }
  return End::too_many;
}

// Ogg: pages with a table of the lengths in them, and a sum over all.
constexpr std::size_t kPage = 27;
constexpr std::size_t kSumAt = 22;

// The whole page from here; "" when it is none.
std::string_view page(source::Reader& reader) {
  std::string_view bytes = reader.peek(kPage + 255);
  if (bytes.size() < kPage || !bytes.starts_with("OggS\0"sv)) return {};
  const std::size_t lengths = big_endian(bytes, 26, 1);
  if (bytes.size() < kPage + lengths) return {};
  std::size_t size = kPage + lengths;
  for (std::size_t i = 0; i < lengths; ++i) size += big_endian(bytes, kPage + i, 1);
  bytes = reader.peek(size);
  if (bytes.size() < size) return {};
  bytes = bytes.substr(0, size);
  Remainder<std::uint32_t, 0x04c11db7U> sum;
  sum.add(bytes.substr(0, kSumAt));
  sum.add("\0\0\0\0"sv);
  sum.add(bytes.substr(kSumAt + 4));
  return sum.value() == little_endian(bytes, kSumAt, 4) ? bytes : std::string_view();
}

bool begins_ogg(std::string_view head, source::Source& source) {
  constexpr std::array kCodecs = {"\1vorbis"sv,
                                  "OpusHead"sv,
                                  "Speex   "sv,
                                  "\x7f"
                                  "FLAC"sv,
                                  "\x80theora"sv,
                                  "fishead\0"sv};
  if (!head.starts_with("OggS")) return false;
  source::Reader reader(source);
  const std::string_view first = page(reader);
  // The first page of a stream, with one packet in it.
  if (first.empty() || (big_endian(first, 5, 1) & 2U) == 0) return false;
  const std::string_view packet = first.substr(kPage + big_endian(first, 26, 1));
  return std::ranges::any_of(kCodecs,
                             [&](std::string_view codec) { return packet.starts_with(codec); });
}

End follow_ogg(source::Source&, source::Reader& reader) {
  while (reader.left() > 0) {
    const std::string_view next = page(reader);
    if (next.empty()) return reader.peek(4).starts_with("OggS") ? End::none : End::found;
    pass(reader, next.size());
  }
  return End::found;
}

constexpr std::array kRecordings = {
    Passive{"WAV", begins_wav, follow_wav},
    Passive{"Ogg", begins_ogg, follow_ogg},
};

}  // namespace

std::span<const Passive> recordings() {
  return kRecordings;
}

}  // namespace gh::hub
