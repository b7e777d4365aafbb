#include "hub/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/siphash.h"
#include "base/text.h"
#include "hub/shard_rules.h"

namespace gh::hub {

namespace {

using Files = std::map<std::string_view, const DocumentFacts*>;

class Comparison {
 public:
  Comparison(const FileFacts& index, const Files& files, findings::Examination& examination)
      : index_(index), shards_(index.document.shards), examination_(examination) {
    for (const std::string& shard : shards_) {
      const auto at = files.find(shard);
      files_.push_back(at == files.end() ? nullptr : at->second);
    }
  }

  void examine() {
    kinds();
    gather();
    twice();
    missing();
  }

 private:
  // Files of weights are no documents.
  void kinds() {
    for (std::size_t i = 0; i < files_.size(); ++i)
      if (files_[i] != nullptr && files_[i]->kind != DocumentKind::unknown)
        examination_.add(rule::kNoWeights, fmt::format("{} refers to {}", name(), shard(i)));
  }

  void gather() {
    for (std::uint32_t i = 0; i < files_.size(); ++i)
      if (files_[i] != nullptr && files_[i]->tensors)
        for (const std::uint64_t mark : *files_[i]->tensors) held_.push_back({mark, i});
    std::ranges::sort(held_);
  }

  void twice() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> pairs;
    for (std::size_t i = 1; i < held_.size(); ++i)
      if (held_[i - 1].name == held_[i].name && held_[i - 1].shard != held_[i].shard)
        ++pairs[{held_[i - 1].shard, held_[i].shard}];
    for (const auto& [pair, count] : pairs)
      examination_.add(rule::kTensorTwice,
                       fmt::format("{} and {} have {} in common", shard(pair.first),
                                   shard(pair.second), tensors(count)));
  }

  void missing() {
    std::map<std::uint32_t, std::size_t> counts;
    for (const NamedTensor& tensor : index_.document.named) {
      const DocumentFacts* const file =
          tensor.shard < files_.size() ? files_[tensor.shard] : nullptr;
      if (file != nullptr && file->tensors && !std::ranges::binary_search(held_, tensor))
        ++counts[tensor.shard];
    }
    for (const auto& [place, count] : counts)
      examination_.add(rule::kTensorMissing, fmt::format("{}: {} that {} does not have", name(),
                                                         tensors(count), shard(place)));
  }

  static std::string tensors(std::size_t count) {
    return fmt::format("{} tensor{}", count, count == 1 ? "" : "s");
  }
  std::string name() const { return escape(index_.path, 100); }
  std::string shard(std::size_t place) const { return escape(shards_[place], 100); }

  const FileFacts& index_;
  const std::vector<std::string>& shards_;
  findings::Examination& examination_;
  std::vector<const DocumentFacts*> files_;  // of each shard; null when it is not there
  std::vector<NamedTensor> held_;            // by all of them, sorted
};

}  // namespace

std::uint64_t name_mark(std::string_view name) {
  return siphash(SipKey{}, name);
}

void examine_shards(const FolderFacts& folder, findings::Examination& examination) {
  Files files;
  for (const FileFacts& file : folder.files) files.emplace(file.path, &file.document);
  for (const FileFacts& file : folder.files)
    if (!file.document.shards.empty()) Comparison(file, files, examination).examine();
}

}  // namespace gh::hub
