// Sends recorded requests to the simulator and holds its answers against those of the real vLLM
// 0.32.0: status, the fields of the head that say something, the JSON's shape (names and types),
// error class and code, and the kinds of events of a stream in their order.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "harness.h"

namespace gh::simulator {
namespace {

const std::filesystem::path kFolder = GH_SOURCE_DIR "/tests/recordings";

// Recorded, and not the simulator's to answer alike.
const std::map<std::string, std::string>& out_of_scope() {
  static const std::string kRoute = "a route that the simulator does not serve";
  static const std::string kReader = "JSON that Python reads and our reader refuses";
  static const std::string kCut = "the recorded model's call is cut off; the simulator's fits";
  static const std::map<std::string, std::string> names = {
      {"api.chat_beam", "beam search is answered like sampling"},
      {"api.chat_max_tokens_2e200", kReader},
      {"api.chat_prompt_logprobs", "prompt_logprobs are accepted and not computed"},
      {"api.chat_special_token_text", "return_token_ids is accepted and not obeyed"},
      {"api.headers_dp_rank_7", "data parallel ranks are not modelled"},
      {"api.headers_load_format_json", "load headers are not modelled"},
      {"api.tools_named", kCut},
      {"api.tools_named_stream", kCut},
      {"api.tools_required", kCut},
      {"api.tools_required_stream", kCut},
      {"auth.cors_preflight", "CORS is not modelled"},
      {"parsing.bom", kReader},
      {"parsing.deep_schema_200", "schemas are not compiled"},
      {"parsing.dup_cache_salt", kReader},
      {"parsing.dup_max_tokens", kReader},
      {"parsing.dup_max_tokens_escaped", kReader},
      {"parsing.dup_model_last_bad", kReader},
      {"parsing.lone_surrogate_escape", kReader},
      {"parsing.lone_surrogate_model", kReader},
      {"parsing.lone_surrogate_stop", kReader},
      {"parsing.max_tokens_digits_5000", kReader},
      {"parsing.max_tokens_nan", kReader},
      {"parsing.raw_surrogate_utf8", kReader},
      {"parsing.temperature_nan", kReader},
      {"parsing.utf16", kReader},
      {"withkey.post_v1_embeddings", "one simulator has a generating and an embedding model"},
  };
  static const std::vector<std::string> kPrefixes = {"api.invocations",
                                                     "api.messages",
                                                     "api.responses",
                                                     "limits.cors",
                                                     "limits.queue_full_messages",
                                                     "limits.queue_full_responses",
                                                     "limits.store",
                                                     "nokey.delete",
                                                     "nokey.get_kv",
                                                     "nokey.get_openapi",
                                                     "nokey.post_adapters",
                                                     "nokey.post_detokenize",
                                                     "nokey.post_gener",
                                                     "nokey.post_invo",
                                                     "nokey.post_is_",
                                                     "nokey.post_scale",
                                                     "poolkey.post_v1_rerank",
                                                     "poolkey.post_v2",
                                                     "withkey.get_v1_resp",
                                                     "withkey.post_v1_chat",
                                                     "withkey.post_v1_load",
                                                     "withkey.post_v1_mess",
                                                     "withkey.post_v1_unload"};
  static const std::map<std::string, std::string> all = [] {
    std::map<std::string, std::string> merged = names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
      if (entry.path().extension() != ".request") continue;
      const std::string name = entry.path().stem();
      for (const std::string& prefix : kPrefixes) {
        if (name.starts_with(prefix)) merged.emplace(name, kRoute);
      }
    }
    return merged;
  }();
  return all;
}

// Whole profiles left out: h11wire and wire are about HTTP parsers, dev, lora, scaleout and pool
// about routes that the simulator does not serve.
const std::set<std::string> kProfiles = {"api",     "auth", "limits", "nokey",  "parsing",
                                         "poolkey", "tls",  "usage",  "withkey"};

// Answers that the simulated model gives only when it is asked to.
const std::map<std::string, std::string> kAskedFor = {
    {"api.tools_auto_forced_call", "sim:fault=tool_call"},
    {"api.tools_auto_forced_call_stream", "sim:fault=tool_call"},
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Puts back what was cut out of the middle of a long request: more of the pattern before it, up to
// the length that its head says.
std::string restored(std::string request) {
  const auto at = request.find("\n[... ");
  if (at == std::string::npos) return request;
  const auto end = request.find("...]\n", at) + 5;
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length = std::stoul(request.substr(request.find(kLength) + kLength.size()));
  const std::size_t missing = request.find("\r\n\r\n") + 4 + length - (request.size() - (end - at));
  std::size_t period = 1;
  const auto repeats = [&](std::size_t p) {
    for (std::size_t i = at - 64; i < at; ++i) {
      if (request[i] != request[i - p]) return false;
    }
    return true;
  };
  while (!repeats(period)) ++period;
  std::string filler;
  for (std::size_t i = 0; i < missing; ++i) filler += request[at - period + i % period];
  return request.replace(at, end - at, filler);
}

// The request with another prompt, and the length that goes with it.
std::string with_prompt(const std::string& request, std::string_view prompt) {
  const auto head_end = request.find("\r\n\r\n") + 4;
  std::string body = request.substr(head_end);
  const auto old_size = std::to_string(body.size());
  replace_all(body, "Tell me about the weather.", prompt);
  std::string head = request.substr(0, head_end);
  replace_all(head, "Content-Length: " + old_size,
              "Content-Length: " + std::to_string(body.size()));
  return head + body;
}

std::string shape(json::Value value, bool token_map = false) {
  switch (value.type()) {
    case json::Type::object: {
      std::string out = "{";
      if (token_map && !value["token"].exists()) return "{*}";
      for (const auto [key, member] : value.members()) {
        if (key == "system_fingerprint" && member.is_null()) continue;
        out += std::string(key) + ":" + shape(member, key == "top_logprobs") + ",";
      }
      return out + "}";
    }
    case json::Type::array: {
      std::set<std::string> kinds;
      for (const json::Value element : value.elements()) kinds.insert(shape(element, token_map));
      std::string out = "[";
      for (const std::string& kind : kinds) out += kind + "|";
      return out + "]";
    }
    case json::Type::unsigned_integer:
      return "integer";
    default:
      return std::string(name(value.type()));
  }
}

// What is told of a JSON body or event besides its shape.
void tell(json::Value value, std::set<std::string>& facts) {
  for (const auto [key, member] : value.members()) {
    if (member.is_object()) tell(member, facts);
    for (const json::Value element : member.elements()) tell(element, facts);
    if (key == "message" || !(member.is_string() || member.is_integer())) continue;
    static const std::set<std::string_view> kTold = {"object",   "type",   "param", "code",
                                                     "model",    "detail", "error", "finish_reason",
                                                     "owned_by", "role",   "parent"};
    if (!kTold.contains(key)) continue;
    std::string text = member.is_string() ? std::string(member.string())
                                          : std::to_string(member.int64().value_or(0));
    std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });  // "body.91"
    if (key == "code") text = std::to_string(member.int64().value_or(0));
    facts.insert(std::string(key) + "=" + text);
  }
}

struct Summary {
  std::string head;
  std::vector<std::string> shapes;  // of the body, or of each kind of event when it first comes
  std::set<std::string> facts;
  bool operator==(const Summary&) const = default;
};

void PrintTo(const Summary& summary, std::ostream* out) {
  *out << summary.head << "\n";
  for (const std::string& one : summary.shapes) *out << "  " << one << "\n";
  for (const std::string& one : summary.facts) *out << "  " << one << "\n";
}

// `without` is a member that is left out of the comparison.
Summary summary(const Response& response, std::string_view without) {
  Summary out;
  out.head = std::to_string(response.status);
  for (const std::string_view field : {"content-type", "server", "vary", "allow", "location"}) {
    out.head += "|" + response.field(field);
  }
  for (const std::string_view field : {"x-request-id", "date", "content-length"}) {
    out.head += response.field(field).empty() ? "|no" : "|yes";
  }
  Json json;
  const auto add = [&](std::string_view text) {
    const json::Value value = json(text);
    std::string one = shape(value);
    if (!without.empty()) replace_all(one, std::string(without) + ":string,", "");
    if (std::ranges::find(out.shapes, one) == out.shapes.end()) out.shapes.push_back(one);
    tell(value, out.facts);
  };
  const std::string type = response.field("content-type");
  if (type.starts_with("text/event-stream")) {
    for (const std::string& event : events(response.body)) {
      if (event == "[DONE]") {
        out.shapes.push_back(event);
      } else {
        add(event);
      }
    }
  } else if (type == "application/json") {
    add(response.body);
  }
  return out;
}

Options server_options(const std::string& profile) {
  Options options;
  options.keep_alive = {};
  if (profile == "tls") {
    options.force_include_usage = true;
    options.api_key = "k1";
    return options;
  }
  if (profile == "limits") {
    options.max_queued = 1;
    return options;
  }
  options.prompt_tokens_details = true;
  if (profile == "usage") return options;
  options.api_key = "key-one";
  if (profile == "poolkey") {
    options.prompt_tokens_details = false;
    return options;
  }
  options.request_id_headers = true;
  options.adapters = {"adapter-a"};
  return options;
}

struct Recording {
  std::string name;
  std::string request;
  Response response;
};

std::vector<Recording> recordings(const std::string& profile) {
  std::vector<Recording> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() != ".request" || !name.starts_with(profile + ".")) continue;
    if (out_of_scope().contains(name)) continue;
    Recording recording{name, restored(read_file(entry.path())), {}};
    if (const auto it = kAskedFor.find(name); it != kAskedFor.end()) {
      recording.request = with_prompt(recording.request, it->second);
    }
    std::string bytes = read_file(kFolder / (name + ".response"));
    if (bytes.find("\n[... ") != std::string::npos) {
      // Long and cut: of those only the head is compared.
      bytes = bytes.substr(0, bytes.find("\r\n\r\n") + 4);
      recording.response.head = bytes;
      recording.response.status = std::stoi(bytes.substr(9, 3));
    } else {
      EXPECT_TRUE(take_response(bytes, true, recording.response)) << name;
    }
    out.push_back(std::move(recording));
  }
  std::ranges::sort(out, {}, &Recording::name);
  return out;
}

TEST(Recordings, AreAnsweredAlike) {
  std::size_t compared = 0;
  for (const std::string& profile : kProfiles) {
    Server server(server_options(profile));
    Client occupant = server.client();
    if (profile == "limits") {
      occupant.send(post("/v1/chat/completions", chat_body("sim:fault=hang")));
      ASSERT_TRUE(server.eventually([](const Counters& c) { return c.running == 1; }));
    }
    for (const Recording& recording : recordings(profile)) {
      SCOPED_TRACE(recording.name);
      Client client = server.client();
      const Response response = client.ask(recording.request);
      // The one recorded server that was told to hide its fingerprint.
      const std::string_view without = profile == "tls" ? "system_fingerprint" : "";
      Summary expected = summary(recording.response, without);
      Summary observed = summary(response, without);
      if (recording.response.body.empty()) observed.shapes = expected.shapes;
      EXPECT_EQ(expected, observed) << response.body.substr(0, 2000);
      ++compared;
    }
  }
  RecordProperty("compared", static_cast<int>(compared));
  EXPECT_GE(compared, 120u);
}

TEST(Recordings, OutOfScopeNamesExist) {
  for (const auto& [name, reason] : out_of_scope()) {
    EXPECT_TRUE(std::filesystem::exists(kFolder / (name + ".request"))) << name;
    EXPECT_FALSE(reason.empty());
  }
  for (const auto& [name, prompt] : kAskedFor) {
    EXPECT_TRUE(std::filesystem::exists(kFolder / (name + ".request"))) << name;
  }
}

TEST(Recordings, MetricsAreNamedAsRecorded) {
  std::set<std::string> known;
  std::ifstream in(kFolder / "metrics.txt");
  ASSERT_TRUE(in.is_open());
  for (std::string line; std::getline(in, line);) {
    known.insert(line.substr(0, line.find_first_of("\t ")));
  }
  Pure pure;
  int series = 0;
  const Response metrics = pure.ask(get("/metrics"));
  for (const std::string_view line : split(metrics.body, '\n')) {
    if (!line.starts_with("vllm:")) continue;
    EXPECT_TRUE(known.contains(std::string(line.substr(0, line.find('{'))))) << line;
    ++series;
  }
  EXPECT_GE(series, 9);
}

}  // namespace
}  // namespace gh::simulator
