#pragma once
// The files that checks of a LoRA adapter need: its own, and what the operator gave to compare
// with. Opened by the parent, read by the child.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.h"
#include "adapter/weights.h"
#include "artifacts/open.h"
#include "findings/examination.h"
#include "findings/report.h"

namespace gh::artifacts {

inline constexpr std::string_view kAdapterConfig = "adapter_config.json";
inline constexpr std::string_view kAdapterWeights = "adapter_model.safetensors";
// In the order in which vLLM looks for them: it takes the first that is a file.
inline constexpr std::array<std::string_view, 3> kAdapterTensors = {
    kAdapterWeights, "adapter_model.bin", "adapter_model.pt"};

// Of one folder. Without a configuration it is no adapter.
struct AdapterFiles {
  OpenFile config;
  OpenFile weights;                               // what vLLM takes of those in the folder
  std::size_t taken = kAdapterTensors.size();     // which it is
  std::size_t not_seen = kAdapterTensors.size();  // the first that is there, and was not examined
};

// What all adapters of a scan are held against.
struct Comparison {
  adapter::Limits limits;
  bool statistics = false;
  OpenFile base_config;                      // config.json of the base model
  std::vector<NamedFile> base;               // its safetensors files
  std::vector<NamedFile> base_tokens;        // its tokenizer's
  std::vector<std::string> base_faults;      // what of it is there and cannot be opened
  std::vector<adapter::ModuleNumbers> bank;  // of trusted adapters of the same base
};

// `base`: a folder, or a config.json; "" for none. The error says what is missing there.
Result<Comparison> open_comparison(const std::string& base);

// Files and folders directly in `folder`, by name, sorted. What the operator named is followed.
Result<std::vector<std::string>> names_in(const std::string& folder);

// The tensors of a file that is open; nothing when it is no safetensors file, whose own examination
// says why.
std::optional<tensors::TensorTable> safetensors_table(const OpenFile& file,
                                                      findings::Examination& examination);

// Keeps a file of an adapter when it is one: by `name` in its folder.
void keep_adapter_file(AdapterFiles& files, const std::string& name, const OpenFile& file);

// Of the file in which offsets of its findings are.
std::string_view name_of_weights(const AdapterFiles& files);

// One of that name is there that was not examined: vLLM may take it.
void note_unseen(AdapterFiles& files, std::string_view name);

// In the child. Of a configuration that was named by itself, so that there is no folder to speak
// of.
void examine_adapter_config(source::Source& source, const adapter::Limits& limits,
                            findings::Examination& examination);

std::vector<int> descriptors_of(const AdapterFiles& files, const Comparison& comparison);
// Whether one of these was written to since it was opened: what was compared is not what was
// examined then.
bool any_changed(const AdapterFiles& files, const Comparison& comparison);

// In the child. `names`: of all files in the folder; `links`: of what in it is a link; `in_model`:
// `adapter::Facts`.
std::vector<adapter::ModuleNumbers> examine_adapter_files(
    const AdapterFiles& files, const Comparison& comparison, std::vector<std::string> names,
    std::vector<std::string> links, bool in_model, findings::Examination& examination);

// As a line of the report has them.
findings::Measured measured_of(const adapter::ModuleNumbers& numbers);

}  // namespace gh::artifacts
