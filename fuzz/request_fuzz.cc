// gh-link: gh_openai
//
// A request body that is accepted is written as JSON that is accepted again, for the same amount of
// work and with nothing of the client's among what the gateway decides.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "openai/request.h"

namespace {

using gh::openai::RequestRules;

gh::vllm::Surface load(std::string_view version) {
  const auto surface = gh::vllm::surface(*gh::vllm::parse_version(version));
  GH_CHECK(surface.has_value());
  return *surface;
}

gh::policy::RequestCaps generous() {
  gh::policy::RequestCaps caps;
  caps.n = 4;
  caps.prompts = 4;
  caps.logprobs = 5;
  caps.media = gh::policy::Media::data;
  return caps;
}

}  // namespace

// The first byte picks the endpoint, the version and the caps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const gh::vllm::Surface surfaces[] = {load("0.4.3"), load("0.6.3.post1"), load("0.9.2"),
                                               load("0.32.0")};
  static const gh::policy::RequestCaps caps[] = {{}, generous()};
  static gh::json::Parser parser;
  static gh::json::Parser again;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto document = parser.parse(text);
  if (!document) {
    GH_CHECK(!gh::openai::refusal(document.error()).message.empty());
    return 0;
  }
  const gh::json::Value body = document->root();
  const auto model = gh::openai::requested_model(body);
  if (!model) return 0;
  const RequestRules rules{gh::vllm::kEndpoints[choice % 3], &surfaces[choice / 3 % 4],
                           &caps[choice / 12 % 2], 4096};
  const auto facts = gh::openai::check(body, rules);
  if (!facts) {
    GH_CHECK(!facts.error().message.empty());
    return 0;
  }
  const bool salted = rules.surface->cache_salt[static_cast<std::size_t>(rules.endpoint)];
  std::string out;
  gh::openai::write(out, body, rules, *facts, {"served", salted ? "salt" : ""});

  const auto written = again.parse(out);
  GH_CHECK(written.has_value());
  const gh::json::Value root = written->root();
  for (const auto [name, value] : root.members()) {
    GH_CHECK(rules.surface->has(rules.endpoint, name));
  }
  GH_CHECK(root["model"].string() == "served");
  GH_CHECK(!salted || root["cache_salt"].string() == "salt");
  if (rules.endpoint != gh::vllm::Endpoint::embeddings) {
    GH_CHECK(root["max_tokens"].int64() == facts->max_tokens);
  }
  const auto second = gh::openai::check(root, rules);
  GH_CHECK(second.has_value());
  GH_CHECK(second->completion_bound() == facts->completion_bound());
  // `strict` is left out of tools for versions that refuse it.
  GH_CHECK(second->prompt_tokens <= facts->prompt_tokens);
  GH_CHECK(second->stream == facts->stream);

  std::string tokenize;
  if (facts->prompt_needs_count) {
    gh::openai::write_tokenize(tokenize, body, rules, "served");
    GH_CHECK(again.parse(tokenize).has_value());
  }
  return 0;
}
