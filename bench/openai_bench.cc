// What a request and an event of a stream cost, without sockets.

#include <benchmark/benchmark.h>

#include <string>

#include "openai/estimate.h"
#include "openai/request.h"
#include "openai/stream.h"

namespace {

using gh::openai::RequestRules;
using gh::openai::ResponseRules;

const gh::vllm::Surface& surface() {
  static const gh::vllm::Surface newest = *gh::vllm::surface(gh::vllm::newest_known());
  return newest;
}

std::string chat(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "some words of a prompt, ";
  return R"({"model":"m","messages":[{"role":"system","content":"You help."},)"
         R"({"role":"user","content":")" +
         text +
         R"("}],"temperature":0.7,"top_p":0.9,"max_tokens":256,"stream":true,)"
         R"("stream_options":{"include_usage":true}})";
}

// Parse, check and write.
void request(benchmark::State& state) {
  const std::string body = chat(static_cast<std::size_t>(state.range(0)));
  gh::policy::RequestCaps caps;
  caps.max_prompt_tokens = 1'000'000;
  const RequestRules rules{gh::vllm::Endpoint::chat, &surface(), &caps, 8192};
  gh::json::Parser parser;
  std::string out;
  for (auto _ : state) {
    const auto document = parser.parse(body);
    const auto facts = check(document->root(), rules);
    out.clear();
    write(out, document->root(), rules, *facts, {"served", "salt"});
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(request)->Arg(700)->Arg(16'000)->Arg(100'000);

void estimate(benchmark::State& state) {
  const std::string text(100'000, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(gh::openai::token_weight(text));
}
BENCHMARK(estimate);

// One event with usage, as vLLM sends it; a read each.
void event(benchmark::State& state) {
  const std::string bytes =
      R"(data: {"id":"chatcmpl-8dde407ca6f5d045","object":"chat.completion.chunk",)"
      R"("created":1795456330,"model":"tiny","choices":[{"index":0,"delta":{"content":" 787"},)"
      R"("logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":14,)"
      R"("total_tokens":17,"completion_tokens":3,"completion_tokens_details":null}})"
      "\n\n";
  ResponseRules rules{gh::vllm::Endpoint::chat, &surface(), "client-model", {}};
  rules.facts.max_tokens = 1000;
  rules.facts.max_model_len = 1 << 20;
  gh::json::Parser parser;
  gh::openai::StreamRewriter rewriter(rules, parser);
  std::string out;
  for (auto _ : state) {
    out.clear();
    rewriter.feed(bytes, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(event);

}  // namespace
