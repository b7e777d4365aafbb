// gh-link: gh_artifacts
// Any bytes at any place within a repository of git: they are judged, and the same again. What a
// blob holds is judged alike by itself, in an object and in a pack; tables end where they say. The
// first byte chooses the place.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/zip.h"
#include "artifacts/git.h"
#include "artifacts/git_pack.h"
#include "artifacts/git_tables.h"
#include "artifacts/kind.h"
#include "base/check.h"
#include "base/text.h"

namespace {

constexpr std::uint64_t kWork = 1 << 22;
constexpr std::string_view kObject = "objects/ab/cdef0123456789abcdef0123456789abcdef01";
constexpr std::string_view kPack = "objects/pack/pack-1.pack";
constexpr std::array<std::string_view, 12> kPlaces = {kObject,
                                                      kPack,
                                                      "index",
                                                      "objects/pack/pack-1.idx",
                                                      "objects/info/commit-graph",
                                                      "refs/heads/main",
                                                      "logs/HEAD",
                                                      "hooks/pre-push",
                                                      "hooks/pre-commit.sample",
                                                      "config",
                                                      "packed-refs",
                                                      "modules/a/index"};

struct Seen {
  std::string kind;
  std::vector<std::string> rules;
  std::vector<std::string> messages;
  bool operator==(const Seen&) const = default;
};

Seen examined(std::string_view bytes, auto examine) {
  gh::source::MemorySource source(bytes);
  gh::findings::Examination examination(kWork);
  const gh::artifacts::Options options;
  gh::artifacts::Context context{.examination = examination, .options = options};
  examine(source, context);
  GH_CHECK(examination.depth() == 0 && examination.work() <= kWork);
  Seen seen{std::string(examination.kind()), {}, {}};
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    seen.rules.emplace_back(finding.rule->id);
    seen.messages.push_back(finding.message);
  }
  return seen;
}

Seen placed(std::string_view bytes, std::string_view place) {
  return examined(bytes, [&](gh::source::Source& source, gh::artifacts::Context& context) {
    gh::artifacts::examine_in_git(source, place, context);
  });
}

// zlib's wrapping around bytes that are stored as they are.
std::string stored(std::string_view bytes) {
  constexpr std::uint32_t kModulus = 65'521;
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % kModulus;
    high = (high + low) % kModulus;
  }
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string out = "x\1\1";
  for (const std::uint32_t number : {size, ~size})
    for (const int shift : {0, 8}) out += static_cast<char>(number >> shift);
  out += bytes;
  for (const std::uint32_t half : {high, low})
    for (const int shift : {8, 0}) out += static_cast<char>(half >> shift);
  return out;
}

std::string object_of(std::string_view blob) {
  std::string content = "blob " + std::to_string(blob.size());
  content += '\0';
  return stored(content.append(blob));
}

std::string pack_of(std::string_view blob) {
  constexpr char kBlob = 3 << 4;
  std::string out("PACK\0\0\0\2\0\0\0\1", 12);
  std::size_t size = blob.size();
  out += static_cast<char>(kBlob | (size & 15) | (size > 15 ? 0x80 : 0));
  for (size >>= 4; size != 0; size >>= 7)
    out += static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
  return out + stored(blob) + std::string(20, 's');
}

// What the blob makes of a pack at a fixed place of it, as `ustar` at 257: it is judged as that.
bool is_something_else(std::string_view pack) {
  gh::source::MemorySource source(pack);
  return gh::artifacts::kind_of(pack.substr(0, gh::artifacts::kHead), source) !=
             gh::artifacts::Kind::unknown ||
         gh::archive::ends_as_zip(source);
}

void compare_blobs(std::string_view blob) {
  if (blob.size() > 60'000) return;  // of one stored block
  const Seen alone =
      examined(blob, [](gh::source::Source& source, gh::artifacts::Context& context) {
        gh::artifacts::examine_blob(source, "blob", context);
      });
  const Seen object = placed(object_of(blob), kObject);
  GH_CHECK(object.kind == "object of git");
  GH_CHECK(object.rules == alone.rules && object.messages == alone.messages);
  const std::string packed = pack_of(blob);
  if (is_something_else(packed)) return;
  const Seen pack = placed(packed, kPack);
  GH_CHECK(pack.kind == "pack of git" && pack.rules == alone.rules);
}

void check_table(std::string_view bytes) {
  gh::source::MemorySource source(bytes);
  if (gh::artifacts::git_table(source).empty()) return;
  // The sum of an index may look like an extension, or its paths go on in the longer form of it. Of
  // newer bitmaps some is in a form that is not followed.
  if (bytes.starts_with("DIRC")) return;
  if (bytes.starts_with("BITM") && (bytes[7] & 32) != 0) return;
  const std::string longer = std::string(bytes) + std::string(17, '\1');
  gh::source::MemorySource more(longer);
  GH_CHECK(gh::artifacts::git_table(more).empty());
}

}  // namespace

// As in scan_fuzz.cc.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "allocator_may_return_null=1:max_allocation_size_mb=1024";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view place = kPlaces[data[0] % kPlaces.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Seen seen = placed(bytes, place);
  GH_CHECK(!seen.kind.empty() || !seen.rules.empty());
  GH_CHECK(placed(bytes, place) == seen);
  check_table(bytes);
  if (place == kObject || place == kPack) compare_blobs(bytes);
  return 0;
}
