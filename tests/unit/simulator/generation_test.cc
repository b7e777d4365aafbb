// What the model says, how it is counted, and how a stream is made of it.

#include "simulator/generation.h"

#include <gtest/gtest.h>

#include <map>

#include "harness.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

constexpr std::string_view kStream =
    R"(,"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true})";

std::string chat(std::string_view more, std::string_view content = "hello") {
  return post("/v1/chat/completions", chat_body(content, more));
}

json::Value first_choice(json::Value body) {
  return *body["choices"].elements().begin();
}

TEST(Answers, AreTheSameForTheSameRequest) {
  Pure pure;
  const auto text = [&](std::string_view more, std::string_view content = "hello") {
    Json json;
    return std::string(
        first_choice(json(pure.ask(chat(more, content)).body))["message"]["content"].string());
  };
  const std::string once = text(R"(,"max_tokens":20)");
  EXPECT_EQ(count_tokens(once), 20u);
  EXPECT_EQ(text(R"(,"max_tokens":20)"), once);
  EXPECT_EQ(text(R"(,"max_tokens":20,"cache_salt":"s")"), once);
  EXPECT_NE(text(R"(,"max_tokens":20,"seed":1)"), once);
  EXPECT_NE(text(R"(,"max_tokens":20)", "hallo"), once);
}

TEST(Answers, CountWhatTheySay) {
  Pure pure({.max_model_len = 100});
  Json json;
  // Clipped, as vLLM clips: max_tokens alone is within the context, with the prompt it is not.
  for (const std::string_view more : {R"(,"max_tokens":100)", ""}) {
    const json::Value body = json(pure.ask(chat(more)).body);
    const std::int64_t prompt = *body["usage"]["prompt_tokens"].int64();
    EXPECT_EQ(body["usage"]["completion_tokens"].int64(), 100 - prompt);
    EXPECT_EQ(body["usage"]["total_tokens"].int64(), 100);
    EXPECT_EQ(first_choice(body)["finish_reason"].string(), "length");
  }
  EXPECT_EQ(pure.engine().counters().finished, 2u);
  EXPECT_EQ(pure.engine().counters().running, 0u);
}

TEST(Answers, StopAtAStopString) {
  Pure pure;
  const auto ask = [&](std::string_view more) {
    Json json;
    const json::Value choice = first_choice(json(pure.ask(chat(more)).body));
    return std::string(choice["message"]["content"].string()) + "|" +
           std::string(choice["finish_reason"].string());
  };
  const std::string whole = ask(R"(,"max_tokens":6)");
  const std::string text = whole.substr(0, whole.find('|'));
  // Across the border of the second and third words.
  const std::string stop = text.substr(9, 3);
  const std::string cut = ask(R"(,"max_tokens":6,"stop":")" + stop + "\"");
  EXPECT_EQ(cut, text.substr(0, text.find(stop)) + "|stop");
  EXPECT_EQ(ask(R"(,"max_tokens":6,"stop":["zebra","quagga"])"), whole);
}

TEST(Answers, ToEndpointsWithTheSamePromptShareTheCache) {
  Pure pure({.prompt_tokens_details = true});
  Json json;
  const std::string words = "one two three four five six seven eight nine ten eleven twelve";
  json(pure.ask(chat(R"(,"max_tokens":1)", words)).body);
  std::string body = R"({"max_tokens":1,"prompt":)";
  quote(body, "<|im_start|>user\n" + words + "<|im_end|>\n<|im_start|>assistant\n");
  const json::Value usage = json(pure.ask(post("/v1/completions", body + "}")).body)["usage"];
  EXPECT_EQ(usage["prompt_tokens_details"]["cached_tokens"].int64(), 16);
}

TEST(Answers, TakeTheTimeThatTheirTokensTake) {
  using std::chrono::milliseconds;
  Pure pure({.token_delay = milliseconds(2),
             .prefill_per_token = milliseconds(10),
             .hit_prefill_per_token = milliseconds(1)});
  const std::string request =
      post("/v1/completions", R"({"prompt":"a b c d e f g h i j k l m n o p q r","max_tokens":5})");
  pure.ask(request);  // 18 tokens, none of them cached, then five
  EXPECT_EQ(pure.waited, milliseconds(18 * 10 + 5 * 2));
  pure.ask(request);  // one block of 16 is
  EXPECT_EQ(pure.waited, milliseconds(16 + 2 * 10 + 5 * 2));
  pure.ask(post("/v1/completions",
                R"({"prompt":"a b","max_tokens":5,"stream":true,"n":2,"temperature":1})"));
  EXPECT_EQ(pure.waited, milliseconds(2 * 10 + 4 * 2));  // the first token comes with the prefill
}

TEST(Streams, SayWhatTheBodySays) {
  Pure pure;
  const std::string_view kind[] = {
      R"(,"max_tokens":7)", R"(,"max_tokens":50,"stop":"o")",
      R"(,"max_tokens":60,"tool_choice":"required","tools":[{"type":"function",
         "function":{"name":"f","parameters":{"type":"object",
         "properties":{"a":{"type":"integer"},"b":{"enum":["x y"]}},
         "required":["a","b"]}}}])"};
  for (const std::string_view more : kind) {
    Json json;
    const json::Value choice = first_choice(json(pure.ask(chat(more)).body));
    std::string text;
    std::string name;
    std::string arguments;
    std::string finish;
    Json parser;
    for (const std::string& event :
         events(pure.ask(chat(std::string(more) + R"(,"stream":true)")).body)) {
      if (event == "[DONE]") break;
      const json::Value one = first_choice(parser(event));
      if (one["delta"]["content"].is_string()) text += one["delta"]["content"].string();
      for (const json::Value call : one["delta"]["tool_calls"].elements()) {
        if (call["function"]["name"].is_string()) name = call["function"]["name"].string();
        if (call["function"]["arguments"].is_string())
          arguments += call["function"]["arguments"].string();
      }
      if (one["finish_reason"].is_string()) finish = one["finish_reason"].string();
    }
    const json::Value message = choice["message"];
    EXPECT_EQ(finish, choice["finish_reason"].string());
    if (message["tool_calls"].exists()) {
      const json::Value function = (*message["tool_calls"].elements().begin())["function"];
      EXPECT_EQ(name, function["name"].string());
      EXPECT_EQ(arguments, function["arguments"].string());
      EXPECT_EQ(arguments, R"({"a": 7, "b": "x y"})");
      EXPECT_EQ(finish, "tool_calls");
    } else {
      EXPECT_EQ(text, message["content"].string());
      EXPECT_FALSE(text.empty());
    }
  }
}

TEST(Streams, CutToolCallsAreContent) {
  Pure pure;
  Json json;
  const json::Value choice = first_choice(
      json(pure.ask(chat(R"(,"max_tokens":3,"tool_choice":"required","tools":[])")).body));
  EXPECT_EQ(choice["finish_reason"].string(), "length");
  EXPECT_TRUE(choice["message"]["content"].string().starts_with("<tool_call>"));
}

TEST(Streams, AreOneChunkPerEvent) {
  Pure pure;
  const Response response = pure.ask(chat(std::string(R"(,"max_tokens":3)").append(kStream)));
  EXPECT_EQ(response.field("content-type"), "text/event-stream; charset=utf-8");
  ASSERT_EQ(response.chunks.size(), 1u + 3 + 1 + 1);
  for (const std::string& chunk : response.chunks) {
    EXPECT_TRUE(chunk.starts_with("data: "));
    EXPECT_EQ(chunk.find("\n\n"), chunk.size() - 2);
  }
  EXPECT_EQ(response.chunks.back(), "data: [DONE]\n\n");
  EXPECT_TRUE(pure.raw.ends_with("\r\n0\r\n\r\n"));
}

TEST(Streams, UsageIsPerChoiceAndItsSumComesLast) {
  Pure pure;
  const std::string request =
      post("/v1/completions",
           R"({"prompt":["hello there my friend","hi"],"n":2,"temperature":1,"max_tokens":3)" +
               std::string(kStream) + "}");
  std::map<std::int64_t, std::int64_t> completion;
  std::vector<std::string> all = events(pure.ask(request).body);
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all.back(), "[DONE]");
  all.pop_back();
  Json json;
  const json::Value sum = json(all.back());
  EXPECT_EQ(sum["choices"].size(), 0u);
  EXPECT_EQ(sum["usage"]["prompt_tokens"].int64(), 6 + 1);  // each prompt once
  EXPECT_EQ(sum["usage"]["completion_tokens"].int64(), 4 * 3);
  all.pop_back();
  for (const std::string& event : all) {
    const json::Value chunk = json(event);
    const std::int64_t index = *first_choice(chunk)["index"].int64();
    EXPECT_EQ(chunk["usage"]["prompt_tokens"].int64(), index < 2 ? 6 : 1);
    EXPECT_EQ(chunk["usage"]["completion_tokens"].int64(), ++completion[index]);
  }
  EXPECT_EQ(completion, (std::map<std::int64_t, std::int64_t>{{0, 3}, {1, 3}, {2, 3}, {3, 3}}));
}

TEST(Streams, WithoutUsageHaveNone) {
  Pure pure;
  for (const std::string_view options : {"", R"(,"stream_options":{"include_usage":false})",
                                         R"(,"stream_options":{"continuous_usage_stats":true})"}) {
    const Response response =
        pure.ask(chat(R"(,"max_tokens":3,"stream":true)" + std::string(options)));
    EXPECT_EQ(response.body.find("usage"), std::string::npos);
    EXPECT_EQ(response.chunks.size(), 1u + 3 + 1);
  }
}

TEST(Streams, OfForcedUsageHaveItEitherWay) {
  Pure pure({.force_include_usage = true});
  for (const Response& response :
       {pure.ask(chat(R"(,"max_tokens":3,"stream":true)")),
        pure.ask(
            chat(R"(,"max_tokens":3,"stream":true,"stream_options":{"include_usage":false})"))}) {
    for (std::size_t i = 0; i + 1 < response.chunks.size(); ++i) {
      EXPECT_NE(response.chunks[i].find("\"usage\""), std::string::npos);
    }
  }
}

TEST(Example, FollowsTheSchema) {
  for (const auto& [schema, value] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"{}", "{}"},
           {R"({"type":"string"})", "\"Oslo\""},
           {R"({"type":"array"})", "[]"},
           {R"({"enum":[null,1]})", "null"},
           {R"({"type":"object","required":["a"],"properties":{"a":{"type":"boolean"}}})",
            R"({"a": true})"},
           {R"({"type":"object","required":[5,"a"]})", R"({"a": {}})"},
           {R"({"type":["string"]})", "{}"},
       }) {
    Pure pure;
    std::string request =
        chat(R"(,"max_tokens":100,"tool_choice":"required","tools":[{"type":"function",
                                 "function":{"name":"f","parameters":)" +
             std::string(schema) + "}}]");
    Json json;
    const json::Value message = first_choice(json(pure.ask(request).body))["message"];
    ASSERT_EQ(message["tool_calls"].size(), 1u) << schema;
    EXPECT_EQ((*message["tool_calls"].elements().begin())["function"]["arguments"].string(), value);
  }
}

// As vLLM 0.32 does.
TEST(ToolCalls, TheContentBesideThem) {
  const std::string tools =
      R"(,"max_tokens":60,"tools":[{"type":"function","function":{"name":"f"}}])";
  Pure pure;
  Json required;
  EXPECT_TRUE(first_choice(required(
      pure.ask(chat(tools + R"(,"tool_choice":"required")")).body))["message"]["content"]
                  .is_null());
  Json named;
  EXPECT_EQ(first_choice(named(pure.ask(chat(tools + R"(,"tool_choice":{"type":"function",
                                             "function":{"name":"f"}})"))
                                   .body))["message"]["content"]
                .string(),
            "");
}

}  // namespace
}  // namespace gh::simulator
