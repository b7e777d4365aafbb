#include "hub/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "hub/config_rules.h"
#include "hub/folder_rules.h"
#include "hub/input.h"
#include "hub/loose_weights.h"
#include "hub/shards.h"
#include "hub/tokenizer_rules.h"

namespace gh::hub {

namespace {

constexpr std::size_t kNamed = 5;        // of a list, in a message
constexpr std::size_t kMostDigests = 8;  // of one template

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i)
    out += (i > 0 ? ", " : "") + escape(names[i], 80);
  if (names.size() > kNamed) out += fmt::format(" and {} more", names.size() - kNamed);
  return out;
}

class Comparison {
 public:
  Comparison(const FolderFacts& folder, findings::Examination& examination)
      : folder_(folder), examination_(examination) {
    for (const FileFacts& file : folder.files) paths_.insert(file.path);
  }

  void references() {
    for (const FileFacts& file : folder_.files) {
      missing(rule::kShardMissing, file, file.document.shards);
      missing(rule::kModuleMissing, file, file.document.modules);
    }
  }

  void ids() {
    std::optional<std::uint64_t> size;
    for (const FileFacts& file : folder_.files)
      if (file.path == "config.json") size = file.document.vocab_size;
    const auto rows = folder_.embedding_rows;
    if (size && rows && *size > *rows)
      examination_.add(
          rule::kRowsDiffer,
          fmt::format("config.json: vocab_size is {}, the embedding has {} rows", *size, *rows));
    for (const FileFacts& file : folder_.files) {
      const auto highest = file.document.highest_id;
      const auto end = file.document.end_id;
      const std::string name = escape(file.path, 100);
      if (const auto known = rows ? rows : size; end && known && *end >= *known)
        examination_.add(rule::kEndBeyond,
                         fmt::format("{}: eos_token_id {} of {}", name, *end, *known));
      if (!highest) continue;
      if (rows && *highest >= *rows)
        add_beyond(file, *rows, rule::kBeyondRows, fmt::format("the embedding has {} rows", *rows));
      else if (size && *highest >= *size)
        add_beyond(file, *size, rule::kBeyondSize, fmt::format("vocab_size is {}", *size));
    }
  }

  void templates() {
    std::map<std::string, std::map<std::string, std::vector<std::string>>> by_name;
    std::set<std::string> carriers;
    const auto add = [&](const TemplateFact& fact) {
      by_name[fact.name][fact.digest].push_back(fact.carrier);
      carriers.insert(fact.carrier);
    };
    for (const FileFacts& file : folder_.files) std::ranges::for_each(file.document.templates, add);
    std::ranges::for_each(folder_.weight_templates, add);
    for (const auto& [name, digests] : by_name) {
      if (digests.size() < 2) continue;
      std::string message = fmt::format("the template \"{}\":", escape(name, 64));
      // Whole, for who compares one with a digest of his own.
      for (const auto& [digest, files] : digests | std::views::take(kMostDigests))
        message += fmt::format(" {} in {};", digest, listed(files));
      message.pop_back();
      if (digests.size() > kMostDigests)
        message += fmt::format("; and {} more", digests.size() - kMostDigests);
      examination_.add(rule::kTemplatesDiffer, std::move(message));
    }
    lone(by_name, carriers);
  }

 private:
  // `known`: how many ids there are. Tokens that were added to text models for other ones, to be
  // seen or heard, are a few: Gemma 3 has one, CodeLlama four, Llama's vision eight.
  void add_beyond(const FileFacts& file, std::uint64_t known, const findings::Rule& rule,
                  std::string_view what) {
    // vLLM makes its table of a multiple of so many rows, and fills those behind with zeroes.
    constexpr std::uint64_t kPadding = 64;
    const std::uint64_t highest = *file.document.highest_id;
    const std::string message =
        fmt::format("{}: the id {}, {}", escape(file.path, 100), highest, what);
    if (file.document.highest_base.value_or(0) >= known || highest - known >= kPadding)
      return examination_.add(rule, message);
    const std::uint64_t table =
        (folder_.embedding_rows.value_or(known) + kPadding - 1) / kPadding * kPadding;
    examination_.add(rule::kAddedBeyond,
                     fmt::format("{}: of added tokens only; {}", message,
                                 highest < table ? "vLLM's table has a row for it"
                                                 : "vLLM's table ends before it"));
  }

  // A named template beside others that some carrier of several does not have.
  void lone(const std::map<std::string, std::map<std::string, std::vector<std::string>>>& by_name,
            const std::set<std::string>& carriers) {
    if (carriers.size() < 2) return;
    for (const auto& [name, digests] : by_name) {
      if (name == "default" || digests.size() != 1) continue;
      const auto& files = digests.begin()->second;
      if (files.size() == 1 && !files[0].contains("additional_chat_templates/"))
        examination_.add(rule::kHiddenTemplate, fmt::format("the template \"{}\" is in {} only",
                                                            escape(name, 64), listed(files)));
    }
  }

  void missing(const findings::Rule& rule, const FileFacts& file,
               const std::vector<std::string>& names) {
    std::vector<std::string> absent;
    for (const std::string& name : names)
      if (!paths_.contains(name)) absent.push_back(name);
    if (absent.empty()) return;
    examination_.add(rule, fmt::format("{} refers to {}", escape(file.path, 100), listed(absent)));
  }

  const FolderFacts& folder_;
  findings::Examination& examination_;
  std::set<std::string, std::less<>> paths_;
};

}  // namespace

void examine_folder(const FolderFacts& folder, findings::Examination& examination) {
  Comparison comparison(folder, examination);
  comparison.references();
  comparison.ids();
  comparison.templates();
  examine_shards(folder, examination);
  examine_loose_weights(folder, examination);
}

namespace {

constexpr std::string_view kGgufEmbedding = "token_embd.weight";

}  // namespace

bool is_embedding(std::string_view tensor) {
  static constexpr std::array<std::string_view, 7> kNames = {"embed_tokens.weight",
                                                             "wte.weight",
                                                             "word_embeddings.weight",
                                                             "tok_embeddings.weight",
                                                             "embed_in.weight",
                                                             "shared.weight",
                                                             "embeddings.word_embeddings.weight"};
  return tensor == kGgufEmbedding || std::ranges::any_of(kNames, [&](std::string_view name) {
           return tensor.ends_with(name) &&
                  (tensor.size() == name.size() || tensor[tensor.size() - name.size() - 1] == '.');
         });
}

std::optional<std::uint64_t> embedding_rows(const tensors::TensorTable& table) {
  std::optional<std::uint64_t> rows;
  for (const tensors::Tensor& tensor : table.tensors) {
    if (tensor.shape.size() != 2 || !is_embedding(tensor.name)) continue;
    // GGUF states dimensions the other way round.
    rows = std::max(rows, std::optional(tensor.shape[tensor.name == kGgufEmbedding ? 1 : 0]));
  }
  return rows;
}

}  // namespace gh::hub
