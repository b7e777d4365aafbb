#include "artifacts/torch_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "archive/zip.h"
#include "artifacts/examine.h"
#include "artifacts/torch.h"
#include "base/text.h"
#include "findings/report.h"
#include "pickle/pickle.h"

namespace gh::artifacts {

namespace {

using archive::ZipArchive;
using archive::ZipMember;

constexpr std::size_t kShown = 120;

struct TypeOfStorage {
  std::string_view storage;
  std::string_view dtype;
};
constexpr std::array<TypeOfStorage, 11> kTypes{{{"FloatStorage", "F32"},
                                                {"HalfStorage", "F16"},
                                                {"BFloat16Storage", "BF16"},
                                                {"DoubleStorage", "F64"},
                                                {"LongStorage", "I64"},
                                                {"IntStorage", "I32"},
                                                {"ShortStorage", "I16"},
                                                {"CharStorage", "I8"},
                                                {"ByteStorage", "U8"},
                                                {"BoolStorage", "BOOL"},
                                                {"ComplexFloatStorage", "C64"}}};

// Whether its bytes lie in the file as they are read.
bool is_plain(const ZipMember& member, const source::Source& source) {
  return member.readable && member.method == 0 && !member.encrypted && !member.shared &&
         !member.directory && member.size == member.packed_size &&
         member.data_offset <= source.size() && member.size <= source.size() - member.data_offset;
}

class Records {
 public:
  Records(const ZipArchive& archive, source::Source& source) : archive_(archive), source_(source) {
    const std::string& first = archive.members().front().name;
    folder_ = first.substr(0, first.find('/') + 1);
  }

  // None when it is absent, or not plain.
  const ZipMember* find(std::string_view name) const {
    const ZipMember* const member = archive_.find(folder_ + std::string(name));
    return member != nullptr && is_plain(*member, source_) ? member : nullptr;
  }
  // Without the record, PyTorch takes them to be as the machine has them.
  bool are_little_endian() const {
    if (archive_.find(folder_ + "byteorder") == nullptr) return true;
    const ZipMember* const order = find("byteorder");
    if (order == nullptr) return false;
    std::array<char, 8> text{};
    source::Slice bytes(source_, order->data_offset, order->size);
    return std::string_view(text.data(), bytes.read_at(0, text)) == "little";
  }

 private:
  const ZipArchive& archive_;
  source::Source& source_;
  std::string folder_;  // with its slash
};

Result<> check(source::Source& source, std::string_view name) {
  findings::Examination own(0);
  const Options options;
  Context context{.examination = own, .options = options};
  examine_any(source, name, context);
  if (own.kind() != kTorchZip) return fail("it is no zip that torch.save writes");
  const auto counts = [](const findings::Finding& finding) {
    return findings::judge({finding}, findings::Severity::medium) != findings::Verdict::clean;
  };
  const auto found = std::ranges::find_if(own.findings(), counts);
  if (found != own.findings().end())
    return fail("of the file itself {} was found", found->rule->id);
  return {};
}

Result<tensors::Tensor> place(pickle::NamedTensor& named, const Records& records) {
  const auto type = std::ranges::find(kTypes, named.type, &TypeOfStorage::storage);
  if (type == kTypes.end())
    return fail("\"{}\" is of a type that is not read", escape(named.name, kShown));
  const ZipMember* const bytes = records.find("data/" + named.storage);
  if (bytes == nullptr || named.end > bytes->size)
    return fail("the record of \"{}\" is compressed, or does not have its bytes",
                escape(named.name, kShown));
  return tensors::Tensor{.name = std::move(named.name),
                         .dtype = type->dtype,
                         .shape = std::move(named.shape),
                         .begin = bytes->data_offset + named.begin,
                         .end = bytes->data_offset + named.end};
}

}  // namespace

Result<tensors::TensorTable> read_torch_table(source::Source& source, std::string_view name) {
  if (auto sound = check(source, name); !sound) return std::unexpected(std::move(sound.error()));
  findings::Examination unheard(0);
  const auto archive = ZipArchive::open(source, unheard);
  if (!archive || archive->members().empty()) return fail("it is no zip that torch.save writes");
  const Records records(*archive, source);
  if (!records.are_little_endian()) return fail("its numbers are not little-endian");
  const ZipMember* const data = records.find("data.pkl");
  if (data == nullptr) return fail("its pickle is compressed, or not there");
  source::Slice bytes(source, data->data_offset, data->size);
  auto named = pickle::named_tensors(bytes);
  if (!named)
    return fail(
        "its pickle is not one dictionary of names to tensors whose numbers lie in their order");
  tensors::TensorTable table;
  table.tensors.reserve(named->size());
  // Some may be one and the same. Many that are would cost far more than the file has.
  std::uint64_t left = 2 * source.size();
  for (pickle::NamedTensor& tensor : *named) {
    auto placed = place(tensor, records);
    if (!placed) return std::unexpected(std::move(placed.error()));
    if (placed->end - placed->begin > left) return fail("its tensors lie on each other");
    left -= placed->end - placed->begin;
    table.tensors.push_back(std::move(*placed));
  }
  return table;
}

}  // namespace gh::artifacts
