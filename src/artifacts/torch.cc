#include "artifacts/torch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "archive/zip_rules.h"
#include "artifacts/container.h"
#include "artifacts/kind.h"
#include "artifacts/torch_rules.h"
#include "base/text.h"
#include "hub/code.h"
#include "hub/python_text.h"
#include "pickle/followed.h"
#include "pickle/pickle.h"
#include "source/bytes.h"

namespace gh::artifacts {

namespace {

using archive::ZipArchive;
using archive::ZipMember;
using findings::Rule;

constexpr std::array kRules = {&kTorchRecords,    &kTorchDeflated,     &kTorchScript,
                               &kTorchExtraCode,  &kTorchNoRecord,     &kTorchShortRecord,
                               &kTorchLongRecord, &kTorchUnusedRecord, &kTorchExtra,
                               &kTorchNoChecksums};

// Records beside pickle and storages that torch.save writes; a few digits or a word each.
constexpr std::array<std::string_view, 6> kNotes = {
    "version",         ".data/version",      "byteorder",
    ".format_version", ".storage_alignment", ".data/serialization_id"};
constexpr std::size_t kNoteSize = 64;   // bytes
constexpr unsigned kOldestVersion = 1;  // that PyTorch reads, of the file format
constexpr unsigned kNewestVersion = 10;

// The five pickles of a legacy file begin with the number 0x1950a86a20f9469cfc6c, as LONG1.
constexpr std::string_view kLegacyMagic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

std::string read_head(const ZipArchive& archive, const ZipMember& member, Context& context,
                      std::size_t size) {
  const auto bytes = archive.member(member, context.examination);
  std::string head(bytes ? size : 0, '\0');
  if (bytes) head.resize(bytes->read_at(0, head));
  return head;
}

bool is_note(std::string_view text) {
  return text.size() < kNoteSize &&
         std::ranges::all_of(
             text, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r'; });
}

// As torch.save writes one; int() takes more.
bool is_whole_number(std::string_view text) {
  return !text.empty() && text.size() < 10 && text.front() != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_code(std::string_view head, std::string_view name) {
  constexpr std::array<std::string_view, 6> kSuffixes = {".py",  ".pyc", ".so",
                                                         ".dll", ".sh",  ".ipynb"};
  return head.starts_with("#!") || !hub::native_code(head).empty() ||
         std::ranges::any_of(kSuffixes,
                             [&](auto suffix) { return ends_with_ignoring_case(name, suffix); });
}

// Whether a member that PyTorch does not read would run, or hides more members.
bool is_risky(source::Source& bytes, std::string_view name) {
  std::string head(kHead, '\0');
  head.resize(bytes.read_at(0, head));
  switch (kind_of(head, bytes)) {
    case Kind::pickle:
    case Kind::torch_legacy:
    case Kind::zip:
    case Kind::archive:
      return true;
    default:
      return is_code(head, name) || hub::is_python_bytecode(head) ||
             (is_utf8(head) && !head.contains('\0') && hub::looks_like_python(head));
  }
}

// Storages whose numbers are followed. Many tensors may lie in one, anywhere in it: what is packed
// is unpacked once, and kept.
class NumberSources {
 public:
  NumberSources(const ZipArchive& archive, Context& context)
      : archive_(archive), context_(context) {}

  // They live as long as this.
  std::unique_ptr<source::Source> open(const ZipMember& member) {
    if (!member.deflated()) {
      auto bytes = archive_.member(member, context_.examination);
      failed_ = failed_ || bytes == nullptr;
      if (bytes == nullptr) return nullptr;
      return std::make_unique<Watched>(std::move(bytes), failed_);
    }
    const auto [held, first] = held_.try_emplace(&member);
    if (first) held->second = unpacked(member);
    return std::make_unique<source::MemorySource>(std::string_view(held->second));
  }

  // Whether something is there and was not read, which was said, or is the file's own error.
  bool failed() const { return failed_; }

 private:
  static constexpr std::uint64_t kMostHeld = std::uint64_t{512} << 20;  // bytes

  class Watched final : public source::Source {
   public:
    Watched(std::unique_ptr<Source> bytes, bool& failed)
        : bytes_(std::move(bytes)), failed_(failed) {}
    std::uint64_t size() const override { return bytes_->size(); }
    std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
      const std::size_t got = bytes_->read_at(offset, into);
      failed_ = failed_ || bytes_->error();
      return got;
    }
    const std::optional<Error>& error() const override { return bytes_->error(); }

   private:
    std::unique_ptr<Source> bytes_;
    bool& failed_;
  };

  std::string unpacked(const ZipMember& member) {
    const auto bytes = archive_.member(member, context_.examination);
    if (bytes != nullptr && bytes->size() <= left_) {
      left_ -= bytes->size();
      std::string content = source::bytes_at(*bytes, 0, bytes->size());
      if (!bytes->error()) return content;
    }
    failed_ = true;
    if (bytes != nullptr)
      context_.examination.add(
          archive::kZipInflate,
          fmt::format("the numbers in \"{}\" were not followed: {}", escape(member.name),
                      bytes->error() ? bytes->error()->message
                                     : "what is to be unpacked for that has more than 512 MiB"));
    return {};
  }

  const ZipArchive& archive_;
  Context& context_;
  std::unordered_map<const ZipMember*, std::string> held_;
  std::uint64_t left_ = kMostHeld;
  bool failed_ = false;
};

class Checkpoint {
 public:
  Checkpoint(const ZipArchive& archive, Context& context) : archive_(archive), context_(context) {
    const std::string& first = archive.members().front().name;
    const std::size_t slash = first.find('/');
    if (slash == std::string::npos)
      add(kTorchRecords, fmt::format("its first entry \"{}\" is in no folder", escape(first)));
    else
      folder_ = first.substr(0, slash + 1);
  }

  void examine() {
    check_folder();
    check_script();
    check_notes();
    pickle::Outcome outcome;
    if (const ZipMember* data = record("data.pkl")) {
      outcome = examine_pickle(*data);
    } else {
      add(kTorchRecords, "has no data.pkl in its folder");
    }
    check_storages(outcome);
    check_numbers(outcome);
    examine_rest(outcome.complete);
  }

 private:
  void add(const Rule& rule, std::string message) {
    context_.examination.add(rule, std::move(message));
  }

  // Marks it as one that PyTorch reads.
  const ZipMember* record(std::string_view name) {
    const ZipMember* member = archive_.find(folder_ + std::string(name));
    if (member != nullptr) read_.insert(member);
    return member;
  }

  void check_folder() {
    const auto outside = std::ranges::find_if(
        archive_.members(), [&](const ZipMember& m) { return !m.name.starts_with(folder_); });
    if (outside != archive_.members().end())
      add(kTorchRecords, fmt::format("\"{}\" is not in the folder \"{}\"", escape(outside->name),
                                     escape(folder_)));
    // What is packed otherwise, PyTorch does not read.
    const auto deflated = std::ranges::count_if(
        archive_.members(), [](const ZipMember& m) { return m.deflated() && !m.directory; });
    if (deflated != 0) add(kTorchDeflated, fmt::format("{} of its members are", deflated));
  }

  void check_script() {
    const auto code = std::ranges::find_if(archive_.members(), [&](const ZipMember& m) {
      const std::string_view name = m.name;
      const std::string_view inside = name.substr(std::min(folder_.size(), name.size()));
      return equals_ignoring_case(inside, "constants.pkl") ||
             equals_ignoring_case(inside.substr(0, 5), "code/");
    });
    if (code != archive_.members().end())
      add(kTorchScript, fmt::format("holds \"{}\"", escape(code->name)));
  }

  void check_notes() {
    std::string version;
    for (const std::string_view name : kNotes) {
      const ZipMember* member = record(name);
      if (member == nullptr) continue;
      if (!member->readable) {
        version_readable_ = version_readable_ && !ends_with_ignoring_case(name, "version");
        continue;
      }
      const std::string text = read_head(archive_, *member, context_, kNoteSize);
      if (!is_note(text)) {
        read_.erase(member);  // examined with the rest
        continue;
      }
      open_zip_member(archive_, *member, context_);  // for its checksum
      if (ends_with_ignoring_case(name, "version") && !name.starts_with(".format")) version = text;
      if (name == "byteorder") big_endian_ = text == "big";
    }
    check_version(version);
    check_setting("byteorder",
                  [](std::string_view text) { return text == "little" || text == "big"; });
    check_setting(".storage_alignment", is_whole_number);
  }

  // What torch.load refuses to go on without, where it is there.
  void check_setting(std::string_view name, bool (*is_right)(std::string_view)) {
    const ZipMember* member = archive_.find(folder_ + std::string(name));
    if (member == nullptr || !member->readable) return;
    const std::string text = read_head(archive_, *member, context_, kNoteSize);
    if (!is_right(text))
      add(kTorchRecords, fmt::format("its record {} is \"{}\"", name, escape(text, kNoteSize)));
  }

  void check_version(std::string_view text) {
    unsigned version = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 4 && text[digits] >= '0' && text[digits] <= '9')
      version = version * 10 + static_cast<unsigned>(text[digits++] - '0');
    if (text.empty() && !version_readable_) return;
    if (version < kOldestVersion || version > kNewestVersion)
      add(kTorchRecords, text.empty() ? "has no version record"
                                      : fmt::format("its version is \"{}\"", escape(text)));
  }

  pickle::Outcome examine_pickle(const ZipMember& member) {
    // The checksum of a pickle is always checked, however long it is.
    const auto bytes = open_zip_member(archive_, member, context_, true);
    if (!bytes) return {};
    const findings::Examination::Member scope(context_.examination, member.name);
    return pickle::examine(*bytes, pickle::Layout::single, context_.options.profile,
                           context_.examination);
  }

  void check_storages(const pickle::Outcome& outcome) {
    for (const pickle::Storage& storage : outcome.storages) {
      const ZipMember* member = record("data/" + storage.key);
      if (member == nullptr) {
        add(kTorchNoRecord, fmt::format("\"data/{}\" is absent", escape(storage.key)));
        continue;
      }
      if (context_.options.read_data || member->deflated())
        open_zip_member(archive_, *member, context_);
      if (storage.element_bytes == 0) continue;
      const std::uint64_t elements = std::max(storage.elements, storage.needed);
      const std::uint64_t there = member->size / storage.element_bytes;
      if (elements > there)
        add(kTorchShortRecord, fmt::format("\"{}\" has {} bytes, which are {} of {} elements",
                                           escape(member->name), member->size, there, elements));
      else if (member->size != elements * storage.element_bytes)
        add(kTorchLongRecord,
            fmt::format("\"{}\" has {} bytes, of which {} are stated", escape(member->name),
                        member->size, elements * storage.element_bytes));
    }
  }

  void check_numbers(const pickle::Outcome& outcome) {
    NumberSources sources(archive_, context_);
    const auto open = [&](std::size_t storage) {
      const ZipMember* member = record("data/" + outcome.storages[storage].key);
      return member == nullptr ? nullptr : sources.open(*member);
    };
    if (!pickle::check_followed(outcome, open, big_endian_, context_.examination) &&
        !sources.failed())
      add(kTorchShortRecord, "numbers of a sparse or nested tensor are not there");
  }

  void examine_rest(bool storages_known) {
    const std::string data = folder_ + "data/";
    for (const ZipMember& member : archive_.members()) {
      if (member.directory || read_.contains(&member)) continue;
      const auto bytes = open_zip_member(archive_, member, context_);
      const std::string_view name = member.name;
      const bool risky = bytes ? is_risky(*bytes, name) : is_code({}, name);
      if (risky) {
        add(kTorchExtraCode, fmt::format("\"{}\"", escape(name)));
      } else if (name.starts_with(data)) {
        if (storages_known) add(kTorchUnusedRecord, fmt::format("\"{}\"", escape(name)));
        continue;
      } else {
        add(kTorchExtra, fmt::format("\"{}\"", escape(name)));
      }
      if (bytes) examine_member(*bytes, name, context_);
    }
  }

  const ZipArchive& archive_;
  Context& context_;
  std::string folder_;  // with its slash
  bool version_readable_ = true;
  bool big_endian_ = false;
  std::unordered_set<const ZipMember*> read_;
};

}  // namespace

bool is_torch_zip(const ZipArchive& archive) {
  return std::ranges::any_of(archive.members(), [](const ZipMember& member) {
    const std::string_view name = member.name;
    const std::string_view record = name.substr(name.find('/') + 1);
    return equals_ignoring_case(record, "data.pkl") ||
           equals_ignoring_case(record, "constants.pkl");
  });
}

void examine_torch_zip(ZipArchive& archive, Context& context) {
  context.examination.set_kind(kTorchZip);
  if (archive.omits_checksums()) {
    context.examination.add(kTorchNoChecksums,
                            fmt::format("all {} members state 0", archive.members().size()));
    archive.ignore_checksums();
  }
  Checkpoint(archive, context).examine();
}

void examine_no_torch_zip(std::string_view name, Context& context) {
  if (is_unpickled_by_name(name))
    context.examination.add(kTorchRecords, fmt::format("{} has no data.pkl", escape(name)));
}

bool looks_like_torch_legacy(std::string_view head) {
  return head.substr(0, 32).contains(kLegacyMagic) && head.starts_with('\x80');
}

void examine_torch_legacy(source::Source& source, Context& context) {
  context.examination.set_kind("legacy PyTorch checkpoint");
  const auto outcome = pickle::examine(source, pickle::Layout::torch_legacy,
                                       context.options.profile, context.examination);
  const auto open = [&](std::size_t place) {
    const pickle::Storage& storage = outcome.storages[place];
    return std::make_unique<source::Slice>(source, storage.at,
                                           storage.elements * storage.element_bytes);
  };
  // What is not there was told.
  if (outcome.complete) pickle::check_followed(outcome, open, false, context.examination);
}

std::span<const Rule* const> torch_rules() {
  return kRules;
}

}  // namespace gh::artifacts
