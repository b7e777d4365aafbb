#include "artifacts/onnx_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "artifacts/onnx_rules.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

// Whether no loader goes by the name, so that the content alone says what the file is: names that
// ONNX's exporters give. PyTorch's calls each file as its tensor, "onnx__MatMul_12" or
// "model.layers.0.self_attn.in_proj_weight", and buffers too; nobody's ending has a '_' or is a
// number.
bool is_of_no_loader(std::string_view name) {
  static constexpr auto kEndings = std::to_array<std::string_view>(
      {"alpha",  "beta",  "bias",   "bin",    "cos",  "data", "embedding", "embeddings",
       "freqs",  "g",     "gamma",  "kernel", "mask", "mean", "pe",        "qweight",
       "qzeros", "scale", "scales", "sin",    "std",  "var",  "weight",    "weights"});
  if (name == kWeightsMessage) return true;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return true;
  const std::string_view ending = name.substr(dot + 1);
  const bool number =
      !ending.empty() && std::ranges::all_of(ending, [](char c) { return c >= '0' && c <= '9'; });
  return number || ending.contains('_') ||
         std::ranges::any_of(
             kEndings, [&](std::string_view known) { return equals_ignoring_case(ending, known); });
}

}  // namespace

void OnnxData::add(std::size_t model, const std::vector<TensorFile>& files) {
  for (const TensorFile& file : files) {
    const auto [at, first] = reaches_.try_emplace(file.name, Reach{model, file.end});
    if (first) continue;
    Reach& reach = at->second;
    // Whichever was done first.
    if (reach.end < file.end || (reach.end == file.end && model < reach.model))
      reach = {model, file.end};
  }
}

std::optional<std::size_t> OnnxData::model_of(std::string_view name, std::uint64_t bytes) const {
  const auto reach = reaches_.find(name);
  if (reach == reaches_.end() || reach->second.end > bytes || !is_of_no_loader(name))
    return std::nullopt;
  return reach->second.model;
}

auto OnnxData::references(const hub::FolderFacts& folder) const -> std::vector<Reference> {
  std::map<std::string_view, std::uint64_t> sizes;
  for (const hub::FileFacts& file : folder.files) sizes[file.path] = file.bytes;
  std::vector<Reference> references;
  for (const auto& [name, reach] : reaches_) {
    const auto size = sizes.find(name);
    references.push_back({name, reach.model, reach.end,
                          size == sizes.end() ? std::nullopt : std::optional(size->second)});
  }
  return references;
}

void OnnxData::examine(const hub::FolderFacts& folder, findings::Examination& examination) const {
  for (const auto& [name, model, end, bytes] : references(folder)) {
    if (bytes && end <= *bytes) continue;
    examination.add(
        kOnnxDataMissing,
        fmt::format(
            "{} refers to {}, which {}", escape(folder.files[model].path, 100), escape(name, 100),
            bytes ? fmt::format("has {} bytes of {}", *bytes, end) : std::string("is not there")));
  }
}

}  // namespace gh::artifacts
