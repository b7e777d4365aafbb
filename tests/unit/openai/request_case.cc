#include "request_case.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace gh::openai {
namespace {

[[noreturn]] void broken(const std::filesystem::path& path, const std::string& why) {
  throw std::runtime_error(path.string() + ": " + why);
}

void set_cap(policy::RequestCaps& caps, const std::string& name, const std::string& text) {
  if (name == "media" && text == "data") {
    caps.media = policy::Media::data;
    return;
  }
  const auto value = static_cast<std::uint32_t>(std::stoul(text));
  if (name == "tools") {
    caps.tools = value != 0;
    return;
  }
  const std::map<std::string, std::uint32_t*> small = {
      {"max_prompt_tokens", &caps.max_prompt_tokens},
      {"max_tokens", &caps.max_tokens},
      {"default_max_tokens", &caps.default_max_tokens},
      {"n", &caps.n},
      {"prompts", &caps.prompts},
      {"inputs", &caps.inputs},
      {"messages", &caps.messages},
      {"stop", &caps.stop},
      {"logprobs", &caps.logprobs},
      {"tool_count", &caps.tool_count},
      {"schema_depth", &caps.schema_depth},
      {"media_count", &caps.media_count},
  };
  const std::map<std::string, std::uint64_t*> large = {
      {"n_times_max_tokens", &caps.n_times_max_tokens},
      {"tool_bytes", &caps.tool_bytes},
      {"schema_bytes", &caps.schema_bytes},
      {"media_bytes", &caps.media_bytes},
  };
  if (const auto at = small.find(name); at != small.end()) {
    *at->second = value;
  } else {
    *large.at(name) = value;
  }
}

void read_caps(policy::RequestCaps& caps, const std::string& text) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    set_cap(caps, word.substr(0, equals), word.substr(equals + 1));
  }
}

}  // namespace

RequestCase read_request_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  RequestCase out;
  std::map<std::string, std::string> header;
  std::string section = "settings";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("--- ")) {
      section = line.substr(4);
    } else if (section == "client") {
      out.client = line;
    } else if (section == "upstream") {
      out.upstream = line;
    } else {
      if (line.starts_with("# ")) line.erase(0, 2);
      const auto colon = line.find(':');
      if (colon == std::string::npos) broken(path, "not a setting: " + line);
      const std::string value = line.size() > colon + 2 ? line.substr(colon + 2) : "";
      if (!header.emplace(line.substr(0, colon), value).second) broken(path, "twice: " + line);
    }
  }
  for (const char* required : {"name", "description", "covers", "endpoint", "version"}) {
    if (header[required].empty()) broken(path, std::string("lacks ") + required);
  }
  out.name = header["name"];
  if (out.name != path.stem()) broken(path, "is named otherwise");
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    if (vllm::name(endpoint) == header["endpoint"]) out.endpoint = endpoint;
  }
  out.version = header["version"];
  read_caps(out.caps, header["caps"]);
  if (!header["context"].empty()) {
    out.context = static_cast<std::uint32_t>(std::stoul(header["context"]));
  }
  out.code = header["code"];
  out.param = header["param"];
  out.says = header["says"];
  if (out.client.empty() || out.upstream.empty() == out.code.empty()) {
    broken(path, "must have a client and one of upstream and refused");
  }
  return out;
}

std::vector<std::filesystem::path> request_case_files() {
  std::vector<std::filesystem::path> paths;
  const auto folder = std::filesystem::path(GH_SOURCE_DIR) / "tests/cases/request";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace gh::openai
