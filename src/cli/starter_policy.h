#pragma once
// What `gatehouse init` writes as gatehouse.yaml.

#include <string>
#include <string_view>

namespace gh::cli {

// Comments and all, for a vLLM of version `vllm` at http://127.0.0.1:8000.
std::string starter_policy(std::string_view vllm);

}  // namespace gh::cli
