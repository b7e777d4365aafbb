#pragma once
// Reads tests/cases/request/*.case; the README there has the format.

#include <filesystem>
#include <string>
#include <vector>

#include "openai/request.h"

namespace gh::openai {

struct RequestCase {
  std::string name;
  vllm::Endpoint endpoint = vllm::Endpoint::chat;
  std::string version;
  policy::RequestCaps caps;
  std::uint32_t context = 0;
  std::string client;    // body
  std::string upstream;  // body; empty when refused
  std::string code;
  std::string param;
  std::string says;
};

// Throws std::runtime_error on a file that breaks the format.
RequestCase read_request_case(const std::filesystem::path& path);

// All of them, sorted.
std::vector<std::filesystem::path> request_case_files();

}  // namespace gh::openai
