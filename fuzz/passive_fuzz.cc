// gh-link: gh_hub
// Any bytes as a picture, a recording, a table or a log: the follower of each ends soon, says the
// same again, and takes neither what follows the end for a part of it nor a part for the end; also
// where fewer bytes are there than a container said. The first byte says whether the sums in pages
// and records are made right.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "hub/checksum.h"
#include "hub/passive.h"

namespace {

using gh::hub::little_endian;

// May state more bytes than there are. A follower asks for each byte a few times at the most; one
// of TIFF for those of each of its directories.
class Watched final : public gh::source::Source {
 public:
  Watched(std::string_view bytes, std::uint64_t stated) : bytes_(bytes), stated_(stated) {}
  std::uint64_t size() const override { return stated_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    constexpr std::uint64_t kMostReads = 1'000'000;
    GH_CHECK(++reads_ < kMostReads);
    if (offset >= bytes_.size()) return 0;
    const std::size_t got = bytes_.copy(into.data(), into.size(), offset);
    given_ += got;
    return got;
  }
  const std::optional<gh::Error>& error() const override { return error_; }
  std::uint64_t given() const { return given_; }

 private:
  std::string_view bytes_;
  std::uint64_t stated_;
  std::uint64_t reads_ = 0;
  std::uint64_t given_ = 0;
  std::optional<gh::Error> error_;
};

struct Seen {
  std::string_view name;  // "" for no passive format
  std::string findings;   // "" for none
  bool operator==(const Seen&) const = default;
  bool clean() const { return !name.empty() && findings.empty(); }
};

Seen examined(std::string_view bytes, std::uint64_t stated) {
  constexpr std::size_t kHead = 1 << 16;
  Watched source(bytes, stated);
  Seen seen;
  const auto found = gh::hub::passive_format(bytes.substr(0, kHead), source);
  if (found) {
    seen.name = found->format->name;
    gh::findings::Examination examination(0);
    gh::hub::DocumentFacts facts;
    gh::hub::examine_passive(*found->format, source, {"a", "a", {}, examination, facts});
    for (const gh::findings::Finding& finding : examination.findings()) {
      GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
      seen.findings += std::string(finding.rule->id) + ": " + finding.message + "\n";
    }
  }
  const std::uint64_t times = seen.name == "TIFF" ? 5000 : 16;
  GH_CHECK(source.given() <= times * (bytes.size() + (1 << 16)));
  return seen;
}

void put(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

// Pages of Ogg.
void seal_pages(std::string& bytes) {
  constexpr std::size_t kHead = 27;
  for (std::size_t at = 0; bytes.size() - at >= kHead && bytes.compare(at, 4, "OggS") == 0;) {
    const std::size_t lengths = static_cast<unsigned char>(bytes[at + kHead - 1]);
    std::size_t size = kHead + lengths;
    if (size > bytes.size() - at) return;
    for (std::size_t i = 0; i < lengths; ++i)
      size += static_cast<unsigned char>(bytes[at + kHead + i]);
    if (size > bytes.size() - at) return;
    put(bytes, at + 22, 0);
    gh::hub::Remainder<std::uint32_t, 0x04c11db7U> sum;
    sum.add(std::string_view(bytes).substr(at, size));
    put(bytes, at + 22, sum.value());
    at += size;
  }
}

std::uint32_t masked(std::string_view bytes) {
  gh::hub::Castagnoli sum;
  sum.add(bytes);
  return sum.masked();
}

// Records of TensorBoard.
void seal_records(std::string& bytes) {
  for (std::size_t at = 0; bytes.size() - at >= 16;) {
    const std::uint64_t size = little_endian(bytes, at, 8);
    if (size > bytes.size() - at - 16) return;
    put(bytes, at + 8, masked(std::string_view(bytes).substr(at, 8)));
    put(bytes, at + 12 + size, masked(std::string_view(bytes).substr(at + 12, size)));
    at += 16 + size;
  }
}

// The last part of boxes may reach to the end, wherever that is. Padding may be left out. A frame
// of FLAC may end with any zeroes, a TIFF with some.
bool may_be_cut(std::string_view name) {
  return name == "WAV" || name == "WebP" || name == "FLAC" || name == "TIFF";
}
bool has_open_end(std::string_view name) {
  return name == "MP4" || name == "HEIF or AVIF picture";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) {
    seal_pages(bytes);
    if (!bytes.starts_with("OggS")) seal_records(bytes);
  }
  const Seen seen = examined(bytes, bytes.size());
  GH_CHECK(examined(bytes, bytes.size()) == seen);
  for (const std::uint64_t more : {std::uint64_t{1}, std::uint64_t{1} << 16, ~bytes.size()})
    (void)examined(bytes, bytes.size() + more);
  if (!seen.clean() || has_open_end(seen.name)) return 0;
  const std::string longer = bytes + std::string(17, '\1');
  GH_CHECK(!examined(longer, longer.size()).clean());
  if (may_be_cut(seen.name)) return 0;
  const std::string_view shorter = std::string_view(bytes).substr(0, bytes.size() - 1);
  GH_CHECK(!examined(shorter, shorter.size()).clean());
  return 0;
}
