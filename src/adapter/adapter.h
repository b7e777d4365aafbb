#pragma once
// Whether a LoRA adapter is one that vLLM would load as it was approved: configuration, tensors,
// files and base model. A pure function over facts that the caller has read; rules `LRA-…`. What is
// said of vLLM is from its main branch of mid-2026 (vllm/lora/peft_helper.py, lora_model.py,
// utils.py).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/names.h"
#include "findings/examination.h"
#include "tensors/tensor_table.h"

namespace gh::adapter {

// What the operator allows.
struct Limits {
  std::optional<std::uint64_t> rank;  // vLLM's --max-lora-rank; none: any that vLLM can be given
  double scaling = 8;                 // alpha / r, or alpha / sqrt(r)
  // Last parts of the names of modules that an adapter may change.
  std::vector<std::string> modules = projections();
  // Values of base_model_name_or_path; none: it is not looked at.
  std::vector<std::string> bases;
};

// The base model as far as it is known. Everything may be missing.
struct BaseFacts {
  std::optional<std::string_view> config;       // text of its config.json
  const tensors::TensorTable* table = nullptr;  // of all its files
  std::vector<std::string> faults = {};         // what of it could not be read, printable
  bool whole = true;                            // the names of its files speak of no others
};

struct Facts {
  std::string_view config;  // text of adapter_config.json
  const tensors::TensorTable* table =
      nullptr;                          // of the file that vLLM takes, when it could be read
  std::string why = {};                 // printable: why not, where there is a file
  std::vector<std::string> files;       // names in the folder, raw bytes
  std::vector<std::string> links = {};  // those of files and folders in it that are links
  bool in_model = false;  // the folder is that of a model which states that it has an adapter
  BaseFacts base;
};

// Everything behind the views outlives the call only.
void examine_adapter(const Facts& facts, const Limits& limits, findings::Examination& examination);

std::span<const findings::Rule* const> adapter_rules();

}  // namespace gh::adapter
