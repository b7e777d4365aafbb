// The response lists against what vLLM 0.32.0 really answered (tests/recordings): everything in an
// answer is either listed or withheld on purpose, and of the kind that the list says.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "json/json.h"
#include "vllm/surface.h"

namespace gh::vllm {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string dechunk(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const std::size_t size = std::stoul(std::string(body.substr(0, body.find('\r'))), nullptr, 16);
    body.remove_prefix(body.find("\r\n") + 2);
    if (size == 0) break;
    out += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
  return out;
}

// The endpoint of a POST, nothing for another request.
std::optional<Endpoint> endpoint_of(std::string_view request) {
  for (Endpoint endpoint : kEndpoints) {
    if (request.starts_with("POST " + std::string(path(endpoint)) + " HTTP/1.1\r\n")) {
      return endpoint;
    }
  }
  return std::nullopt;
}

class Comparison {
 public:
  int answers = 0;

  void check(const ResponseShape& shape, std::string_view text, const std::string& where) {
    const auto document = parser_.parse(text);
    ASSERT_TRUE(document.has_value()) << where << ": " << document.error().message;
    if (document->root()["error"].exists()) return;
    ++answers;
    check(shape, document->root(), where);
  }

 private:
  void check(const ResponseShape& shape, json::Value value, const std::string& where) {
    if (shape.kind == Kind::drop) return;
    if (shape.array) {
      if (value.is_null()) return;
      ASSERT_TRUE(value.is_array()) << where;
      for (json::Value element : value.elements()) check_one(shape, element, where + "[]");
    } else {
      check_one(shape, value, where);
    }
  }

  void check_one(const ResponseShape& shape, json::Value value, const std::string& where) {
    EXPECT_TRUE(shape.accepts(value.type())) << where << " is " << json::name(value.type());
    std::size_t next = 0;
    for (const auto& [key, member] : value.members()) {
      const std::string at = where + "." + std::string(key);
      const ResponseShape* field = shape.find(key, next);
      ASSERT_NE(field, nullptr) << at << " is not listed";
      check(*field, member, at);
    }
  }

  json::Parser parser_;
};

TEST(RecordingsTest, EveryMemberOfEveryAnswerIsListed) {
  const Surface surface_then = *surface(*parse_version("0.32.0"));
  Comparison bodies;
  Comparison events;
  for (const auto& entry : fs::directory_iterator(fs::path(GH_SOURCE_DIR) / "tests/recordings")) {
    const std::string where = entry.path().filename().string();
    // The wire profiles hold several HTTP messages in one file.
    if (!where.ends_with(".response") || where.find("wire.") != std::string::npos) continue;
    fs::path request = entry.path();
    const auto endpoint = endpoint_of(read(request.replace_extension(".request")));
    const std::string response = read(entry.path());
    if (!endpoint || !response.starts_with("HTTP/1.1 200") ||
        response.find(" bytes left out ...]") != std::string::npos) {
      continue;
    }
    const auto end_of_head = response.find("\r\n\r\n") + 4;
    const std::string head = response.substr(0, end_of_head);
    std::string body = response.substr(end_of_head);
    if (head.find("chunked") != std::string::npos) body = dechunk(body);

    const auto i = static_cast<std::size_t>(*endpoint);
    if (head.find("text/event-stream") == std::string::npos) {
      bodies.check(surface_then.body[i], body, where);
      continue;
    }
    for (std::string_view line : split(body, '\n')) {
      if (!line.starts_with("data: ") || line == "data: [DONE]") continue;
      events.check(surface_then.event[i], line.substr(6), where);
    }
  }
  // The recordings were read at all.
  EXPECT_GE(bodies.answers, 40);
  EXPECT_GE(events.answers, 60);
}

}  // namespace
}  // namespace gh::vllm
