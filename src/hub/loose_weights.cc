#include "hub/loose_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "hub/shard_rules.h"

namespace gh::hub {

namespace {

constexpr std::string_view kEnding = ".safetensors";
constexpr std::string_view kOpenClip = "open_clip_model";  // for OpenCLIP, with names of its own

// Of what is published in several forms, which of them a file is: "" for the model itself. Forms
// have the same tensors on purpose, and whoever publishes them means one to be taken.
std::string form_of(std::string_view name) {
  name.remove_suffix(kEnding.size());
  if (name == kOpenClip) return std::string(name);
  // vLLM's save_sharded_state: what each process holds of every tensor.
  constexpr std::string_view kRank = "model-rank-";
  if (name.starts_with(kRank)) {
    const std::string_view rest = name.substr(kRank.size());
    const std::size_t end = rest.find_first_not_of("0123456789");
    if (end != 0 && end != std::string_view::npos && rest.substr(end).starts_with("-part-"))
      return fmt::format("rank {}", rest.substr(0, end));
  }
  // "model.fp32-00001-of-00002" of transformers, "model-00001-of-00002.fp16" of diffusers.
  static constexpr std::array<std::string_view, 8> kVariants = {"bf16", "fp16", "fp32",    "fp8",
                                                                "int8", "int4", "non_ema", "ema"};
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return "";
  std::string_view variant = name.substr(dot + 1);
  variant = variant.substr(0, variant.find('-'));
  return std::ranges::find(kVariants, variant) != kVariants.end() ? std::string(variant) : "";
}

struct Weights {
  std::string_view path;
  std::string form;
  const std::vector<std::uint64_t>* tensors = nullptr;
};

// A tensor in a file, by the file's place.
struct Held {
  std::uint64_t name = 0;
  std::uint32_t file = 0;

  auto operator<=>(const Held&) const = default;
};

class LooseWeights {
 public:
  LooseWeights(const FolderFacts& folder, findings::Examination& examination)
      : folder_(folder), examination_(examination) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    for (const FileFacts& file : folder.files) {
      const std::string_view path = file.path;
      // As glob takes "*.safetensors": not of folders below, nor what is hidden. Tensors of an
      // adapter are none of the model.
      if (!path.ends_with(kEnding) || path.starts_with('.') || path.contains('/') ||
          path.starts_with("adapter_model") || !file.document.tensors)
        continue;
      // Of a file with two names it is no matter which is loaded.
      if (file.inode != 0 && !seen.insert({file.device, file.inode}).second) continue;
      auto& weights = path.starts_with("consolidated") ? consolidated_ : ordinary_;
      weights.push_back({path, form_of(path), &*file.document.tensors});
    }
  }

  void examine() {
    if (const FileFacts* config = find("config.json");
        config != nullptr && !config->document.nameless)
      return both();
    // Mistral's own form.
    if (find("params.json") != nullptr)
      within(consolidated_, "consolidated.safetensors.index.json");
  }

 private:
  // Where there is one consolidated*.safetensors, vLLM takes only such.
  void both() {
    if (consolidated_.empty()) return within(ordinary_, "model.safetensors.index.json");
    within(consolidated_, "consolidated.safetensors.index.json");
    for (Weights& weights : consolidated_) weights.form = "consolidated";
    std::ranges::move(ordinary_, std::back_inserter(consolidated_));
    compare(consolidated_, false);
  }

  void within(std::vector<Weights>& files, std::string_view index) {
    if (find(index) != nullptr) return;
    only_whole_forms(files);
    compare(files, true);
  }

  // What has by far fewer tensors than the model, or more, is not the model in another form.
  static void only_whole_forms(std::vector<Weights>& files) {
    constexpr std::size_t kTimes = 4;  // a quantized one has several for each
    std::map<std::string, std::size_t> totals;
    for (const Weights& weights : files) totals[weights.form] += weights.tensors->size();
    const auto model = totals.find("");
    if (model == totals.end()) return;
    for (Weights& weights : files) {
      const std::size_t total = totals[weights.form];
      if (weights.form != kOpenClip &&
          (total * kTimes < model->second || model->second * kTimes < total))
        weights.form.clear();
    }
  }

  // `loaded`: all of them, at once.
  void compare(std::vector<Weights>& files, bool loaded) {
    // Those of one form side by side: that is what tells a second file from another form.
    std::ranges::stable_sort(files, {}, &Weights::form);
    std::vector<Held> held;
    for (std::uint32_t i = 0; i < files.size(); ++i)
      for (const std::uint64_t name : *files[i].tensors) held.push_back({name, i});
    std::ranges::sort(held);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> pairs;
    for (std::size_t i = 1; i < held.size(); ++i)
      if (held[i - 1].name == held[i].name && held[i - 1].file != held[i].file)
        ++pairs[{held[i - 1].file, held[i].file}];
    bool noted = false;
    for (const auto& [pair, count] : pairs) {
      const Weights& first = files[pair.first];
      const Weights& second = files[pair.second];
      const bool same = first.form == second.form;
      if (same ? !loaded : std::exchange(noted, true)) continue;  // one of all forms
      examination_.add(same ? rule::kTensorTwice : rule::kForms,
                       fmt::format("{} and {} have {} tensor{} in common", escape(first.path, 100),
                                   escape(second.path, 100), count, count == 1 ? "" : "s"));
    }
  }

  const FileFacts* find(std::string_view path) const {
    const auto at = std::ranges::find(folder_.files, path, &FileFacts::path);
    return at == folder_.files.end() ? nullptr : &*at;
  }

  const FolderFacts& folder_;
  findings::Examination& examination_;
  std::vector<Weights> ordinary_;
  std::vector<Weights> consolidated_;
};

}  // namespace

void examine_loose_weights(const FolderFacts& folder, findings::Examination& examination) {
  LooseWeights(folder, examination).examine();
}

}  // namespace gh::hub
