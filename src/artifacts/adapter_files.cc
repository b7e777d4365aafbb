#include "artifacts/adapter_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "adapter/config.h"
#include "artifacts/torch_table.h"
#include "base/text.h"
#include "findings/report.h"
#include "hub/token_file.h"
#include "tensors/safetensors.h"

namespace gh::artifacts {

namespace {

// Of a configuration; larger ones are no text that PEFT or transformers wrote.
constexpr std::uint64_t kMaxConfig = 4 << 20;

// Descriptors are few: 1024 in most systems.
constexpr std::size_t kMaxFiles = 400;

std::string text_of(source::Source& source) {
  std::string text(static_cast<std::size_t>(std::min(source.size(), kMaxConfig)), '\0');
  text.resize(source.read_at(0, text));
  return text;
}

std::string text_of(const OpenFile& file) {
  source::FileSource source(file.descriptor.get(), file.node.bytes);
  return text_of(source);
}

// Of what can be read; what cannot be, or has no tensors, is a fault: a base that is half there
// must not pass for one.
std::optional<tensors::TensorTable> merged_table(const std::vector<NamedFile>& files,
                                                 std::vector<std::string>& faults) {
  std::optional<tensors::TensorTable> whole;
  for (const auto& [name, file] : files) {
    findings::Examination own(0);
    source::FileSource source(file.descriptor.get(), file.node.bytes);
    auto table = tensors::read_safetensors(source, own);
    const bool sound =
        findings::judge(own.findings(), findings::Severity::high) == findings::Verdict::clean;
    if (!table || !sound) {
      faults.push_back(fmt::format(
          "{} of the base cannot be used: {}", escape(name, 120),
          own.findings().empty() ? "it cannot be read" : own.findings().front().message));
      continue;
    }
    if (table->tensors.empty()) {
      faults.push_back(fmt::format("{} of the base has no tensors", escape(name, 120)));
      continue;
    }
    if (!whole) whole.emplace();
    std::ranges::move(table->tensors, std::back_inserter(whole->tensors));
  }
  return whole;
}

// "model-00002-of-00003.safetensors" is one of three.
bool is_whole(const std::vector<NamedFile>& files) {
  std::map<std::string, std::set<std::string>, std::less<>> numbers;  // by what is around them
  for (const NamedFile& file : files) {
    const std::string_view name = file.name;
    const std::size_t of = name.rfind("-of-");
    const std::size_t dash = of == name.npos || of == 0 ? name.npos : name.rfind('-', of - 1);
    if (dash == name.npos) continue;
    numbers[fmt::format("{}{}", name.substr(0, dash), name.substr(of))].emplace(
        name.substr(dash + 1, of - dash - 1));
  }
  return std::ranges::all_of(numbers, [](const auto& shards) {
    const std::string_view around = shards.first;
    const std::string_view total = around.substr(around.rfind("-of-") + 4);
    std::uint64_t count = 0;
    std::from_chars(total.data(), total.data() + total.size(), count);
    return count <= shards.second.size();
  });
}

std::size_t place_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kAdapterTensors, name) -
                                  kAdapterTensors.begin());
}

// Of the file that vLLM takes. The error has no text where the file's own examination says why.
Result<tensors::TensorTable> tensors_of(const AdapterFiles& files) {
  if (files.not_seen < files.taken)
    return fail("{} was not examined", kAdapterTensors[files.not_seen]);
  if (!files.weights.descriptor.valid()) return fail("");
  if (files.taken == 0) {
    findings::Examination unheard(0);
    auto table = safetensors_table(files.weights, unheard);
    if (!table) return fail("");
    return std::move(*table);
  }
  source::FileSource source(files.weights.descriptor.get(), files.weights.node.bytes);
  return read_torch_table(source, kAdapterTensors[files.taken]);
}

Result<> open_base(const std::string& path, Comparison& comparison) {
  auto opened = open_node(AT_FDCWD, path, true);
  if (!opened) return fail("--base {}: {}", escape(path), opened.error().message);
  if (opened->node.kind == NodeKind::file) {
    comparison.base_config = std::move(*opened);
    return {};
  }
  const int folder = opened->descriptor.get();
  const auto open = [&](const std::string& name) {
    auto file = open_node(folder, name, true);
    if (!file) {
      comparison.base_faults.push_back(
          fmt::format("{} of the base: {}", escape(name, 120), file.error().message));
    }
    return file;
  };
  const auto names = names_in(path);
  if (!names) return fail("--base {}", names.error().message);
  for (const std::string& name : *names) {
    if (name == "config.json") {
      if (auto config = open(name)) comparison.base_config = std::move(*config);
    } else if (hub::is_token_file(name)) {
      if (auto file = open(name))
        comparison.base_tokens.push_back({.name = name, .file = std::move(*file)});
    } else if (name.ends_with(".safetensors")) {
      if (comparison.base.size() == kMaxFiles) {
        comparison.base_faults.push_back(
            fmt::format("the base has more than {} safetensors files", kMaxFiles));
        break;
      }
      if (auto file = open(name))
        comparison.base.push_back({.name = name, .file = std::move(*file)});
    }
  }
  if (!comparison.base_config.descriptor.valid() && comparison.base.empty() &&
      comparison.base_faults.empty()) {
    return fail("--base {}: there is neither config.json nor a safetensors file", escape(path));
  }
  return {};
}

template <class Use>
void for_each_file(const AdapterFiles& files, const Comparison& comparison, const Use& use) {
  use(files.config);
  use(files.weights);
  use(comparison.base_config);
  for (const NamedFile& base : comparison.base) use(base.file);
  for (const NamedFile& base : comparison.base_tokens) use(base.file);
}

}  // namespace

Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return fail("{}: {}", escape(folder), error.message());
  std::ranges::sort(names);
  return names;
}

std::optional<tensors::TensorTable> safetensors_table(const OpenFile& file,
                                                      findings::Examination& examination) {
  if (!file.descriptor.valid()) return std::nullopt;
  source::FileSource source(file.descriptor.get(), file.node.bytes);
  return tensors::read_safetensors(source, examination);
}

Result<Comparison> open_comparison(const std::string& base) {
  Comparison comparison;
  if (base.empty()) return comparison;
  if (const auto opened = open_base(base, comparison); !opened) {
    return std::unexpected(opened.error());
  }
  return comparison;
}

void keep_adapter_file(AdapterFiles& files, const std::string& name, const OpenFile& file) {
  if (name == kAdapterConfig) files.config = duplicate(file);
  const std::size_t place = place_of(name);
  if (place >= files.taken) return;
  files.taken = place;
  files.weights = duplicate(file);
}

std::string_view name_of_weights(const AdapterFiles& files) {
  return files.taken < kAdapterTensors.size() ? kAdapterTensors[files.taken] : kAdapterWeights;
}

void note_unseen(AdapterFiles& files, std::string_view name) {
  files.not_seen = std::min(files.not_seen, place_of(name));
}

void examine_adapter_config(source::Source& source, const adapter::Limits& limits,
                            findings::Examination& examination) {
  (void)adapter::read_config(text_of(source), limits, examination);
}

std::vector<int> descriptors_of(const AdapterFiles& files, const Comparison& comparison) {
  std::vector<int> descriptors;
  for_each_file(files, comparison, [&](const OpenFile& file) {
    if (file.descriptor.valid()) descriptors.push_back(file.descriptor.get());
  });
  return descriptors;
}

bool any_changed(const AdapterFiles& files, const Comparison& comparison) {
  bool any = false;
  for_each_file(files, comparison, [&](const OpenFile& file) { any |= has_changed(file); });
  return any;
}

std::vector<adapter::ModuleNumbers> examine_adapter_files(
    const AdapterFiles& files, const Comparison& comparison, std::vector<std::string> names,
    std::vector<std::string> links, bool in_model, findings::Examination& examination) {
  const auto table = tensors_of(files);
  const std::string config = text_of(files.config);
  std::optional<std::string> base_config;
  if (comparison.base_config.descriptor.valid()) base_config = text_of(comparison.base_config);
  adapter::Facts facts;
  facts.config = config;
  facts.table = table ? &*table : nullptr;
  if (!table) facts.why = table.error().message;
  facts.files = std::move(names);
  facts.links = std::move(links);
  facts.in_model = in_model;
  facts.base.faults = comparison.base_faults;
  const auto base_table = merged_table(comparison.base, facts.base.faults);
  facts.base.config = base_config;
  facts.base.whole = is_whole(comparison.base);
  facts.base.table = base_table ? &*base_table : nullptr;
  adapter::examine_adapter(facts, comparison.limits, examination);
  if (!table) return {};
  source::FileSource weights(files.weights.descriptor.get(), files.weights.node.bytes);
  const adapter::WeightLimits limits;
  adapter::examine_weights(weights, *table, limits, examination);
  if (!comparison.statistics) return {};
  auto numbers = adapter::measure_weights(weights, *table, examination);
  if (!comparison.bank.empty()) {
    (void)adapter::compare_with_bank(numbers, comparison.bank, limits, examination);
  }
  return numbers;
}

findings::Measured measured_of(const adapter::ModuleNumbers& numbers) {
  findings::Measured measured;
  measured.part = numbers.module;
  for (std::size_t i = 0; i < adapter::kNumbers; ++i)
    measured.numbers.emplace_back(adapter::kNumberNames[i], numbers.values[i]);
  return measured;
}

}  // namespace gh::artifacts
