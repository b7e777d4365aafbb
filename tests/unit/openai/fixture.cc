#include "fixture.h"

#include <fstream>
#include <map>
#include <sstream>

namespace gh::openai {
namespace {

std::filesystem::path folder() {
  return std::filesystem::path(GH_SOURCE_DIR) / "tests/recordings";
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string unchunked(std::string_view body) {
  std::string out;
  while (true) {
    const auto end = body.find("\r\n");
    if (end == std::string_view::npos) return out;
    const auto size = std::stoul(std::string(body.substr(0, end)), nullptr, 16);
    if (size == 0) return out;
    out += body.substr(end + 2, size);
    body.remove_prefix(end + 2 + size + 2);
  }
}

}  // namespace

const vllm::Surface& surface_of(std::string_view version) {
  static std::map<std::string, vllm::Surface, std::less<>> known;
  if (const auto at = known.find(version); at != known.end()) return at->second;
  auto surface = vllm::surface(*vllm::parse_version(version));
  EXPECT_TRUE(surface.has_value());
  return known.emplace(version, *surface).first->second;
}

json::Value parse(std::string_view text) {
  static json::Parser parser;
  const auto document = parser.parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? document->root() : json::Value();
}

ResponseRules rules_for(vllm::Endpoint endpoint, RequestFacts facts) {
  if (facts.max_tokens == 0 && endpoint != vllm::Endpoint::embeddings) facts.max_tokens = 5000;
  facts.max_model_len = 1 << 20;
  return {endpoint, &surface_of("0.32.0"), "client-model", facts};
}

Recording recording(const std::string& name) {
  Recording out;
  out.name = name;
  const std::string request = read(folder() / (name + ".request"));
  const std::string response = read(folder() / (name + ".response"));
  const auto request_end = request.find("\r\n\r\n");
  const auto response_end = response.find("\r\n\r\n");
  if (request_end == std::string::npos || response_end == std::string::npos) return out;
  if (!request.starts_with("POST ")) return out;
  const auto space = request.find(' ');
  out.path = request.substr(space + 1, request.find(' ', space + 1) - space - 1);
  out.request = request.substr(request_end + 4);
  const std::string head = response.substr(0, response_end);
  out.status = std::stoi(head.substr(9, 3));
  out.is_stream = head.find("text/event-stream") != std::string::npos;
  const bool chunked = head.find("transfer-encoding: chunked") != std::string::npos;
  out.response = response.substr(response_end + 4);
  if (chunked) out.response = unchunked(out.response);
  return out;
}

std::vector<Recording> recordings(vllm::Endpoint endpoint) {
  std::vector<Recording> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() != ".response") continue;
    const std::string name = entry.path().stem();
    if (read(entry.path()).find("bytes left out ...]") != std::string::npos) continue;
    // Pipelined exchanges and broken framing are the HTTP layer's.
    if (name.starts_with("wire.") || name.starts_with("h11wire.")) continue;
    Recording one = recording(name);
    if (one.path == vllm::path(endpoint)) out.push_back(std::move(one));
  }
  return out;
}

RequestFacts facts_of(const Recording& recording) {
  RequestFacts facts;
  json::Parser parser;
  facts.max_tokens = 5000;
  const auto document = parser.parse(recording.request);
  if (!document) return facts;  // some requests are no JSON of ours
  const json::Value body = document->root();
  if (const auto n = body["n"].int64(); n && *n > 0) facts.n = static_cast<std::uint32_t>(*n);
  const json::Value prompt = body["prompt"];
  if (prompt.is_array() && (*prompt.elements().begin()).is_string()) {
    facts.prompts = static_cast<std::uint32_t>(prompt.size());
  }
  const json::Value logprobs = body["logprobs"];
  if (logprobs.is_integer()) facts.alternatives = static_cast<std::uint32_t>(*logprobs.int64());
  if (logprobs.is_bool() && logprobs.boolean()) {
    facts.alternatives = static_cast<std::uint32_t>(body["top_logprobs"].int64().value_or(0));
  }
  const json::Value format = body["encoding_format"];
  facts.wants_base64 = format.is_string() && format.string() == "base64";
  const json::Value options = body["stream_options"];
  const auto on = [&](std::string_view name) {
    return options[name].is_bool() && options[name].boolean();
  };
  facts.wants_usage = on("include_usage");
  facts.wants_continuous_usage = on("continuous_usage_stats");
  return facts;
}

}  // namespace gh::openai
