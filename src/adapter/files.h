#pragma once
// What lies in an adapter's folder beside its configuration and its tensors. Pure functions over
// names.

#include <string>
#include <string_view>
#include <vector>

#include "findings/examination.h"

namespace gh::adapter {

// Why there are no tensors to look at, in a folder with these files. `why`: of the one that vLLM
// takes, or "".
std::string why_no_tensors(const std::vector<std::string>& files, std::string_view why = "");

// A note where the tensors that were looked at are a pickle's.
void check_format(const std::vector<std::string>& files, findings::Examination& examination);

// `in_model`: as IBM publishes Granite Speech, whose config.json says has_lora_adapter. Its own
// weights are beside the adapter then, under the names that transformers gives them.
void check_files(const std::vector<std::string>& files, bool in_model,
                 findings::Examination& examination);
void check_links(const std::vector<std::string>& links, findings::Examination& examination);

}  // namespace gh::adapter
