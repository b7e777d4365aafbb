// gh-link: gh_openai
//
// An answer that is accepted is rewritten as JSON that is accepted again and stays as it is;
// whatever an upstream says as an error becomes a refusal in our words.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "openai/response.h"

namespace {

using gh::openai::ResponseRules;

const gh::vllm::Surface& surface() {
  static const gh::vllm::Surface newest = *gh::vllm::surface(gh::vllm::newest_known());
  return newest;
}

}  // namespace

// The first byte picks the endpoint and what the request asked for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static gh::json::Parser parser;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto refusal = gh::openai::translate_error(400 + static_cast<int>(choice) % 200, text);
  GH_CHECK(gh::policy::status(refusal.code) >= 400);
  const std::string_view half = text.substr(0, text.size() / 2);
  const std::string detail = gh::openai::error_detail(text, half, "sk-secret");
  GH_CHECK(detail.size() <= 512 && gh::is_utf8(detail));
  const std::string gist = gh::openai::error_gist(text);
  GH_CHECK(gist.size() <= 512 && gh::is_utf8(gist));

  const auto document = parser.parse(text);
  if (!document) return 0;
  ResponseRules rules{gh::vllm::kEndpoints[choice % 3], &surface(), "client-model", {}};
  rules.facts.n = 1 + choice / 3 % 2;
  rules.facts.prompts = 1 + choice / 6 % 2;
  if (choice / 12 % 2 == 1) rules.facts.alternatives = 2;
  rules.facts.wants_base64 = choice / 24 % 2 == 1;
  rules.facts.max_tokens = 1000;
  rules.facts.max_model_len = 1 << 20;
  std::string once;
  if (!gh::openai::rewrite(once, document->root(), rules)) {
    GH_CHECK(once.empty());
    return 0;
  }
  const auto written = parser.parse(once);
  GH_CHECK(written.has_value());
  std::string twice;
  const auto second = gh::openai::rewrite(twice, written->root(), rules);
  GH_CHECK(second.has_value());
  GH_CHECK(second->dropped_fields == 0);
  GH_CHECK(twice == once);
  return 0;
}
