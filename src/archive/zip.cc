#include "archive/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "archive/growth.h"
#include "archive/inflate.h"
#include "archive/names.h"
#include "archive/zip_directory.h"
#include "archive/zip_layout.h"
#include "archive/zip_local.h"
#include "archive/zip_records.h"
#include "archive/zip_rules.h"
#include "base/text.h"

namespace gh::archive {

namespace {

constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
// Host of "version made by" whose attributes are a Unix mode, and the kinds of file of that mode.
constexpr std::uint16_t kUnix = 3;
constexpr std::uint32_t kKindMask = 0170000;
constexpr std::uint32_t kRegular = 0100000;
constexpr std::uint32_t kFolder = 0040000;

class Judge {
 public:
  Judge(source::Source& source, const DirectoryPlace& place, findings::Examination& examination)
      : source_(source), place_(place), examination_(examination) {}

  ZipMember judge(const CentralEntry& entry, std::size_t index) {
    ZipMember member{
        .name = entry.name,
        .method = entry.method,
        .header_offset = entry.header_offset + place_.base,
        .data_offset = 0,
        .packed_size = entry.packed_size,
        .size = entry.size,
        .crc = entry.crc,
        .directory = false,
        .encrypted = (entry.flags & (kFlagEncrypted | kFlagStrongEncryption | kFlagMasked)) != 0,
        .readable = true,
        .shared = false};
    judge_name(entry, member);
    judge_packing(entry, member);
    judge_place(entry, index, member);
    return member;
  }

  void judge_layout(std::vector<ZipMember>& members) {
    for (const std::size_t index :
         check_layout(source_, std::move(spans_), place_.offset, examination_))
      members[index].shared = true;
  }

 private:
  void add(const Rule& rule, const ZipMember& member, std::string_view what) {
    examination_.add(rule, fmt::format("\"{}\" {}", escape(member.name), what),
                     {.offset = member.header_offset});
  }

  void judge_name(const CentralEntry& entry, ZipMember& member) {
    if (leaves_folder(member.name)) add(kZipTraversal, member, "leaves the folder");
    if (is_ambiguous(member.name))
      add(kZipName, member,
          member.name.empty() ? "has no name" : "is a name that is read in two ways");
    if (!is_same_name(member.name, entry.other_name)) {
      add(kZipName, member, fmt::format("is \"{}\" in Unicode", escape(entry.other_name)));
      if (leaves_folder(entry.other_name))
        add(kZipTraversal, member, "leaves the folder in Unicode");
    }
    const bool folder = member.name.ends_with('/') || entry.dos_directory();
    const bool bytes = member.size != 0 || member.packed_size != 0;
    member.directory = folder && !bytes;
    if (folder && bytes)
      add(kZipDirectory, member, fmt::format("is a directory of {} bytes", member.size));
    const std::uint32_t kind = (entry.attributes >> 16) & kKindMask;
    if (entry.made_by >> 8 == kUnix && kind != 0 && kind != kRegular && kind != kFolder)
      add(kZipLink, member, fmt::format("has the Unix mode {:o}", entry.attributes >> 16));
  }

  void judge_packing(const CentralEntry& entry, ZipMember& member) {
    if (member.encrypted) {
      add(kZipEncrypted, member, "is encrypted");
      member.readable = false;
    } else if ((member.method != kStored && member.method != kDeflated) ||
               (entry.flags & kFlagPatched) != 0) {
      add(kZipMethod, member, fmt::format("is packed by method {}", member.method));
      member.readable = false;
    }
    if (member.method == kStored && member.packed_size != member.size)
      add(kZipTwoSizes, member,
          fmt::format("is stored as {} bytes and said to be {}", member.packed_size, member.size));
    // Many that grow are one bomb.
    if (member.method != kDeflated || !grows(member.packed_size, member.size)) return;
    if (__builtin_add_overflow(grown_, member.size, &grown_)) grown_ = UINT64_MAX;
    if (grows_beyond_use(member.packed_size, member.size) &&
        __builtin_add_overflow(far_grown_, member.size, &far_grown_))
      far_grown_ = UINT64_MAX;
    if (grown_ <= kBearable && far_grown_ <= kHarmlessZip) return;
    add(kZipBomb, member,
        fmt::format("grows from {} to {} bytes", member.packed_size, member.size));
    member.readable = false;
  }

  void judge_place(const CentralEntry& entry, std::size_t index, ZipMember& member) {
    const LocalHeader local = read_local(source_, member, entry);
    if (!local.present) {
      add(kZipOutside, member, "has no local header where the directory says");
      member.readable = false;
      return;
    }
    member.data_offset = local.data_offset;
    // `end` wraps around for a hostile size, so bytes are counted from where they begin.
    std::uint64_t end = local.end;
    if (member.data_offset > place_.offset ||
        std::max(member.packed_size, member.method == kStored ? member.size : 0) >
            place_.offset - member.data_offset) {
      add(kZipOutside, member, "reaches into the central directory or beyond the file");
      end = place_.offset;
    }
    if (member.header_offset < end)
      spans_.push_back({member.header_offset, end, index, entry.name});
    if (!local.differences.empty())
      add(kZipLocalDiffers, member,
          fmt::format("differs between local header and directory: {}", local.differences));
  }

  source::Source& source_;
  const DirectoryPlace& place_;
  findings::Examination& examination_;
  std::vector<Span> spans_;
  std::uint64_t grown_ = 0;      // bytes of members that grow
  std::uint64_t far_grown_ = 0;  // of those that do beyond use
};

constexpr std::array kRules = {&kZipPrepended,  &kZipFoldedDuplicate,
                               &kZipCrc,        &kZipLocalDiffers,
                               &kZipTrailing,   &kZipDuplicate,
                               &kZipBroken,     &kZipEncrypted,
                               &kZipMethod,     &kZipOutside,
                               &kZipOverlap,    &kZipHiddenHeader,
                               &kZipGap,        &kZipTooMany,
                               &kZipEndDiffers, &kZipTraversal,
                               &kZipName,       &kZipLink,
                               &kZipSize,       &kZipBomb,
                               &kZipInflate,    &kZipDirectory,
                               &kZipTwoSizes,   &kZipComment};

}  // namespace

std::optional<ZipArchive> ZipArchive::open(source::Source& source,
                                           findings::Examination& examination) {
  const auto place = find_directory(source, examination);
  if (!place) return std::nullopt;
  const std::vector<CentralEntry> entries = read_directory(source, *place, examination);
  if (entries.empty() && place->entries != 0) return std::nullopt;

  Judge judge(source, *place, examination);
  std::vector<ZipMember> members;
  members.reserve(entries.size());
  for (const CentralEntry& entry : entries) members.push_back(judge.judge(entry, members.size()));
  judge.judge_layout(members);

  ZipArchive archive(source, std::move(members));
  archive.check_duplicates(examination);
  return archive;
}

ZipArchive::ZipArchive(source::Source& source, std::vector<ZipMember> members)
    : source_(&source), members_(std::move(members)), by_name_(members_.size()) {
  std::iota(by_name_.begin(), by_name_.end(), 0U);
  std::ranges::sort(by_name_, [this](std::uint32_t a, std::uint32_t b) {
    const int order = compare_folded(members_[a].name, members_[b].name);
    return order != 0 ? order < 0 : a < b;
  });
}

void ZipArchive::check_duplicates(findings::Examination& examination) const {
  for (std::size_t i = 1; i < by_name_.size(); ++i) {
    const ZipMember& a = members_[by_name_[i - 1]];
    const ZipMember& b = members_[by_name_[i]];
    if (compare_folded(a.name, b.name) != 0) continue;
    if (a.name == b.name)
      examination.add(kZipDuplicate, fmt::format("\"{}\" is there twice", escape(a.name)),
                      {.offset = b.header_offset});
    else
      examination.add(
          kZipFoldedDuplicate,
          fmt::format("\"{}\" and \"{}\" are one name to PyTorch", escape(a.name), escape(b.name)),
          {.offset = b.header_offset});
  }
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(
      by_name_, name,
      [](std::string_view a, std::string_view b) { return compare_folded(a, b) < 0; },
      [this](std::uint32_t index) -> std::string_view { return members_[index].name; });
  if (at == by_name_.end() || compare_folded(members_[*at].name, name) != 0) return nullptr;
  return &members_[*at];
}

std::unique_ptr<source::Source> ZipArchive::member(const ZipMember& member,
                                                   findings::Examination& examination) const {
  if (!member.readable) return nullptr;
  // PyTorch reads stored bytes by the stated size, others by the packed one: what either gets is
  // examined.
  const std::uint64_t size = std::max(member.size, member.packed_size);
  if (member.shared) {
    if (size > shared_left_) {
      examination.add(kZipInflate, "members that share bytes are not all read");
      return nullptr;
    }
    shared_left_ -= size;
  }
  if (member.deflated())
    return inflate(*source_, member.data_offset, member.packed_size, member.size,
                   examination.work());
  return std::make_unique<source::Slice>(*source_, member.data_offset, size);
}

bool ZipArchive::omits_checksums() const {
  const auto zero = [](const ZipMember& member) { return member.crc == 0; };
  const auto some = [](const ZipMember& member) { return member.size != 0; };
  return std::ranges::all_of(members_, zero) && std::ranges::any_of(members_, some);
}

void ZipArchive::ignore_checksums() {
  for (ZipMember& member : members_) member.summed = false;
}

void ZipArchive::check_content(const ZipMember& member, source::Source& bytes,
                               findings::Examination& examination, std::string* kept) {
  std::vector<char> block(std::size_t{64} * 1024);
  std::uint64_t size = 0;
  uLong crc = 0;
  while (const std::size_t got = bytes.read_at(size, block)) {
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(block.data()), got);
    size += got;
    if (kept != nullptr) kept->append(block.data(), got);
  }
  const auto* inflated = dynamic_cast<const Inflated*>(&bytes);
  if (inflated != nullptr && bytes.error()) {
    examination.add(kZipInflate, fmt::format("{} after {} bytes", bytes.error()->message, size),
                    {.offset = size});
    return;
  }
  // Unpackers that go by the stream write what the others leave out.
  if (inflated != nullptr && size > member.size)
    examination.add(
        kZipInflate,
        fmt::format("what its stream has beyond {} bytes was not examined", member.size),
        {.offset = member.size});
  if (inflated != nullptr && inflated->unused() != 0) {
    const auto message =
        fmt::format("its stream ends {} bytes before its packed bytes do", inflated->unused());
    examination.add(kZipSize, message, {.offset = size});
    examination.add(kZipInflate, message + ", which were not examined", {.offset = size});
  }
  if (size != member.size) {
    examination.add(kZipSize,
                    fmt::format("said to be {} bytes, and {}", member.size,
                                size > member.size ? std::string("there are more")
                                                   : fmt::format("only {} are there", size)),
                    {.offset = size});
  } else if (member.summed && crc != member.crc) {
    examination.add(kZipCrc,
                    fmt::format("the checksum is {:08x}, stated is {:08x}", crc, member.crc));
  }
}

std::span<const findings::Rule* const> zip_rules() {
  return kRules;
}

}  // namespace gh::archive
