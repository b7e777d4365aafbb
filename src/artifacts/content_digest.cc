#include "artifacts/content_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "findings/examination.h"

namespace gh::artifacts {

namespace {

constexpr std::size_t kChunk = 1 << 18;

// Texts one after the other, each with its length: no two lists of them give the same digest. What
// may be there or not, or several times, says so in front.
class ListDigest {
 public:
  ListDigest& add(std::string_view text) {
    digest_.update(fmt::format("{}:", text.size()));
    digest_.update(text);
    return *this;
  }
  ListDigest& add(const std::optional<std::uint64_t>& number) {
    return add(number ? fmt::to_string(*number) : "none");
  }
  // Of a file that is open; "absent" of one that is not.
  ListDigest& add(const OpenFile& file) {
    if (!file.descriptor.valid()) return add("absent");
    source::FileSource source(file.descriptor.get(), file.node.bytes);
    const std::string sha256 = sha256_of(source);
    whole_ &= !sha256.empty();
    return add(sha256);
  }
  std::string finish() { return whole_ ? hex(digest_.finish()) : std::string(); }

 private:
  crypto::RunningDigest digest_{crypto::HashAlgorithm::sha256};
  bool whole_ = true;
};

void add_templates(ListDigest& digest, const std::vector<hub::TemplateFact>& templates) {
  digest.add(fmt::to_string(templates.size()));
  for (const hub::TemplateFact& fact : templates)
    digest.add(fact.carrier).add(fact.name).add(fact.digest);
}

void add_names(ListDigest& digest, const std::vector<std::string>& names) {
  digest.add(fmt::to_string(names.size()));
  for (const std::string& name : names) digest.add(name);
}

void add_marks(ListDigest& digest, const hub::DocumentFacts& facts) {
  digest.add(fmt::to_string(facts.named.size()));
  for (const hub::NamedTensor& tensor : facts.named)
    digest.add(fmt::format("{:x} {}", tensor.name, tensor.shard));
  digest.add(facts.tensors ? std::optional<std::uint64_t>(facts.tensors->size()) : std::nullopt);
  if (!facts.tensors) return;
  for (const std::uint64_t mark : *facts.tensors) digest.add(fmt::format("{:x}", mark));
}

void add_document(ListDigest& digest, const hub::FileFacts& file) {
  const hub::DocumentFacts& facts = file.document;
  digest.add(file.path).add(fmt::to_string(static_cast<int>(facts.kind)));
  add_templates(digest, facts.templates);
  digest.add(facts.vocab_size)
      .add(facts.highest_id)
      .add(facts.highest_base)
      .add(facts.base_tokens)
      .add(facts.end_id);
  add_names(digest, facts.shards);
  digest.add(facts.nameless ? "nameless" : "").add(facts.has_adapter ? "has an adapter" : "");
  add_marks(digest, facts);
  add_names(digest, facts.modules);
}

// Of one file under two names: which these are, which a copy keeps, unlike its numbers.
void add_documents(ListDigest& digest, const std::vector<hub::FileFacts>& files) {
  digest.add(fmt::to_string(files.size()));
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> first;
  for (std::size_t i = 0; i < files.size(); ++i) {
    add_document(digest, files[i]);
    const auto [same, is_first] = first.try_emplace({files[i].device, files[i].inode}, i);
    digest.add(fmt::to_string(files[i].inode == 0 || is_first ? i : same->second));
  }
}

// What ONNX models keep in other files, and how much of that is there.
void add_tensor_files(ListDigest& digest, const FolderState& folder) {
  const std::vector<OnnxData::Reference> references = folder.tensors.references(folder.facts);
  digest.add(fmt::to_string(references.size()));
  for (const OnnxData::Reference& one : references)
    digest.add(one.name).add(fmt::to_string(one.model)).add(fmt::to_string(one.end)).add(one.bytes);
}

void add_bank(ListDigest& digest, const std::vector<adapter::ModuleNumbers>& bank) {
  digest.add(fmt::to_string(bank.size()));
  for (const adapter::ModuleNumbers& numbers : bank) {
    digest.add(numbers.module);
    for (const double value : numbers.values) digest.add(fmt::to_string(value));
  }
}

void add_files(ListDigest& digest, const std::vector<NamedFile>& files) {
  digest.add(fmt::to_string(files.size()));
  for (const NamedFile& file : files) digest.add(file.name).add(file.file);
}

void add_table(ListDigest& digest, const NamedFile& file) {
  findings::Examination unheard(0);
  const auto table = safetensors_table(file.file, unheard);
  digest.add(file.name).add(fmt::to_string(table ? table->tensors.size() : 0));
  if (!table) return;
  for (const tensors::Tensor& tensor : table->tensors) {
    digest.add(tensor.name);
    for (const std::uint64_t size : tensor.shape) digest.add(fmt::to_string(size));
  }
}

}  // namespace

std::string sha256_of(source::Source& source) {
  crypto::RunningDigest digest(crypto::HashAlgorithm::sha256);
  std::vector<char> chunk(kChunk);
  for (std::uint64_t at = 0; at < source.size();) {
    const std::size_t got = source.read_at(at, chunk);
    if (got == 0) return {};
    digest.update({chunk.data(), got});
    at += got;
  }
  return hex(digest.finish());
}

std::string folder_digest(const FolderState& folder, const Comparison& comparison) {
  ListDigest digest;
  digest.add("gatehouse folder 2");
  add_documents(digest, folder.facts.files);
  // In the order in which files were done, which is another one each time.
  std::vector<hub::TemplateFact> templates = folder.facts.weight_templates;
  std::ranges::sort(templates, {}, [](const hub::TemplateFact& fact) {
    return std::tie(fact.carrier, fact.name, fact.digest);
  });
  add_templates(digest, templates);
  digest.add(folder.facts.embedding_rows);
  add_files(digest, folder.tokens);
  add_names(digest, folder.links);
  add_tensor_files(digest, folder);
  if (!folder.adapter.config.descriptor.valid()) return digest.finish();
  digest.add(folder.adapter.config).add(folder.adapter.weights).add(comparison.base_config);
  digest.add(fmt::to_string(folder.adapter.not_seen));
  for (const NamedFile& file : comparison.base) add_table(digest, file);
  add_files(digest, comparison.base_tokens);
  add_names(digest, comparison.base_faults);
  add_bank(digest, comparison.bank);
  return digest.finish();
}

}  // namespace gh::artifacts
