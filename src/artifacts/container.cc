#include "artifacts/container.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <string_view>

#include "archive/members.h"
#include "artifacts/keras.h"
#include "artifacts/npz.h"
#include "artifacts/torch.h"

namespace gh::artifacts {

namespace {

using findings::Effect;
using findings::Rule;
using findings::Severity;

constexpr std::uint64_t kAlwaysChecked = std::uint64_t{16} << 20;  // bytes of a member

constexpr Rule kRefusedContainer{
    "ARC-010",
    Severity::high,
    Effect::finding,
    "is an archive that no loader of weights opens",
    "torch.load, vLLM and transformers refuse it. Malicious checkpoints have been published as 7z "
    "under a model's name, because scanners skipped what they could not open.",
    "Unpack it where nothing is loaded, scan what comes out, and keep weights as safetensors."};
constexpr Rule kTorchTar{
    "ARC-013",
    Severity::high,
    Effect::finding,
    "is a PyTorch checkpoint in the oldest format",
    "torch.load refuses a tar with weights_only=True since 2.6; whoever loads it has switched that "
    "protection off, and every pickle in it runs.",
    "Convert it to safetensors with a version of PyTorch in a container without network."};

constexpr std::array kRules = {&kRefusedContainer, &kTorchTar};

std::string_view kind_of(source::Source& source) {
  std::array<char, 6> bytes{};
  const std::string_view head(bytes.data(), source.read_at(0, bytes));
  if (head.starts_with("7z")) return "7z archive";
  if (head.starts_with("\x1f\x8b")) return "gzip-compressed file";
  if (head.starts_with("BZh")) return "bzip2-compressed file";
  if (head.starts_with("\xfd")) return "xz-compressed file";
  if (head.starts_with("\x28\xb5")) return "zstd-compressed file";
  return "tar archive";
}

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

void examine_zip(source::Source& source, Context& context) {
  const auto archive = archive::ZipArchive::open(source, context.examination);
  if (archive && is_torch_zip(*archive)) return examine_torch_zip(*archive, context);
  if (archive && is_npz(*archive)) return examine_npz(*archive, context);
  if (archive && is_keras_zip(*archive)) return examine_keras_zip(*archive, context);
  context.examination.set_kind("zip archive");
  if (!archive) return;
  for (const archive::ZipMember& member : archive->members())
    if (!member.directory) examine_zip_member(*archive, member, context);
}

void examine_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                        Context& context) {
  const auto bytes = archive.member(member, context.examination);
  if (!bytes) return;
  examine_member(*bytes, member.name, context);
  check_zip_member(archive, member, context);
}

void check_zip_member(const archive::ZipArchive& archive, const archive::ZipMember& member,
                      Context& context) {
  if (member.size > kAlwaysChecked && !context.options.check_storage_crc) return;
  const findings::Examination::Member scope(context.examination, member.name);
  archive.check_content(member, context.examination);
}

void examine_archive(source::Source& source, Context& context) {
  const std::string_view kind = kind_of(source);
  context.examination.set_kind(kind);
  TorchTar torch;
  archive::for_each_member(source, context.examination,
                           [&](const archive::ArchiveMember& member, source::Source* bytes) {
                             torch.see(member.name);
                             if (bytes == nullptr) return;
                             examine_member(*bytes, member.name.empty() ? "(content)" : member.name,
                                            context);
                           });
  if (torch.whole())
    context.examination.add(kTorchTar, "holds storages, tensors and pickle");
  else
    context.examination.add(kRefusedContainer, fmt::format("is a {}", kind));
}

std::span<const Rule* const> container_rules() {
  return kRules;
}

}  // namespace gh::artifacts
