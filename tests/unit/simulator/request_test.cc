// What is refused, in which shape, and what differs by version.

#include "simulator/request.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace gh::simulator {
namespace {

struct Refusal {
  std::string_view more;  // members of the body
  std::string_view type;
  std::string_view param;  // "" for null
};

void expect_refused(const Response& response, std::string_view type, std::string_view param,
                    int status = 400) {
  Json json;
  const json::Value error = json(response.body)["error"];
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(error["type"].string(), type);
  if (param.empty()) {
    EXPECT_TRUE(error["param"].is_null());
  } else {
    EXPECT_EQ(error["param"].string(), param);
  }
  EXPECT_EQ(error["code"].int64(), status);
  EXPECT_FALSE(error["message"].string().empty());
}

TEST(Chat, RefusesWhatVllmRefuses) {
  Pure pure;
  for (const auto& [more, type, param] : std::initializer_list<Refusal>{
           {R"(,"max_tokens":0)", "BadRequestError", "max_tokens"},
           {R"(,"max_tokens":-1)", "BadRequestError", "max_tokens"},
           {R"(,"max_tokens":4097)", "BadRequestError", "max_tokens"},
           {R"(,"max_tokens":9223372036854775808)", "BadRequestError", "max_tokens"},
           {R"(,"max_tokens":5,"max_completion_tokens":0)", "BadRequestError",
            "max_completion_tokens"},
           {R"(,"max_tokens":[1])", "Bad Request", "body.max_tokens"},
           {R"(,"max_tokens":5,"min_tokens":6)", "BadRequestError", ""},
           {R"(,"n":0)", "BadRequestError", ""},
           {R"(,"n":16385)", "BadRequestError", ""},
           {R"(,"n":2,"temperature":0)", "BadRequestError", ""},
           {R"(,"temperature":2.5)", "BadRequestError", "temperature"},
           {R"(,"temperature":-1)", "BadRequestError", "temperature"},
           {R"(,"top_p":0)", "BadRequestError", "top_p"},
           {R"(,"top_p":1.5)", "BadRequestError", "top_p"},
           {R"(,"temperature":"nan")", "BadRequestError", "temperature"},
           {R"(,"temperature":"warm")", "Bad Request", "body.temperature"},
           {R"(,"stop":"")", "BadRequestError", ""},
           {R"(,"stop":["a","b","c","d","e"])", "Bad Request", "body.stop"},
           {R"(,"stop":[1])", "Bad Request", "body.stop"},
           {R"(,"logprobs":true,"top_logprobs":21)", "BadRequestError", "logprobs"},
           {R"(,"logprobs":true,"top_logprobs":-1)", "BadRequestError", "logprobs"},
           {R"(,"top_logprobs":1)", "BadRequestError", "top_logprobs"},
           {R"(,"stream":2)", "Bad Request", "body.stream"},
           {R"(,"stream_options":{})", "BadRequestError", "stream_options"},
           {R"(,"stream":true,"stream_options":{"include_usage":"maybe"})", "Bad Request",
            "body.stream_options.include_usage"},
           {R"(,"cache_salt":"")", "BadRequestError", "cache_salt"},
           {R"(,"cache_salt":5)", "BadRequestError", "cache_salt"},
           {R"(,"cache_salt":"a/b")", "BadRequestError", "cache_salt"},
           {R"(,"cache_salt":"a\u0000b")", "BadRequestError", "cache_salt"},
           {R"(,"chat_template":"x")", "BadRequestError", ""},
           {R"(,"chat_template_kwargs":{"chat_template":"x"})", "BadRequestError", ""},
           {R"(,"tool_choice":{"type":"function","function":{"name":"x"}})", "BadRequestError",
            "tool_choice"},
           {R"(,"request_id":7)", "Bad Request", "body.request_id"},
       }) {
    SCOPED_TRACE(more);
    expect_refused(pure.ask(post("/v1/chat/completions", chat_body("hi", more))), type, param);
  }
  EXPECT_EQ(pure.engine().counters().finished + pure.engine().counters().aborted, 0u);
}

TEST(Chat, RefusesBodiesThatAreNone) {
  Pure pure;
  const auto ask = [&](std::string_view body) {
    return pure.ask(post("/v1/chat/completions", body));
  };
  expect_refused(ask(""), "Bad Request", "body");
  expect_refused(ask("null"), "Bad Request", "body");
  expect_refused(ask("[]"), "Bad Request", "body");
  expect_refused(ask("\"x\""), "Bad Request", "body");
  expect_refused(ask("{"), "Bad Request", "body.0");
  expect_refused(ask("{}"), "Bad Request", "body.messages");
  expect_refused(ask(R"({"messages":"5"})"), "Bad Request", "body.messages");
  expect_refused(ask(R"({"messages":5})"), "BadRequestError", "");
  expect_refused(ask(R"({"messages":null,"max_tokens":-1})"), "BadRequestError", "");
  expect_refused(ask(R"({"messages":[]})"), "BadRequestError", "");
  expect_refused(ask(R"({"messages":[{}]})"), "Bad Request", "body.messages.0.role");
  expect_refused(ask(R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})"),
                 "BadRequestError", "");
  expect_refused(ask(R"({"n":1,"n":1})"), "BadRequestError", "");  // ours alone
  EXPECT_EQ(ask("\xff").body, R"({"detail":"There was an error parsing the body"})");
}

TEST(Chat, WantsJson) {
  Pure pure;
  const std::string body = chat_body("hi");
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const auto ask = [&](std::string_view field) {
    return pure.ask("POST /v1/chat/completions HTTP/1.1\r\n" + std::string(field) + length + body);
  };
  expect_refused(ask("Content-Type: text/plain\r\n"), "Bad Request", "");
  expect_refused(ask(""), "Bad Request", "");
  expect_refused(ask("Content-Type: text/plain\r\nContent-Type: application/json\r\n"),
                 "Bad Request", "");
  EXPECT_EQ(ask("Content-Type: APPLICATION/JSON; charset=x\r\n").status, 200);
}

TEST(Completions, RefuseWhatVllmRefuses) {
  Pure pure;
  const auto ask = [&](std::string body) { return pure.ask(post("/v1/completions", body)); };
  expect_refused(ask("{}"), "BadRequestError", "prompt");
  expect_refused(ask(R"({"prompt":""})"), "BadRequestError", "prompt");
  expect_refused(ask(R"({"prompt":[]})"), "BadRequestError", "");
  expect_refused(ask(R"({"prompt":["a",""]})"), "BadRequestError", "prompt");
  expect_refused(ask(R"({"prompt":5})"), "Bad Request", "body.prompt");
  expect_refused(ask(R"({"prompt":[{}]})"), "Bad Request", "body.prompt");
  expect_refused(ask(R"({"prompt":[-1]})"), "Bad Request", "body.prompt.0");
  expect_refused(ask(R"({"prompt":[1.5]})"), "Bad Request", "body.prompt.0");
  expect_refused(ask(R"({"prompt":[99999999]})"), "BadRequestError", "");
  expect_refused(ask(R"({"prompt":"a","suffix":"b"})"), "BadRequestError", "suffix");
  expect_refused(ask(R"({"prompt":"a","use_beam_search":true,"stream":true})"), "BadRequestError",
                 "");
  expect_refused(ask(R"({"prompt":"a","logprobs":21})"), "BadRequestError", "logprobs");
  expect_refused(
      ask(R"({"prompt":["a","b"],"n":16384,"model":"tiny","prompt_x":[],"temperature":0})"),
      "BadRequestError", "");
  EXPECT_EQ(ask(R"({"prompt":[[1,2],[3]]})").status, 200);
}

TEST(Completions, BoundWhatOneRequestOccupies) {
  Pure pure;
  std::string list = "\"a\"";
  for (int i = 1; i < 5; ++i) list += ",\"a\"";
  expect_refused(pure.ask(post("/v1/completions", R"({"n":16384,"prompt":[)" + list + "]}")),
                 "BadRequestError", "");
}

TEST(Embeddings, RefuseWhatMakesNoVector) {
  Pure pure;
  const auto ask = [&](std::string body) { return pure.ask(post("/v1/embeddings", body)); };
  expect_refused(ask("{}"), "BadRequestError", "input");
  expect_refused(ask(R"({"input":"a","dimensions":0})"), "BadRequestError", "dimensions");
  expect_refused(ask(R"({"input":"a","dimensions":65})"), "BadRequestError", "dimensions");
  expect_refused(ask(R"({"input":"a","encoding_format":"hex"})"), "Bad Request",
                 "body.encoding_format");
  expect_refused(ask(R"({"input":"a","model":"nope"})"), "NotFoundError", "model", 404);
}

TEST(Embeddings, AreStableUnitVectors) {
  Pure pure;
  const auto ask = [&](std::string body) { return pure.ask(post("/v1/embeddings", body)).body; };
  Json json;
  const json::Value data = json(ask(R"({"input":["a","b","a"],"dimensions":8})"))["data"];
  ASSERT_EQ(data.size(), 3u);
  std::vector<std::vector<double>> vectors;
  for (const json::Value one : data.elements()) {
    double squares = 0;
    auto& vector = vectors.emplace_back();
    for (const json::Value number : one["embedding"].elements()) {
      vector.push_back(number.number());
      squares += number.number() * number.number();
    }
    EXPECT_EQ(vector.size(), 8u);
    EXPECT_NEAR(squares, 1.0, 1e-6);
  }
  EXPECT_EQ(vectors[0], vectors[2]);
  EXPECT_NE(vectors[0], vectors[1]);
  Json other;
  const json::Value packed = other(ask(R"({"input":"a","encoding_format":"base64"})"));
  const auto text = (*packed["data"].elements().begin())["embedding"].string();
  EXPECT_EQ(text.size(), (kEmbeddingSize * 4 + 2) / 3 * 4);
}

TEST(Model, IsTheBaseUnlessNamed) {
  Pure pure({.adapters = {"adapter-a"}});
  const auto model = [&](std::string_view body) {
    const Response response = pure.ask(post("/v1/completions", body));
    Json json;
    return std::to_string(response.status) + std::string(json(response.body)["model"].string());
  };
  EXPECT_EQ(model(R"({"prompt":"a","model":null})"), "200tiny");
  EXPECT_EQ(model(R"({"prompt":"a","model":""})"), "200tiny");
  EXPECT_EQ(model(R"({"prompt":"a"})"), "200tiny");
  EXPECT_EQ(model(R"({"prompt":"a","model":"adapter-a"})"), "200adapter-a");
  expect_refused(pure.ask(post("/v1/completions", R"({"prompt":"a","model":" tiny "})")),
                 "NotFoundError", "model", 404);
}

TEST(Prompt, TooLongIsRefusedBeforeTheCacheSeesIt) {
  Pure pure({.max_model_len = 64});
  std::string text;
  for (int i = 0; i < 64; ++i) text += " word";
  expect_refused(pure.ask(post("/v1/chat/completions", chat_body(text))), "BadRequestError",
                 "input_tokens");
  expect_refused(pure.ask(post("/v1/chat/completions", chat_body(std::string(64 * 14, 'x')))),
                 "BadRequestError", "input_text");
  EXPECT_EQ(pure.engine().cache().stats().queries, 0u);
}

TEST(Versions, DifferInErrorsAndFields) {
  const auto ask = [](std::string version, std::string_view more) {
    Pure pure({.version = std::move(version), .prompt_tokens_details = true});
    return pure.ask(post("/v1/chat/completions", chat_body("hi", more)));
  };
  Json json;
  const json::Value flat = json(ask("0.10.0", R"(,"max_tokens":0)").body);
  EXPECT_EQ(flat["object"].string(), "error");
  EXPECT_EQ(flat["type"].string(), "BadRequestError");
  EXPECT_EQ(flat["code"].int64(), 400);
  EXPECT_FALSE(flat["error"].exists());
  EXPECT_TRUE(json(ask("0.10.1", R"(,"max_tokens":0)").body)["error"].is_object());

  EXPECT_TRUE(json(ask("0.21.0", "").body)["system_fingerprint"].is_string());
  EXPECT_FALSE(json(ask("0.14.1", "").body)["system_fingerprint"].exists());

  // 0.6.3 refuses fields that it does not know, such as a later salt; 0.7.3 ignores them.
  expect_refused(ask("0.32.0", R"(,"cache_salt":"")"), "BadRequestError", "cache_salt");
  EXPECT_EQ(ask("0.7.3", R"(,"cache_salt":"","zzz":1)").status, 200);
  const json::Value refused = json(ask("0.6.3.post1", R"(,"zzz":1)").body);
  EXPECT_EQ(refused["param"].string(), "body.zzz");
}

TEST(Versions, WithoutSaltShareTheCache) {
  for (const auto& [version, cached] :
       {std::pair<std::string, std::int64_t>{"0.7.3", 16}, {"0.32.0", 0}}) {
    Pure pure({.version = version, .prompt_tokens_details = true});
    const auto ask = [&](std::string_view salt) {
      Json json;
      return json(pure.ask(post("/v1/chat/completions",
                                chat_body("the same words for everybody who asks here",
                                          R"(,"max_tokens":1,"cache_salt":")" + std::string(salt) +
                                              "\"")))
                      .body)["usage"]["prompt_tokens_details"]["cached_tokens"]
          .int64();
    };
    EXPECT_EQ(ask("a"), 0);
    EXPECT_EQ(ask("b"), cached) << version;
  }
}

TEST(Profile, RefusesVersionsThatAreNone) {
  EXPECT_FALSE(Profile::make({.version = "latest"}).has_value());
  EXPECT_FALSE(Profile::make({.version = "0.1.0"}).has_value());
  EXPECT_FALSE(Profile::make({.version = "9.9.9"}).has_value());
  EXPECT_FALSE(Profile::make({.model = ""}).has_value());
}

}  // namespace
}  // namespace gh::simulator
