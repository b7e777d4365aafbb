#pragma once
// Classification heads, which PEFT saves whole beside the pairs of A and B (modules_to_save). What
// vLLM makes of them: parse_fine_tuned_lora_name and LoRAModel.from_lora_tensors of vLLM 0.33.

#include <span>
#include <string_view>
#include <vector>

#include "adapter/config.h"
#include "findings/examination.h"
#include "tensors/tensor_table.h"

namespace gh::adapter {

// "score" and "classifier".
bool is_head(std::string_view module);

// "base_model.model.score.weight" is of "score"; "" for what is of no head. Whatever stands before
// it vLLM does not look at.
std::string_view head_of(std::string_view tensor);

// `tensors`: those of heads. `config`: null when it could not be read.
void check_heads(const std::vector<const tensors::Tensor*>& tensors, const Config* config,
                 findings::Examination& examination);

}  // namespace gh::adapter
