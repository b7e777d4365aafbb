#include "archive/members.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <optional>
#include <string>
#include <unordered_set>

#include "archive/archive_rules.h"
#include "archive/deflated.h"
#include "archive/growth.h"
#include "archive/names.h"
#include "archive/rest.h"
#include "archive/stream.h"
#include "base/text.h"
#include "source/bytes.h"

namespace gh::archive {

namespace {

constexpr std::size_t kMaxMembers = 200'000;

// The bytes of the member that a stream stands in.
class Bytes final : public source::ForwardSource {
 public:
  Bytes(Stream& stream, std::uint64_t size, std::uint64_t& work)
      : ForwardSource(size, work), stream_(stream), index_(stream.index()) {}

 protected:
  bool rewind() override {
    const bool there = fresh_ || stream_.go_to(index_);
    fresh_ = false;
    if (!there) set_error(stream_.failure());
    return there;
  }

  std::size_t produce(std::span<char> into) override {
    const std::size_t got = stream_.read(into);
    if (got == 0 && !stream_.failure().empty()) set_error(stream_.failure());
    return got;
  }

 private:
  Stream& stream_;
  std::size_t index_;
  bool fresh_ = true;
};

std::string_view text(const char* bytes) {
  return bytes == nullptr ? std::string_view() : std::string_view(bytes);
}

// As bytes where the archive has bytes (tar); 7z has UTF-16, which becomes UTF-8.
std::string_view name_of(archive_entry* entry) {
  const std::string_view name = text(archive_entry_pathname(entry));
  return name.empty() ? text(archive_entry_pathname_utf8(entry)) : name;
}

MemberKind kind_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return MemberKind::hardlink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return MemberKind::file;
    case AE_IFDIR:
      return MemberKind::directory;
    case AE_IFLNK:
      return MemberKind::symlink;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
    case AE_IFSOCK:
      return MemberKind::device;
    default:
      return MemberKind::other;
  }
}

// 7z and pax keep names in Unicode; in any other locale libarchive converts them by iconv, which
// opens files and fails on what the locale lacks.
locale_t utf8_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

// This thread's locale, for as long as it lives.
class Utf8 {
 public:
  Utf8() : before_(::uselocale(utf8_locale())) {}
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;
  ~Utf8() { ::uselocale(before_); }

 private:
  locale_t before_;
};

class Walk {
 public:
  Walk(source::Source& source, findings::Examination& examination)
      : source_(source), examination_(examination), stream_(source, examination.work()) {}

  bool run(const std::function<void(const ArchiveMember&, source::Source*)>& visit) {
    while (true) {
      const Stream::Next next = stream_.next();
      if (next == Stream::Next::failed) return failed();
      if (next == Stream::Next::end) break;
      if (stream_.index() == 0 && stream_.layers() > 1)
        examination_.add(kArchiveTwice, fmt::format("{} layers of compression", stream_.layers()));
      if (stream_.index() >= kMaxMembers) {
        examination_.add(kArchiveLimit, fmt::format("more than {} members", kMaxMembers));
        return false;
      }
      if (!one(visit)) return failed();
    }
    check_rest(source_,
               stream_.is_tar() || stream_.is_compressed() ? stream_.consumed() : seven_zip_end(),
               examination_);
    return true;
  }

 private:
  bool one(const std::function<void(const ArchiveMember&, source::Source*)>& visit) {
    archive_entry* entry = stream_.entry();
    const MemberKind kind = kind_of(entry);
    const std::string name(stream_.is_compressed() ? std::string_view() : name_of(entry));
    std::string target;
    if (kind == MemberKind::symlink) target = text(archive_entry_symlink(entry));
    if (kind == MemberKind::hardlink) target = text(archive_entry_hardlink(entry));
    std::uint64_t size = 0;
    if (archive_entry_size_is_set(entry) != 0)
      size = static_cast<std::uint64_t>(std::max<std::int64_t>(archive_entry_size(entry), 0));
    if (archive_entry_is_encrypted(entry) != 0) {
      examination_.add(kArchiveEncrypted, fmt::format("\"{}\" is encrypted", escape(name)));
      encrypted_ = true;
      return stream_.finish();
    }
    if (stream_.is_compressed()) {
      const auto counted = count();
      if (!counted) return false;
      size = *counted;
      // What comes before a cut is run before the cut is met.
      if (!cut_.empty()) {
        Bytes bytes(stream_, size, examination_.work());
        visit({name, kind, target, size}, &bytes);
        return false;
      }
    } else {
      check_name(name);
      check_kind(name, kind, target);
    }

    if (kind != MemberKind::file && kind != MemberKind::other) {
      visit({name, kind, target, size}, nullptr);
      return stream_.finish();
    }
    Bytes bytes(stream_, size, examination_.work());
    visit({name, kind, target, size}, &bytes);
    if (bytes.error() && stream_.failure().empty()) {
      limit_ = true;
      return false;
    }
    return stream_.finish();
  }

  // How long a single compressed file is, which nothing states reliably: by unpacking it, to its
  // end or to where it is `cut_`.
  std::optional<std::uint64_t> count() {
    const std::uint64_t before = examination_.work();
    if (!stream_.finish()) {
      if (stream_.is_exhausted()) return std::nullopt;
      cut_ = stream_.forgive();
    }
    const std::uint64_t size = before - examination_.work();
    if (!stream_.go_to(0)) return std::nullopt;
    return size;
  }

  void check_name(const std::string& name) {
    if (leaves_folder(name))
      examination_.add(kArchiveTraversal, fmt::format("\"{}\" leaves the folder", escape(name)));
    if (is_ambiguous(name))
      examination_.add(kArchiveName, name.empty()
                                         ? "a member has no name"
                                         : fmt::format("\"{}\" is read in two ways", escape(name)));
    if (!names_.insert(std::hash<std::string_view>{}(name)).second)
      examination_.add(kArchiveDuplicate, fmt::format("\"{}\" is there twice", escape(name)));
  }

  void check_kind(const std::string& name, MemberKind kind, std::string_view target) {
    if (kind == MemberKind::symlink || kind == MemberKind::hardlink)
      examination_.add(kArchiveLink,
                       fmt::format("\"{}\" links to \"{}\"", escape(name), escape(target)));
    if (kind == MemberKind::device)
      examination_.add(kArchiveDevice, fmt::format("\"{}\" is no file", escape(name)));
  }

  // The signature header: 12 bytes, then offset and size of the header, which is last.
  std::uint64_t seven_zip_end() {
    constexpr std::uint64_t kSignatureHeader = 32;
    const std::string header = bytes_at(source_, 0, kSignatureHeader);
    if (header.size() < kSignatureHeader) return source_.size();
    std::uint64_t end = kSignatureHeader;
    for (const std::size_t at : {std::size_t{12}, std::size_t{20}})
      if (__builtin_add_overflow(end, source::little_endian(header, at, 8), &end))
        return source_.size();
    return end;
  }

  bool failed() {
    if (stream_.is_bomb())
      examination_.add(kArchiveBomb, growth(stream_.consumed(), stream_.produced()));
    else if (limit_ || stream_.is_exhausted())
      examination_.add(kArchiveLimit, "the limit of bytes to unpack for one file is used up");
    else if (!encrypted_)
      examination_.add(kArchiveBroken, cut_.empty() ? stream_.failure() : cut_);
    return false;
  }

  source::Source& source_;
  findings::Examination& examination_;
  Stream stream_;
  std::unordered_set<std::size_t> names_;  // hashes: names are as long as an archive likes
  std::string cut_;                        // why a compressed file ends early
  bool limit_ = false;
  bool encrypted_ = false;  // what follows cannot be reached then, which was said
};

constexpr std::array kRules = {&kArchiveTraversal, &kArchiveLink,      &kArchiveDevice,
                               &kArchiveBomb,      &kArchiveName,      &kArchiveDuplicate,
                               &kArchiveBroken,    &kArchiveEncrypted, &kArchiveLimit,
                               &kArchiveTwice,     &kArchiveTrailing};

}  // namespace

void prepare() {
  utf8_locale();
}

bool for_each_member(source::Source& source, findings::Examination& examination,
                     const std::function<void(const ArchiveMember&, source::Source*)>& visit) {
  if (is_deflated(source))
    return for_deflated(source, examination, [&](source::Source& content) {
      visit({"", MemberKind::file, "", content.size()}, &content);
    });
  const Utf8 locale;
  return Walk(source, examination).run(visit);
}

std::span<const findings::Rule* const> archive_rules() {
  return kRules;
}

}  // namespace gh::archive
