#include "hub/boxes.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gh::hub {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kPictureBrands = {"avif"sv, "avis"sv, "heic"sv, "heix"sv, "hevc"sv, "hevx"sv,
                                       "heim"sv, "heis"sv, "mif1"sv, "mif2"sv, "msf1"sv};
constexpr std::array kRecordingBrands = {"isom"sv, "iso2"sv, "iso3"sv, "iso4"sv, "iso5"sv, "iso6"sv,
                                         "iso8"sv, "iso9"sv, "mp41"sv, "mp42"sv, "avc1"sv, "M4A "sv,
                                         "M4V "sv, "M4B "sv, "qt  "sv, "dash"sv, "3gp4"sv, "3gp5"sv,
                                         "3gp6"sv, "MSNV"sv, "f4v "sv};
// All that stand at the top of a file.
constexpr std::array kTop = {"ftyp"sv, "styp"sv, "moov"sv, "moof"sv, "mfra"sv, "mdat"sv, "meta"sv,
                             "free"sv, "skip"sv, "wide"sv, "uuid"sv, "sidx"sv, "ssix"sv, "pdin"sv,
                             "emsg"sv, "prft"sv, "udta"sv, "idat"sv, "iods"sv};

constexpr std::uint64_t kMostBrands = 4096;  // bytes of the first box

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::ranges::find(names, name.substr(0, 4)) != names.end();
}

bool is_top(std::string_view bytes, std::size_t at) {
  return bytes.size() >= at + 8 && is_one_of(bytes.substr(at + 4), kTop);
}

// A first box that says what the file is, and a known one behind it. The brand before the others
// decides.
template <const auto& kBrands>
bool begins(std::string_view head, source::Source&) {
  const std::uint64_t size = big_endian(head, 0, 4);
  return size >= 16 && size <= kMostBrands && size % 4 == 0 &&
         head.substr(std::min<std::size_t>(4, head.size())).starts_with("ftyp") &&
         is_top(head, size) && is_one_of(head.substr(8), kBrands);
}

// Boxes to the end, and the one with what all the others are for among them.
End follow(source::Source&, source::Reader& reader) {
  bool described = false;
  for (int boxes = 0; boxes < kMostParts; ++boxes) {
    if (reader.left() == 0) return described ? End::found : End::none;
    const std::string_view box = reader.peek(16);
    // Behind the last box there is something else.
    if (!is_top(box, 0)) return described ? End::found : End::none;
    described = described || is_one_of(box.substr(4), std::array{"moov"sv, "meta"sv});
    std::uint64_t size = big_endian(box, 0, 4);
    if (size == 0) size = reader.left();
    if (size == 1) size = box.size() < 16 ? 0 : big_endian(box, 8, 8);
    if (size < 8 || !pass(reader, size)) return End::none;
  }
  return End::too_many;
}

constexpr std::array kPictures = {Passive{"HEIF or AVIF picture", begins<kPictureBrands>, follow}};
constexpr std::array kRecordings = {Passive{"MP4", begins<kRecordingBrands>, follow}};

}  // namespace

std::span<const Passive> box_pictures() {
  return kPictures;
}

std::span<const Passive> box_recordings() {
  return kRecordings;
}

}  // namespace gh::hub
