#include "adapter/heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "adapter/rules.h"
#include "base/text.h"
#include "tensors/note.h"

namespace gh::adapter {

namespace {

using tensors::Tensor;

struct HeadChecks {
  const std::vector<const Tensor*>& tensors;
  findings::Examination& examination;

  void refuse(const Tensor& tensor, std::string_view why) const {
    tensors::note(examination, kTensorName, tensor.begin,
                  [&] { return fmt::format("\"{}\" {}", escape(tensor.name, 120), why); });
  }

  // The tensor of that name; a second one takes its place.
  const Tensor* one(std::string_view part) const {
    const Tensor* found = nullptr;
    for (const Tensor* const tensor : tensors) {
      if (!tensor->name.ends_with(part)) continue;
      if (found != nullptr) refuse(*tensor, "is the second of its kind");
      found = tensor;
    }
    return found;
  }

  void shapes() const {
    const Tensor* const weight = one(".weight");
    const Tensor* const bias = one(".bias");
    if (weight == nullptr) return refuse(*bias, "has no weight beside it: vLLM refuses it");
    if (weight->shape.size() != 2 || weight->shape[0] == 0)
      return refuse(*weight, "is no matrix: vLLM refuses it");
    if (bias != nullptr && bias->shape != std::vector<std::uint64_t>{weight->shape[0]})
      refuse(*bias, "is not of the size of its weight: vLLM refuses it");
  }
};

}  // namespace

bool is_head(std::string_view module) {
  return module == "score" || module == "classifier";
}

std::string_view head_of(std::string_view tensor) {
  for (const std::string_view end : {".weight", ".bias"}) {
    if (!tensor.ends_with(end)) continue;
    tensor.remove_suffix(end.size());
    const std::string_view last = tensor.substr(tensor.rfind('.') + 1);
    return is_head(last) ? last : "";
  }
  return "";
}

void check_heads(const std::vector<const Tensor*>& tensors, const Config* config,
                 findings::Examination& examination) {
  std::vector<const Tensor*> stated;
  std::set<std::string_view> heads;
  const HeadChecks checks{stated, examination};
  for (const Tensor* const tensor : tensors) {
    const std::string_view head = head_of(tensor->name);
    if (config == nullptr || std::ranges::find(config->heads, head) == config->heads.end()) {
      checks.refuse(*tensor, "is no tensor of LoRA");
      continue;
    }
    stated.push_back(tensor);
    heads.insert(head);
  }
  if (stated.empty()) return;
  if (heads.size() > 1)
    return checks.refuse(*stated.back(), "is of a second head: vLLM takes one and refuses two");
  checks.shapes();
}

}  // namespace gh::adapter
