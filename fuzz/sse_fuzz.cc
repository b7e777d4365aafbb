// gh-link: gh_openai
//
// A stream gives the same whatever the reads that it comes in and whichever way its events take,
// and every event of it is JSON.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "openai/stream.h"

namespace {

using gh::openai::ResponseRules;
using gh::openai::StreamRewriter;
using gh::openai::UsageMeter;

const gh::vllm::Surface& surface() {
  static const gh::vllm::Surface newest = *gh::vllm::surface(gh::vllm::newest_known());
  return newest;
}

struct Seen {
  std::string out;
  StreamRewriter::State state;
  UsageMeter::Total usage;
  std::uint32_t dropped_fields;
};

// Reads of `step` bytes at most, each in memory of its own.
Seen run(std::string_view bytes, const ResponseRules& rules, std::size_t step,
         StreamRewriter::Way way = StreamRewriter::Way::fastest) {
  static gh::json::Parser parser;
  StreamRewriter rewriter(rules, parser, way);
  Seen seen;
  while (!bytes.empty()) {
    const std::string part(bytes.substr(0, step));
    bytes.remove_prefix(part.size());
    rewriter.feed(part, seen.out);
  }
  seen.state = rewriter.state();
  seen.usage = rewriter.usage();
  seen.dropped_fields = rewriter.dropped_fields();
  return seen;
}

void check_events(std::string_view out) {
  static gh::json::Parser parser;
  while (!out.empty()) {
    const auto end = out.find("\n\n");
    GH_CHECK(end != std::string_view::npos);
    const std::string_view event = out.substr(0, end);
    out.remove_prefix(end + 2);
    if (event == ": keep-alive" || event == "data: [DONE]") continue;
    GH_CHECK(event.starts_with("data: "));
    GH_CHECK(parser.parse(event.substr(6)).has_value());
  }
}

}  // namespace

// The first byte picks the endpoint and what the request asked for, the second the reads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned choice = data[0];
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  ResponseRules rules{gh::vllm::kEndpoints[choice % 2], &surface(), "client-model", {}};
  rules.facts.n = 1 + choice / 2 % 2;
  rules.facts.wants_usage = choice / 4 % 2 == 1;
  rules.facts.wants_continuous_usage = choice / 8 % 2 == 1;
  rules.facts.max_tokens = 1000;
  rules.facts.max_model_len = 1 << 20;

  const Seen whole = run(stream, rules, stream.size());
  check_events(whole.out);
  const auto check_same = [&](const Seen& other) {
    GH_CHECK(other.out == whole.out);
    GH_CHECK(other.state == whole.state);
    GH_CHECK(other.usage.prompt_tokens == whole.usage.prompt_tokens);
    GH_CHECK(other.usage.completion_tokens == whole.usage.completion_tokens);
    GH_CHECK(other.usage.nonsense == whole.usage.nonsense);
    GH_CHECK(other.dropped_fields == whole.dropped_fields);
  };
  for (const std::size_t step : {std::size_t{1}, std::size_t{data[1]} + 2}) {
    check_same(run(stream, rules, step));
  }
  check_same(run(stream, rules, stream.size(), StreamRewriter::Way::parsed));
  return 0;
}
