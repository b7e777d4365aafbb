#include "artifacts/token_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "adapter/rules.h"
#include "artifacts/system_rules.h"
#include "base/text.h"
#include "hub/document.h"
#include "hub/token_comparison.h"
#include "hub/token_file.h"
#include "source/source.h"

namespace gh::artifacts {

namespace {

bool was_given(const Comparison& comparison) {
  return comparison.base_config.descriptor.valid() || !comparison.base.empty() ||
         !comparison.base_faults.empty();
}

std::optional<hub::TokenFile> read(const NamedFile& file) {
  source::FileSource source(file.file.descriptor.get(), file.file.node.bytes);
  if (source.size() > hub::kMostDocument) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(source.size()), '\0');
  bytes.resize(source.read_at(0, bytes));
  return hub::read_token_file(file.name, bytes);
}

// A merges.txt is held against what reads it, also alone.
bool has_merges(std::span<const NamedFile> files) {
  return std::ranges::find(files, "merges.txt", &NamedFile::name) != files.end();
}

// What cannot be read says so in its own examination.
std::vector<hub::TokenFile> read_own(std::span<const NamedFile> files,
                                     findings::Examination& examination) {
  std::vector<hub::TokenFile> out;
  for (const NamedFile& file : files) {
    if (!file.file.descriptor.valid())
      examination.add(kUnreadable, fmt::format("{} could not be kept open, and was not compared",
                                               escape(file.name, 120)));
    else if (auto tokens = read(file))
      out.push_back(std::move(*tokens));
  }
  return out;
}

// Nobody else examines the base: what of it cannot be read is said here.
std::vector<hub::TokenFile> read_base(std::span<const NamedFile> files,
                                      findings::Examination& examination) {
  std::vector<hub::TokenFile> out;
  for (const NamedFile& file : files) {
    if (auto tokens = read(file))
      out.push_back(std::move(*tokens));
    else
      examination.add(adapter::kBaseUnusable,
                      fmt::format("{} of the base cannot be read", escape(file.name, 120)));
  }
  return out;
}

}  // namespace

void keep_token_file(std::vector<NamedFile>& files, const std::string& name, const OpenFile& file) {
  if (hub::is_token_file(name)) files.push_back({.name = name, .file = duplicate(file)});
}

void examine_token_files(std::span<const NamedFile> files, const Comparison* comparison,
                         findings::Examination& examination) {
  const bool with_base = comparison != nullptr && was_given(*comparison);
  // config.json only says who reads the others.
  const auto others = std::ranges::count_if(
      files, [](const NamedFile& file) { return file.name != "config.json"; });
  if (others < 2 && !with_base && !has_merges(files)) return;
  const std::vector<hub::TokenFile> tokens = read_own(files, examination);
  hub::compare_token_files(tokens, examination);
  const bool any =
      std::ranges::any_of(tokens, [](const hub::TokenFile& file) { return !file.tokens.empty(); });
  if (with_base && any)
    hub::compare_with_base(tokens, read_base(comparison->base_tokens, examination), examination);
}

}  // namespace gh::artifacts
