#pragma once
// Where tensors lay when they were saved, as persistent ids say it: "cpu", "cuda:0".

#include <string>
#include <string_view>
#include <vector>

namespace gh::pickle {

// Whether torch.load knows a device of that name, with the backend that it is of (PyTorch 2.9,
// torch/serialization.py; vendors' backends under the names that they register).
bool is_location(std::string_view text);

// Those that files are saved on, with "cpu".
const std::vector<std::string>& common_locations();

}  // namespace gh::pickle
