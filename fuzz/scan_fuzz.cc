// gh-link: gh_artifacts
// A file of any kind under any name, as a child examines it: what it says reaches the parent as it
// was said, and what was not understood is never clean. Tensors that are read out of a checkpoint
// lie in it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "artifacts/answer.h"
#include "artifacts/catalogue.h"
#include "artifacts/job.h"
#include "artifacts/torch_table.h"
#include "base/check.h"
#include "findings/report.h"
#include "tensors/dtypes.h"

namespace {

constexpr std::uint64_t kWork = 1 << 20;
constexpr std::array<std::string_view, 10> kNames = {
    "model.bin", "model.safetensors",   "model.gguf", "config.json", "tokenizer.json",
    "vocab.txt", "chat_template.jinja", "array.npy",  "model.py",    "model.yaml"};

void check_table(gh::source::Source& source) {
  const auto table = gh::artifacts::read_torch_table(source, "adapter_model.bin");
  if (!table) return;
  for (const gh::tensors::Tensor& tensor : table->tensors) {
    GH_CHECK(tensor.begin <= tensor.end && tensor.end <= source.size());
    const auto dtype =
        std::ranges::find(gh::tensors::kDtypes, tensor.dtype, &gh::tensors::Dtype::name);
    GH_CHECK(dtype != gh::tensors::kDtypes.end());
    std::uint64_t bits = dtype->bits;
    for (const std::uint64_t length : tensor.shape)
      GH_CHECK(!__builtin_mul_overflow(bits, length, &bits) || tensor.begin == tensor.end);
    GH_CHECK(tensor.begin == tensor.end || bits == 8 * (tensor.end - tensor.begin));
  }
}

}  // namespace

// libarchive reserves what an archive asks for, and takes no for an answer; the scanner's children
// have little address space to give.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "allocator_may_return_null=1:max_allocation_size_mb=1024";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const gh::findings::Catalogue rules = gh::artifacts::catalogue();
  static const bool prepared = (gh::artifacts::prepare_children(), true);
  if (!prepared || size == 0) return 0;
  const std::string_view name = kNames[data[0] % kNames.size()];
  gh::source::MemorySource source({reinterpret_cast<const char*>(data) + 1, size - 1});
  gh::findings::Examination examination(kWork);
  const gh::artifacts::Options options;
  gh::artifacts::Facts facts;
  gh::artifacts::Context context{.examination = examination, .options = options, .facts = &facts};
  gh::artifacts::examine_any(source, name, context);
  check_table(source);
  GH_CHECK(examination.depth() == 0);
  GH_CHECK(!examination.kind().empty() || !examination.findings().empty());
  const std::string text = gh::artifacts::write_answer(examination, 0, "", facts);
  const auto answer = gh::artifacts::read_answer(text, rules);
  GH_CHECK(answer.has_value());
  GH_CHECK(answer->findings.size() == examination.findings().size());
  for (std::size_t i = 0; i < answer->findings.size(); ++i)
    GH_CHECK(answer->findings[i].rule == examination.findings()[i].rule);
  return 0;
}
