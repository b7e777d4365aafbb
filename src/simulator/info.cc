#include "simulator/info.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <vector>

#include "base/base64.h"
#include "simulator/api_error.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void write_model(std::string& out, Engine& engine, std::string_view name, bool adapter) {
  const Options& options = engine.profile().options;
  const std::int64_t created = engine.now_seconds();
  out += "{\"id\":";
  quote(out, name);
  append(out, ",\"object\":\"model\",\"created\":{},\"owned_by\":\"vllm\",\"root\":", created);
  quote(out, fmt::format("/srv/models/{}", name));  // a path, as vLLM shows it
  out += ",\"parent\":";
  if (adapter) {
    quote(out, options.model);
  } else {
    out += "null";
  }
  out += ",\"max_model_len\":";
  out += adapter ? "null" : std::to_string(options.max_model_len);
  append(
      out,
      ",\"permission\":[{{\"id\":\"modelperm-{}\",\"object\":\"model_permission\",\"created\":{},"
      "\"allow_create_engine\":false,\"allow_sampling\":true,\"allow_logprobs\":true,"
      "\"allow_search_indices\":false,\"allow_view\":true,\"allow_fine_tuning\":false,"
      "\"organization\":\"*\",\"group\":null,\"is_blocking\":false}}]}}",
      engine.next_id(), created);
}

std::vector<float> embedding(const EmbeddingRequest& request, std::string_view text) {
  std::vector<float> values;
  double squares = 0;
  std::uint64_t state = text_hash(text) ^ text_hash(request.model);
  for (std::uint32_t i = 0; i < request.dimensions; ++i) {
    state = mix(state);
    const double value = static_cast<double>(state >> 11) * 0x1p-52 - 1.0;
    values.push_back(static_cast<float>(value));
    squares += value * value;
  }
  const auto length = static_cast<float>(std::sqrt(squares));
  for (float& value : values) value /= length;
  return values;
}

void write_vector(std::string& out, const std::vector<float>& values, bool as_base64) {
  if (as_base64) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());  // little-endian, as the format says
    append(out, "\"{}\"", base64(bytes));
    return;
  }
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i)
    append(out, "{}{:.9f}", i == 0 ? "" : ",", values[i]);
  out += ']';
}

}  // namespace

void write_models(std::string& out, Engine& engine) {
  const Options& options = engine.profile().options;
  out += "{\"object\":\"list\",\"data\":[";
  write_model(out, engine, options.model, false);
  for (const std::string& adapter : options.adapters) {
    out += ',';
    write_model(out, engine, adapter, true);
  }
  out += "]}";
}

void write_metrics(std::string& out, const Engine& engine) {
  const Counters& counters = engine.counters();
  const PrefixCache::Stats& cache = engine.cache().stats();
  std::string labels = "engine=\"0\",model_name=";
  quote(labels, engine.profile().options.model);
  const auto series = [&](std::string_view name, std::string_view type, std::uint64_t value,
                          std::string_view more = "") {
    append(out, "# TYPE vllm:{} {}\nvllm:{}{{{}{}}} {:.1f}\n", name, type, name, labels, more,
           static_cast<double>(value));
  };
  series("num_requests_running", "gauge", counters.sequences);
  series("num_requests_waiting", "gauge", 0);
  series("kv_cache_usage_perc", "gauge", 0);
  series("prefix_cache_queries_total", "counter", cache.queries);
  series("prefix_cache_hits_total", "counter", cache.hits);
  series("prompt_tokens_total", "counter", counters.prompt_tokens);
  series("prompt_tokens_cached_total", "counter", cache.hits);
  series("generation_tokens_total", "counter", counters.generation_tokens);
  series("admission_rejections_total", "counter", counters.rejected,
         ",reason=\"max_num_queued_reqs\"");
  append(out, "# TYPE vllm:request_success_total counter\n");
  const auto success = [&](std::string_view reason, std::uint64_t value) {
    append(out, "vllm:request_success_total{{{},finished_reason=\"{}\"}} {:.1f}\n", labels, reason,
           static_cast<double>(value));
  };
  success("stop", counters.finished_by_stop);
  success("length", counters.finished_by_length);
  success("abort", 0);  // stays 0 in vLLM too, however many clients leave
}

void write_tokens(std::string& out, const Engine& engine, const Prompt& prompt, bool with_texts) {
  append(out, "{{\"count\":{},\"max_model_len\":{},\"tokens\":[", prompt.tokens,
         engine.profile().options.max_model_len);
  std::string texts;
  for (std::size_t at = 0; at < prompt.text.size();) {
    const std::size_t end = token_end(prompt.text, at);
    const auto token = std::string_view(prompt.text).substr(at, end - at);
    append(out, "{}{}", at == 0 ? "" : ",", token_id(token));
    if (with_texts) {
      if (at > 0) texts += ',';
      quote(texts, token);
    }
    at = end;
  }
  out += "],\"token_strs\":";
  out += with_texts ? "[" + texts + "]" : "null";
  out += '}';
}

void write_embeddings(std::string& out, Engine& engine, const EmbeddingRequest& request) {
  append(out,
         "{{\"id\":\"embd-{}\",\"object\":\"list\",\"created\":{},\"model\":", engine.next_id(),
         engine.now_seconds());
  quote(out, request.model);
  out += ",\"data\":[";
  std::uint64_t tokens = 0;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    append(out, "{}{{\"index\":{},\"object\":\"embedding\",\"embedding\":", i == 0 ? "" : ",", i);
    write_vector(out, embedding(request, request.inputs[i].text), request.base64);
    out += '}';
    tokens += request.inputs[i].tokens;
  }
  append(out,
         "],\"usage\":{{\"prompt_tokens\":{0},\"total_tokens\":{0},\"completion_tokens\":0,"
         "\"prompt_tokens_details\":null{1}}}}}",
         tokens, engine.profile().modern ? ",\"completion_tokens_details\":null" : "");
}

void write_state(std::string& out, const Engine& engine) {
  const Counters& counters = engine.counters();
  const PrefixCache::Stats& cache = engine.cache().stats();
  append(out,
         "{{\"version\":\"{}\",\"connections\":{},\"received\":{},\"invalid\":{},\"in_flight\":{},"
         "\"finished\":{},\"aborted\":{},\"rejected\":{},\"prompt_tokens\":{},"
         "\"generation_tokens\":{},\"cache\":{{\"queries\":{},\"hits\":{},\"blocks\":{}}}}}",
         engine.profile().options.version, counters.connections, counters.received,
         counters.invalid, counters.running, counters.finished, counters.aborted, counters.rejected,
         counters.prompt_tokens, counters.generation_tokens, cache.queries, cache.hits,
         engine.cache().blocks());
}

}  // namespace gh::simulator
