// Hostile inputs of a size that is asked for, each read as the gateway reads it: complexity.py
// counts the instructions below gh_read_hostile_input().

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/h1_request.h"
#include "json/json.h"
#include "openai/request.h"
#include "openai/stream.h"

namespace {

using gh::http::H1Body;
using gh::http::H1Request;
using gh::http::HeadStatus;

// The pieces that a reader gets, one after the other.
template <class Read>
void in_pieces(std::string_view bytes, std::size_t piece, const Read& read) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    read(bytes.substr(0, piece));
  }
}

std::string object_of_keys(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(10'000'000 + i) + "\":0";
  }
  return text + "}";
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

std::string head_of_fields(std::size_t count) {
  return "POST /v1/completions HTTP/1.1\r\nHost: a\r\n" +
         repeated("X-Padding: 0123456789\r\n", count);
}

// A tool whose schema has so many parts, and as many references to the last of them. `in_list`: by
// their places in a list, not by their names.
std::string request_of_references(std::size_t count, bool in_list) {
  std::string parts;
  std::string references;
  const auto name = [in_list](std::size_t i) {
    return std::to_string(in_list ? i : 1'000'000 + i);
  };
  for (std::size_t i = 0; i < count; ++i) {
    parts += i == 0 ? "" : ",";
    if (!in_list) parts += "\"" + name(i) + "\":";
    parts += "true";
    references += i == 0 ? "" : ",";
    references +=
        R"({"$ref":"#/)" + std::string(in_list ? "allOf/" : "$defs/") + name(count - 1) + "\"}";
  }
  parts = in_list ? R"("allOf":[)" + parts + "]" : R"("$defs":{)" + parts + "}";
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function",)"
         R"("function":{"name":"f","parameters":{)" +
         parts + R"(,"anyOf":[)" + references + "]}}}]}";
}

}  // namespace

extern "C" {

[[gnu::noinline]] void gh_read_json(gh::json::Parser& parser, std::string_view text,
                                    bool accepted) {
  GH_CHECK(parser.parse(text).has_value() == accepted);
}

[[gnu::noinline]] void gh_read_head(H1Request& request, std::string_view bytes, HeadStatus after) {
  auto status = HeadStatus::need_more;
  in_pieces(bytes, 1, [&](std::string_view piece) { status = request.feed(piece); });
  GH_CHECK(status == after);
}

[[gnu::noinline]] void gh_read_chunks(std::string_view bytes, std::size_t size) {
  H1Body body = H1Body::chunked();
  std::size_t got = 0;
  in_pieces(bytes, 1, [&](std::string_view piece) {
    std::string_view data;
    while (!piece.empty() && body.next(piece, data) == H1Body::Status::data) got += data.size();
  });
  GH_CHECK(got == size);
}

[[gnu::noinline]] void gh_read_request(gh::json::Value body,
                                       const gh::openai::RequestRules& rules) {
  GH_CHECK(gh::openai::check(body, rules).has_value());
}

[[gnu::noinline]] void gh_read_stream(gh::openai::StreamRewriter& stream, std::string_view bytes) {
  std::string out;
  in_pieces(bytes, 64, [&](std::string_view piece) { stream.feed(piece, out); });
  GH_CHECK(stream.state() == gh::openai::StreamRewriter::State::open);
}
}

namespace {

void read_json(std::string_view text, bool accepted) {
  gh::json::Parser parser;
  gh_read_json(parser, text, accepted);
}

void read_head(std::string_view bytes) {
  static H1Request request;
  gh_read_head(request, bytes, HeadStatus::need_more);
}

const gh::vllm::Surface& surface() {
  static const gh::vllm::Surface newest = *gh::vllm::surface(gh::vllm::newest_known());
  return newest;
}

void read_request(std::string_view text) {
  gh::policy::RequestCaps caps;
  caps.max_prompt_tokens = 10'000'000;
  caps.tool_bytes = 10'000'000;
  gh::json::Parser parser;
  const auto document = parser.parse(text);
  gh_read_request(document->root(), {gh::vllm::Endpoint::chat, &surface(), &caps, 10'000'000});
}

void read_stream(std::string_view bytes) {
  gh::openai::ResponseRules rules{gh::vllm::Endpoint::chat, &surface(), "m", {}};
  gh::json::Parser parser;
  gh::openai::StreamRewriter stream(rules, parser);
  gh_read_stream(stream, bytes);
}

int run(std::string_view name, std::size_t size) {
  if (name == "keys") {
    read_json(object_of_keys(size), true);
  } else if (name == "depth") {
    read_json(repeated("[", size), false);
  } else if (name == "nested") {  // as deep as is accepted, over and over
    read_json("[" + repeated(repeated("[", 60) + repeated("]", 60) + ",", size) + "0]", true);
  } else if (name == "escapes") {
    read_json("\"" + repeated("\\u00e4", size) + "\"", true);
  } else if (name == "fields") {
    read_head(head_of_fields(size));
  } else if (name == "field") {
    read_head("GET / HTTP/1.1\r\nX: " + std::string(size, 'x'));
  } else if (name == "chunks") {
    gh_read_chunks(repeated("1\r\nx\r\n", size), size);
  } else if (name == "event") {
    read_stream("data: {\"x\":\"" + std::string(size, 'x'));
  } else if (name == "references") {
    read_request(request_of_references(size, false));
  } else if (name == "places") {
    read_request(request_of_references(size, true));
  } else if (name == "comments") {
    read_stream(repeated(":\n", size));
  } else {
    return 64;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return argc == 3 ? run(argv[1], std::strtoul(argv[2], nullptr, 10)) : 64;
}
