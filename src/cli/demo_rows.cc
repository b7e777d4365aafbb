#include "cli/demo_rows.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "json/json.h"

namespace gh::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr const char* kChat = "/v1/chat/completions";
constexpr const char* kNothing = "nothing upstream";
constexpr const char* kSilent = "the simulator did not answer";

std::string chat_body(std::string_view content, std::string_view more = "") {
  std::string body = R"({"model":"demo-model","messages":[{"role":"user","content":")";
  body += content;
  body += "\"}]";
  if (!more.empty()) {
    body += ',';
    body += more;
  }
  return body + "}";
}

// A prompt that is several cache blocks long; the same for the same `seed`.
std::string long_prompt(std::string_view seed) {
  std::string text;
  for (int i = 0; i < 160; ++i) text += std::string(seed) + " " + std::to_string(i * 7919) + " ";
  return text;
}

std::string error_code(const HttpReply& reply) {
  json::Parser parser;
  const auto document = parser.parse(reply.body);
  if (!document) return "no JSON";
  const json::Value code = document->root()["error"]["code"];
  return code.is_string() ? std::string(code.string()) : "no code";
}

std::string field(const HttpReply& reply, const std::string& name) {
  const auto found = reply.fields.find(name);
  return found == reply.fields.end() ? "" : found->second;
}

class Rows {
 public:
  Rows(DemoStage& stage, const std::function<void(const DemoRow&)>& show)
      : stage_(stage), show_(show) {}

  std::vector<DemoRow> all() {
    identity();
    routes();
    requests();
    isolation();
    streams();
    limits();
    keys();
    return std::move(rows_);
  }

 private:
  void row(std::string what, std::string expected, std::string observed, bool holds) {
    rows_.push_back({std::move(what), std::move(expected), std::move(observed), holds});
    show_(rows_.back());
  }

  // The common case: one request, a status, and for a refusal its code.
  void expect(std::string what, const HttpCaller::Request& request, int status,
              const std::string& code) {
    const auto before = received();
    const HttpReply reply = stage_.gateway.call(request);
    const std::string got = reply.status == 200 ? "" : error_code(reply);
    std::string observed = std::to_string(reply.status) + (got.empty() ? "" : " " + got);
    if (!reply.failure.empty()) observed += " (" + reply.failure + ")";
    bool holds = reply.status == status && got == code;
    if (status != 200) {
      const std::string reached = beyond(before);
      if (reached != kNothing) observed += ", " + reached;
      holds = holds && reached == kNothing;
    }
    row(std::move(what), std::to_string(status) + (code.empty() ? "" : " " + code),
        std::move(observed), holds);
  }

  HttpCaller::Request chat(const std::string& key, std::string body) {
    return {.method = "POST", .path = kChat, .key = key, .body = std::move(body)};
  }

  std::int64_t state(std::string_view name, std::string_view inside = "") {
    json::Parser parser;
    const HttpReply reply = stage_.simulator.call({.method = "GET", .path = "/sim/state"});
    const auto document = parser.parse(reply.body);
    if (!document) return -1;
    json::Value value = inside.empty() ? document->root() : document->root()[inside];
    value = value[name];
    if (name != "received") ++questions_;
    return value.is_integer() ? value.int64().value_or(-1) : -1;
  }

  // Requests that reached the simulator, without the ones that ask for this very number; nothing
  // when it does not say.
  std::optional<std::int64_t> received() {
    const std::int64_t all = state("received");
    if (all < 0) return std::nullopt;
    return all - ++questions_;
  }

  // What reached the simulator since `before`: of one that is dead, nobody knows.
  std::string beyond(std::optional<std::int64_t> before) {
    const auto now = received();
    if (!before || !now) return kSilent;
    return *now == *before ? kNothing : "but the upstream got it";
  }

  void identity() {
    expect("no API key", chat("", chat_body("hello")), 401, "invalid_api_key");
    std::string wrong = stage_.alpha_key;
    wrong[wrong.size() - 8] = wrong[wrong.size() - 8] == 'A' ? 'B' : 'A';
    expect("an API key with one character changed", chat(wrong, chat_body("hello")), 401,
           "invalid_api_key");
    expect("a good API key", chat(stage_.alpha_key, chat_body("hello")), 200, "");
  }

  void routes() {
    for (const char* path : {"/invocations", "/v1/load_lora_adapter", "/metrics", "/tokenize"}) {
      expect(std::string("a vLLM route not for clients: ") + path,
             {.method = "POST", .path = path, .key = stage_.alpha_key, .body = "{}"}, 404,
             "not_found");
    }
    const auto before = received();
    const std::string answer = stage_.gateway.raw(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    const bool refused = answer.starts_with("HTTP/1.1 400");
    const std::string reached = beyond(before);
    row("a smuggled second request (Content-Length and chunked)", "400, nothing upstream",
        answer.substr(0, answer.find('\r')) + ", " + reached, refused && reached == kNothing);
  }

  void requests() {
    const std::string& key = stage_.alpha_key;
    expect("max_tokens: 4096, n: 10", chat(key, chat_body("hello", R"("max_tokens":4096,"n":10)")),
           400, "request_exceeds_limit");
    expect("an unknown field", chat(key, chat_body("hello", R"("max_tokenz":5)")), 400,
           "unknown_field");
    expect("a field with teeth: chat_template",
           chat(key, chat_body("hello", R"("chat_template":"{{ x }}")")), 400, "field_not_allowed");
    expect("max_tokens twice",
           chat(key, chat_body("hello", R"("max_tokens":5,"max\u005ftokens":4000)")), 400,
           "duplicate_key");
    expect("a number as text: \"n\": \"1_0\"", chat(key, chat_body("hello", R"("n":"1_0")")), 400,
           "invalid_value");
    expect("another tenant's model",
           chat(key, R"({"model":"beta-only","messages":[{"role":"user","content":"hi"}]})"), 404,
           "model_not_found");
    expect("harmless fields that SDKs send",
           chat(key, chat_body("hello", R"("user":"u1","metadata":{"a":"b"},"store":false)")), 200,
           "");
  }

  // Cache hits of one request, in tokens, as the simulated vLLM counts them; nothing when it was
  // not answered, which proves nothing.
  std::optional<std::int64_t> hits_of(const std::string& key, const std::string& body) {
    const std::int64_t before = state("hits", "cache");
    if (stage_.gateway.call(chat(key, body)).status != 200) return std::nullopt;
    return state("hits", "cache") - before;
  }
  void cache_row(const std::string& what, const std::string& expected, const std::string& key,
                 const std::string& body, bool shared) {
    const auto hits = hits_of(key, body);
    row(what, expected, hits ? std::to_string(*hits) + " tokens from the cache" : "not answered",
        hits && (*hits > 0) == shared);
  }

  void isolation() {
    const std::string prompt = long_prompt("confidential");
    hits_of(stage_.alpha_key, chat_body(prompt));
    cache_row("the same prompt again, same tenant", "cache blocks shared", stage_.alpha_second_key,
              chat_body(prompt), true);
    cache_row("the same prompt, another tenant", "no cache blocks shared", stage_.beta_key,
              chat_body(prompt), false);
    const std::string salted = chat_body(long_prompt("guess"), R"("cache_salt":"stolen")");
    const bool first = hits_of(stage_.alpha_key, salted).has_value();
    cache_row("both tenants send the same cache_salt", "overwritten, no sharing",
              first ? stage_.beta_key : "", salted, false);
    const HttpReply reply = stage_.gateway.call(chat(stage_.alpha_key, chat_body(prompt)));
    const bool hidden = reply.body.find("cached_tokens") == std::string::npos &&
                        reply.body.find("system_fingerprint") == std::string::npos;
    row("cached_tokens and fingerprint in the answer", "removed",
        reply.status != 200 ? "not answered"
        : hidden            ? "removed"
                            : "present",
        reply.status == 200 && hidden);
  }

  void streams() {
    const HttpReply reply = stage_.gateway.call(
        chat(stage_.alpha_key, chat_body("hello", R"("stream":true,"max_tokens":20)")));
    const auto events = std::count(reply.body.begin(), reply.body.end(), '\n') / 2;
    const bool done = reply.body.ends_with("data: [DONE]\n\n");
    const bool no_usage = reply.body.find("\"usage\":{") == std::string::npos;
    row("a stream", "events, [DONE], no unasked usage",
        std::to_string(events) + " events" + (done ? ", [DONE]" : "") +
            (no_usage ? "" : ", with usage"),
        reply.status == 200 && done && no_usage && events > 10);

    const std::int64_t aborted = state("aborted");
    stage_.gateway.leave_after(
        chat(stage_.alpha_key,
             chat_body("sim:fault=slow_drip", R"("stream":true,"max_tokens":1000)")),
        1);
    const auto left = steady_clock::now();
    while (state("in_flight") > 0 && steady_clock::now() - left < 2s)
      std::this_thread::sleep_for(1ms);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - left).count();
    const std::int64_t still = state("in_flight");
    const bool stopped = still == 0 && state("aborted") == aborted + 1;
    row("the client leaves in the middle of a stream", "the upstream stops within 50 ms",
        stopped     ? "stopped after " + std::to_string(took) + " ms"
        : still < 0 ? kSilent
                    : "not stopped",
        stopped && took <= 50);

    const HttpReply failed =
        stage_.gateway.call(chat(stage_.alpha_key, chat_body("sim:fault=status,code=404")));
    const bool own_words = failed.body.find("tiny") == std::string::npos;
    row("the upstream fails with a text of its own", "502 upstream_error, our words",
        std::to_string(failed.status) + " " + error_code(failed) +
            (own_words ? "" : ", the upstream's words"),
        failed.status == 502 && error_code(failed) == "upstream_error" && own_words);
  }

  void limits() {
    HttpReply reply;
    int passed = 0;
    for (int i = 0; i < 8; ++i) {
      reply = stage_.gateway.call(chat(stage_.limited_key, chat_body("hello")));
      if (reply.status == 429) break;
      ++passed;
    }
    const std::string wait = field(reply, "retry-after");
    row("more requests than the tenant's rate", "3 pass, then 429 with Retry-After",
        std::to_string(passed) + " passed, then " + std::to_string(reply.status) +
            (wait.empty() ? "" : ", Retry-After: " + wait),
        passed == 3 && reply.status == 429 && !wait.empty());
    expect("meanwhile, another tenant", chat(stage_.beta_key, chat_body("hello")), 200, "");
  }

  void keys() {
    auto revoke = Child::start({"keys", "revoke", "-c", stage_.policy_file, "alpha/doomed"}, true);
    const bool revoked = revoke && revoke->wait(10s) == 0;
    const auto since = steady_clock::now();
    int status = 0;
    while (revoked && status != 401 && steady_clock::now() - since < 3s) {
      status =
          stage_.gateway.call({.method = "GET", .path = "/v1/models", .key = stage_.doomed_key})
              .status;
      if (status != 401) std::this_thread::sleep_for(10ms);
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - since).count();
    row("a key is revoked while the gateway runs", "401 within 1 s",
        std::to_string(status) + " after " + std::to_string(took) + " ms",
        status == 401 && took <= 1000);
  }

  DemoStage& stage_;
  const std::function<void(const DemoRow&)>& show_;
  std::vector<DemoRow> rows_;
  std::int64_t questions_ = 0;
};

}  // namespace

std::vector<DemoRow> run_rows(DemoStage& stage, const std::function<void(const DemoRow&)>& show) {
  return Rows(stage, show).all();
}

}  // namespace gh::cli
