#include "artifacts/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive/members.h"
#include "artifacts/container_rules.h"
#include "artifacts/keras.h"
#include "artifacts/kind.h"
#include "artifacts/npz.h"
#include "artifacts/torch.h"
#include "artifacts/torch_export.h"

namespace gh::artifacts {

namespace {

constexpr std::array kRules = {&kRefusedContainer, &kTorchTar, &kTorchExport};

std::string_view name_of(source::Source& source) {
  std::array<char, 6> bytes{};
  const std::string_view head(bytes.data(), source.read_at(0, bytes));
  if (head.starts_with("7z")) return "7z archive";
  if (head.starts_with("\x1f\x8b")) return "gzip-compressed file";
  if (head.starts_with("BZh")) return "bzip2-compressed file";
  if (head.starts_with("\xfd")) return "xz-compressed file";
  if (head.starts_with("\x28\xb5")) return "zstd-compressed file";
  if (head.starts_with("\x04\x22")) return "lz4-compressed file";
  if (head.starts_with("\x5d")) return "lzma-compressed file";
  if (head.starts_with("x")) return "zlib-compressed file";
  return "tar archive";
}

// What joblib.load unpacks: a pickle, compressed as a whole.
bool is_of_joblib(source::Source& content) {
  std::string head(kHead, '\0');
  head.resize(content.read_at(0, head));
  return kind_of(head, content) == Kind::pickle;
}

// All bytes of a source that can only be read from front to back, and the error that ended them.
class Whole final : public source::Source {
 public:
  Whole(std::string bytes, std::optional<Error> error)
      : bytes_(std::move(bytes)), error_(std::move(error)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    return source::MemorySource(bytes_).read_at(offset, into);
  }
  const std::optional<Error>& error() const override { return error_; }

 private:
  std::string bytes_;
  std::optional<Error> error_;
};

// `storages`, `tensors` and `pickle` at the top are what torch.save wrote before version 0.1.2.
struct TorchTar {
  bool storages = false;
  bool tensors = false;
  bool pickle = false;

  void see(std::string_view name) {
    if (name.starts_with("./")) name.remove_prefix(2);
    storages |= name == "storages";
    tensors |= name == "tensors";
    pickle |= name == "pickle";
  }
  bool whole() const { return storages && tensors && pickle; }
};

}  // namespace

void examine_zip(source::Source& source, std::string_view name, Context& context) {
  auto archive = archive::ZipArchive::open(source, context.examination);
  const bool exported = archive && is_torch_export(*archive);
  if (exported) context.examination.add(kTorchExport, "by its records");
  if (archive && is_torch_zip(*archive)) return examine_torch_zip(*archive, context);
  if (archive) examine_no_torch_zip(name, context);
  if (archive && is_npz(*archive)) return examine_npz(*archive, context);
  if (archive && is_keras_zip(*archive, context.examination))
    return examine_keras_zip(*archive, context);
  context.examination.set_kind(exported ? "program of torch.export" : "zip archive");
  if (!archive) return;
  const std::string_view export_folder = exported ? folder_of_export(*archive) : "";
  for (const archive::ZipMember& member : archive->members()) {
    if (member.directory) continue;
    // A node's `target` is an operator, not what a loader of settings calls.
    if (exported && is_graph_of_export(member.name, export_folder))
      open_zip_member(*archive, member, context);  // for its checksum
    else
      examine_zip_member(*archive, member, context);
  }
}

std::unique_ptr<source::Source> open_zip_member(const archive::ZipArchive& archive,
                                                const archive::ZipMember& member, Context& context,
                                                bool summed) {
  auto bytes = archive.member(member, context.examination);
  if (!bytes) return nullptr;
  const bool small = bytes->size() <= kSmallMember;
  if (!small && !member.deflated() && !summed && !context.options.read_data) return bytes;
  std::string content;
  {
    const findings::Examination::Member scope(context.examination, member.name);
    archive::ZipArchive::check_content(member, *bytes, context.examination,
                                       small ? &content : nullptr);
  }
  if (small) return std::make_unique<Whole>(std::move(content), bytes->error());
  // Behind an error nothing is given any more, and what comes before it is examined.
  if (bytes->error()) return archive.member(member, context.examination);
  return bytes;
}

void examine_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                        Context& context) {
  if (const auto bytes = open_zip_member(archive, member, context))
    examine_member(*bytes, member.name, context);
}

void examine_archive(source::Source& source, Context& context) {
  const std::string_view kind = name_of(source);
  context.examination.set_kind(kind);
  TorchTar torch;
  bool joblib = false;
  archive::for_each_member(source, context.examination,
                           [&](const archive::ArchiveMember& member, source::Source* bytes) {
                             torch.see(member.name);
                             if (bytes == nullptr) return;
                             joblib = joblib || (context.options.profile == pickle::Profile::data &&
                                                 member.name.empty() && is_of_joblib(*bytes));
                             examine_member(*bytes, member.name.empty() ? "(content)" : member.name,
                                            context);
                           });
  if (torch.whole())
    context.examination.add(kTorchTar, "holds storages, tensors and pickle");
  else if (!joblib)
    context.examination.add(kRefusedContainer, fmt::format("is a {}", kind));
}

std::span<const Rule* const> container_rules() {
  return kRules;
}

}  // namespace gh::artifacts
