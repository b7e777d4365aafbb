// What the json folder costs on what the gateway reads all day: one SSE event, and chat bodies of
// three sizes. simdjson alone is the floor that parsing is compared with.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "json/json.h"

namespace gh::json {
namespace {

constexpr std::string_view kEvent =
    R"({"id":"chatcmpl-7d0f2b7a6c6b4f0f9f0d3c1b2a495867","object":"chat.completion.chunk",)"
    R"("created":1733222111,"model":"meta-llama/Meta-Llama-3-8B-Instruct","choices":[{"index":0,)"
    R"("delta":{"content":" tokens"},"logprobs":null,"finish_reason":null}],)"
    R"("usage":{"prompt_tokens":42,"total_tokens":59,"completion_tokens":17}})";

// A conversation of about `size` bytes: prose with a line break or a quotation now and then.
std::string chat(std::size_t size) {
  constexpr std::string_view kSentence =
      R"(The reservation is settled when the stream ends, whatever ended it; \"escrow\" beats refund.\n)";
  std::string text = R"({"model":"llama-3-8b","temperature":0.7,"max_tokens":512,"messages":[)";
  while (text.size() < size) {
    text += R"({"role":"user","content":")";
    for (int i = 0; i < 8; ++i) text += kSentence;
    text += R"("},)";
  }
  return text + R"({"role":"user","content":"Why?"}],"stream":true})";
}

std::string document(std::int64_t size) {
  return size == 0 ? std::string(kEvent) : chat(static_cast<std::size_t>(size));
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void floor_simdjson(benchmark::State& state) {
  Buffer text;
  text.append(document(state.range(0)));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    benchmark::DoNotOptimize(parser.parse(text.data(), text.size(), false).get(root));
  }
  count(state, text.size());
}

void parse(benchmark::State& state) {
  Buffer text;
  text.append(document(state.range(0)));
  Parser parser;
  for (auto _ : state) {
    auto parsed = parser.parse_padded(text.view());
    benchmark::DoNotOptimize(parsed);
  }
  count(state, text.size());
}

void write(benchmark::State& state) {
  const std::string text = document(state.range(0));
  Parser parser;
  const auto parsed = parser.parse(text);
  std::string out;
  for (auto _ : state) {
    out.clear();
    Writer(out).value(parsed->root());
    benchmark::DoNotOptimize(out.data());
  }
  count(state, out.size());
}

// 0 is the event.
BENCHMARK(floor_simdjson)->Arg(0)->Arg(1'000)->Arg(14'000)->Arg(100'000);
BENCHMARK(parse)->Arg(0)->Arg(1'000)->Arg(14'000)->Arg(100'000);
BENCHMARK(write)->Arg(0)->Arg(1'000)->Arg(14'000)->Arg(100'000);

}  // namespace
}  // namespace gh::json
