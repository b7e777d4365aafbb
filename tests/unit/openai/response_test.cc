#include "openai/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answers.h"
#include "fixture.h"

namespace gh::openai {
namespace {

using testing::HasSubstr;
using testing::Not;
using vllm::Endpoint;

TEST(Rewrite, RestoresTheClientsModel) {
  EXPECT_EQ(rewritten(kChat, rules_for(Endpoint::chat)),
            replaced(kChat, R"("model":"up")", R"("model":"client-model")"));
}

TEST(Rewrite, DropsWhatIsNotListedAndCountsIt) {
  const auto answer = replaced(kChat, R"("object")", R"("spy":{"a":[1]},"object")");
  std::string out;
  const auto result = rewrite(out, parse(answer), rules_for(Endpoint::chat));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->dropped_fields, 1u);
  EXPECT_THAT(out, Not(HasSubstr("spy")));
}

TEST(Rewrite, DropsOracles) {
  for (const char* oracle :
       {R"("system_fingerprint":"vllm-0.32.0-abc")", R"("kv_transfer_params":{"host":"10.0.0.1"})",
        R"("prompt_logprobs":[null])", R"("prompt_token_ids":[1,2])", R"("metrics":{"queue":1})",
        R"("service_tier":"x")"}) {
    const auto answer = replaced(kChat, R"("object")", std::string(oracle) + R"(,"object")");
    EXPECT_EQ(rewritten(answer, rules_for(Endpoint::chat)),
              replaced(kChat, R"("up")", R"("client-model")"))
        << oracle;
  }
  const auto cached = replaced(kChat, R"("total_tokens")",
                               R"("prompt_tokens_details":{"cached_tokens":2},"total_tokens")");
  EXPECT_THAT(rewritten(cached, rules_for(Endpoint::chat)), Not(HasSubstr("cached")));
}

TEST(Rewrite, CountsUsageThatItHides) {
  const auto cached = replaced(kChat, R"("total_tokens")",
                               R"("prompt_tokens_details":{"cached_tokens":2},"total_tokens")");
  std::string out;
  const auto result = rewrite(out, parse(cached), rules_for(Endpoint::chat));
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->usage.seen);
  EXPECT_EQ(result->usage.prompt_tokens, 3u);
  EXPECT_EQ(result->usage.completion_tokens, 1u);
  EXPECT_EQ(result->usage.cached_tokens, 2u);
}

TEST(Rewrite, WithoutUsageNothingWasSeen) {
  const auto answer =
      replaced(kChat, R"(,"usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})", "");
  std::string out;
  const auto result = rewrite(out, parse(answer), rules_for(Endpoint::chat));
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->usage.seen);
}

TEST(Rewrite, KnowsTheReasonsOfVllm) {
  // FINISH_REASON_STRINGS of 0.32.0, and what its routes make of them.
  for (const std::string_view reason :
       {"stop", "length", "abort", "error", "repetition", "tool_calls", "content_filter"}) {
    const std::string answer = replaced(kChat, R"("finish_reason":"stop")",
                                        fmt::format(R"("finish_reason":"{}")", reason));
    EXPECT_THAT(rewritten(answer, rules_for(Endpoint::chat)),
                HasSubstr(fmt::format(R"("finish_reason":"{}")", reason)));
  }
}

TEST(Rewrite, ReplacesAnUnsafeId) {
  for (const char* id : {R"("a b")", R"("<script>")", R"("")", R"("../x")", R"("é")"}) {
    EXPECT_THAT(rewritten(replaced(kChat, R"("chatcmpl-1")", id), rules_for(Endpoint::chat)),
                HasSubstr(R"("id":"chatcmpl-0")"));
  }
  const std::string longest(128, 'a');
  EXPECT_THAT(rewritten(replaced(kChat, "chatcmpl-1", longest), rules_for(Endpoint::chat)),
              HasSubstr(longest));
  EXPECT_THAT(rewritten(replaced(kChat, "chatcmpl-1", longest + "a"), rules_for(Endpoint::chat)),
              Not(HasSubstr(longest)));
}

TEST(Rewrite, CountsThatCannotBeAreToldToNobody) {
  const std::string usage = R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})";
  ASSERT_THAT(rewritten(kChat, rules_for(Endpoint::chat)), HasSubstr(usage));
  for (const char* lie :
       {R"({"prompt_tokens":-7,"total_tokens":4,"completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":-9,"completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":-1})",
        R"({"prompt_tokens":4611686018427387904,"total_tokens":4})",
        R"({"prompt_tokens":3,"completion_tokens":18446744073709551615})",
        R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":1,
                              "prompt_tokens_details":{"cached_tokens":4}})",
        R"({"prompt_tokens":3,"total_tokens":5,"completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":0,"completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":3,"completion_tokens":0})", R"({"prompt_tokens":3})",
        R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":1,
                              "completion_tokens_details":{"reasoning_tokens":2}})",
        R"({"prompt_tokens":3,"total_tokens":5004,"completion_tokens":5001})",
        R"({"prompt_tokens":1048577,"total_tokens":1048578,
                              "completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":null,"completion_tokens":1})",
        R"({"prompt_tokens":3,"total_tokens":3,"completion_tokens":null})",
        R"({"total_tokens":4,"completion_tokens":1})", "{}"}) {
    std::string out;
    const auto result = rewrite(out, parse(replaced(kChat, usage, lie)), rules_for(Endpoint::chat));
    ASSERT_TRUE(result.has_value()) << lie;
    EXPECT_TRUE(result->usage.nonsense) << lie;
    EXPECT_THAT(out, AllOf(Not(HasSubstr("usage")), HasSubstr(R"("content":"Hi")"))) << lie;
  }
}

TEST(Rewrite, CountsUpToTheRequestsOwnBoundsAreTold) {
  const std::string usage = R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})";
  for (const char* truth :
       {R"({"prompt_tokens":3,"total_tokens":5003,"completion_tokens":5000})",
        R"({"prompt_tokens":1048576,"total_tokens":1048577,"completion_tokens":1})",
        R"({"prompt_tokens":3,"completion_tokens":1})"}) {
    EXPECT_THAT(rewritten(replaced(kChat, usage, truth), rules_for(Endpoint::chat)),
                HasSubstr(truth));
  }
}

TEST(Rewrite, NoTextMayHaveTakenNoTokens) {
  const auto silent =
      replaced(replaced(kChat, R"("Hi")", R"("")"), R"("total_tokens":4,"completion_tokens":1)",
               R"("total_tokens":3,"completion_tokens":0)");
  EXPECT_THAT(rewritten(silent, rules_for(Endpoint::chat)), HasSubstr(R"("completion_tokens":0)"));
}

TEST(Rewrite, UsageComesLast) {
  const std::string usage =
      R"(,"usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})";
  const auto first = replaced(replaced(kChat, usage, ""), R"("id")", usage.substr(1) + R"(,"id")");
  EXPECT_EQ(rewritten(first, rules_for(Endpoint::chat)),
            rewritten(kChat, rules_for(Endpoint::chat)));
}

TEST(Rewrite, TheModelIsTheClientsWhateverWasSaid) {
  EXPECT_THAT(
      rewritten(replaced(kChat, R"("model":"up")", R"("model":null)"), rules_for(Endpoint::chat)),
      HasSubstr(R"("model":"client-model")"));
}

struct Lie {
  const char* what;
  const char* from;
  const char* to;
};

TEST(Rewrite, RefusesWhatIsNoAnswerToTheRequest) {
  const Lie lies[] = {
      {"another object", R"("chat.completion")", R"("chat.completion.chunk")"},
      {"an object of another type", R"("chat.completion")", "5"},
      {"no object", R"("object":"chat.completion",)", ""},
      {"an id that is no string", R"("chatcmpl-1")", "1"},
      {"a model that is no string", R"("model":"up")", R"("model":["up"])"},
      {"created as text", R"("created":5)", R"("created":"5")"},
      {"created as null", R"("created":5)", R"("created":null)"},
      {"created before all time", R"("created":5)", R"("created":-1)"},
      {"created beyond what readers can", R"("created":5)", R"("created":9007199254740992)"},
      {"created beyond all numbers", R"("created":5)", R"("created":18446744073709551615)"},
      {"no role", R"("assistant")", "null"},
      {"choices that are no array", R"("choices":[)", R"("choices":{"a":[)"},
      {"an index that was not asked for", R"("index":0)", R"("index":1)"},
      {"a negative index", R"("index":0)", R"("index":-1)"},
      {"an index as text", R"("index":0)", R"("index":"0")"},
      {"no index", R"("index":0,)", ""},
      {"another role", R"("assistant")", R"("system")"},
      {"content that is no text", R"("Hi")", R"({"a":1})"},
      {"no message", R"("message":{"role":"assistant","content":"Hi"},)", ""},
      {"null as message", R"({"role":"assistant","content":"Hi"})", "null"},
      {"an unknown finish reason", R"("stop")", R"("bored")"},
      {"a finish reason that is no text", R"("stop")", "1"},
      {"usage that is no object", R"({"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})",
       "[]"},
      {"usage as text", R"("total_tokens":4)", R"("total_tokens":"4")"},
  };
  for (const Lie& lie : lies) {
    std::string answer = replaced(kChat, lie.from, lie.to);
    if (std::string_view(lie.to).starts_with(R"("choices":{)")) {
      answer = replaced(answer, "}],", "}]},");
    }
    EXPECT_THAT(rewritten(answer, rules_for(Endpoint::chat)), HasSubstr("refused: chat: "))
        << lie.what;
  }
  for (const char* other : {"[]", "null", "5", R"("text")", "{}"}) {
    EXPECT_THAT(rewritten(other, rules_for(Endpoint::chat)), HasSubstr("refused: ")) << other;
  }
}

TEST(Rewrite, WantsExactlyTheChoicesThatWereAsked) {
  const auto two = [](int first, int second) {
    return replaced(kChat, R"({"index":0,"message":{"role":"assistant","content":"Hi"})",
                    R"({"index":)" + std::to_string(first) +
                        R"(,"message":{"content":"a"}},{"index":)" + std::to_string(second) +
                        R"(,"message":{"content":"b"})");
  };
  const ResponseRules rules = rules_for(Endpoint::chat, {.n = 2});
  EXPECT_THAT(rewritten(two(0, 1), rules), HasSubstr(R"("index":1)"));
  EXPECT_THAT(rewritten(two(1, 0), rules), HasSubstr(R"("index":1)"));
  EXPECT_THAT(rewritten(two(1, 1), rules), HasSubstr("index is there twice"));
  EXPECT_THAT(rewritten(two(0, 1), rules_for(Endpoint::chat)), HasSubstr("2 entries for 1"));
  EXPECT_THAT(rewritten(kChat, rules), HasSubstr("1 entries for 2"));
}

TEST(Rewrite, ToolCalls) {
  const auto answer =
      replaced(kChat, R"("content":"Hi")",
               R"("content":null,"tool_calls":[{"id":"chatcmpl-tool-1","type":"function","spy":1,)"
               R"("function":{"name":"f","arguments":"{\"a\": 1}"}}])");
  EXPECT_THAT(rewritten(answer, rules_for(Endpoint::chat)),
              HasSubstr(R"("content":null,"tool_calls":[{"id":"chatcmpl-tool-1","type":"function",)"
                        R"("function":{"name":"f","arguments":"{\"a\": 1}"}}])"));
}

// What stands for the tool calls of a message, or of a delta.
TEST(Rewrite, RefusesToolCallsThatAreNone) {
  const char* lies[] = {
      "[null]",
      "[5]",
      "{}",
      R"([{"id":null}])",
      R"([{"type":null}])",
      R"([{"type":"custom"}])",
      R"([{"type":""}])",
      R"([{"function":{"name":null}}])",
      R"([{"function":{"arguments":null}}])",
      R"([{"function":{"arguments":{}}}])",
      R"([{"type":"function"},null])",
  };
  const auto answer = [](std::string_view calls) {
    return replaced(kChat, R"("content":"Hi")",
                    R"("content":null,"tool_calls":)" + std::string(calls));
  };
  for (const char* lie : lies) {
    EXPECT_THAT(rewritten(answer(lie), rules_for(Endpoint::chat)), HasSubstr("refused: chat: "))
        << lie;
  }
  for (const char* call : {"null", "[]", "[{}]", R"([{"type":"function"}])"}) {
    EXPECT_THAT(rewritten(answer(call), rules_for(Endpoint::chat)),
                HasSubstr(R"("tool_calls":)" + std::string(call)));
  }
}

TEST(Rewrite, RefusesLogprobsThatAreNone) {
  const auto chat = [](std::string_view token) {
    return replaced(kChat, R"("logprobs":null)",
                    R"("logprobs":{"content":[)" + std::string(token) + "]}");
  };
  const ResponseRules rules = rules_for(Endpoint::chat, {.alternatives = 1});
  for (const char* lie :
       {"null", "5", R"({"token":null})", R"({"logprob":null})", R"({"logprob":"-1"})",
        R"({"bytes":[-1]})", R"({"bytes":[256]})", R"({"bytes":[null]})",
        R"({"bytes":[18446744073709551615]})", R"({"bytes":[1.0]})", R"({"top_logprobs":[null]})",
        R"({"top_logprobs":[{"token":null}]})", R"({"top_logprobs":[{"logprob":null}]})"}) {
    EXPECT_THAT(rewritten(chat(lie), rules), HasSubstr("refused: chat: ")) << lie;
  }
  for (const char* token : {R"({})", R"({"token":"a","logprob":-1,"bytes":null})",
                            R"({"bytes":[0,255]})", R"({"bytes":[],"top_logprobs":null})"}) {
    EXPECT_THAT(rewritten(chat(token), rules), HasSubstr(token));
  }

  const ResponseRules text = rules_for(Endpoint::completions, {.alternatives = 1});
  for (const char* lie : {R"("tokens":[null])", R"("text_offset":[null])", R"("text_offset":[-1])",
                          R"("token_logprobs":["a"])", R"("top_logprobs":[{"a":null}])"}) {
    EXPECT_THAT(rewritten(text_with(lie), text), HasSubstr("refused: completions: ")) << lie;
  }
  // The first token has none when vLLM repeats the prompt.
  const auto echo =
      text_with(R"("text_offset":[0,1],"token_logprobs":[null,-1],"tokens":["a","b"],)"
                R"("top_logprobs":[null,{"b":-1}])");
  EXPECT_EQ(rewritten(echo, text), echo);
}

TEST(Rewrite, Embeddings) {
  const ResponseRules rules = rules_for(Endpoint::embeddings, {.wants_base64 = true, .prompts = 2});
  const auto answer = [](std::string_view first, std::string_view second) {
    return R"({"id":"embd-1","object":"list","created":5,"model":"up","data":[)"
           R"({"index":0,"object":"embedding","embedding":)" +
           std::string(first) + R"(},{"index":1,"object":"embedding","embedding":)" +
           std::string(second) + R"(}],"usage":{"prompt_tokens":7,"total_tokens":7}})";
  };
  EXPECT_EQ(rewritten(answer("[0.5,-1]", R"("AAAA")"), rules),
            replaced(answer("[0.5,-1]", R"("AAAA")"), R"("up")", R"("client-model")"));
  const ResponseRules floats = rules_for(Endpoint::embeddings, {.prompts = 2});
  EXPECT_THAT(rewritten(answer("[0.5]", R"("AAAA")"), floats), HasSubstr("not asked for"));
  EXPECT_THAT(rewritten(answer("[0.5]", "[1]"), floats), HasSubstr("[0.5]"));
  for (const char* text : {R"("")", R"("AAA")", R"("A===")", R"("AA=A")", R"("====")", R"("AA-_")",
                           R"("AAA\n")", R"("AA A")", R"("/etc/passwd!")"}) {
    EXPECT_THAT(rewritten(answer("[0.5]", text), rules), HasSubstr("is no base64")) << text;
  }
  for (const char* text : {R"("AAAAAA==")", R"("AAA=")", R"("zZ9+/w==")"}) {
    EXPECT_THAT(rewritten(answer("[0.5]", text), rules), HasSubstr(text));
  }
  EXPECT_THAT(rewritten(answer("[0.5]", "[]"), rules), HasSubstr("is empty"));
  EXPECT_THAT(rewritten(answer("[0.5]", "{}"), rules), HasSubstr("refused: embeddings"));
  EXPECT_THAT(rewritten(answer("[0.5]", R"(["x"])"), rules), HasSubstr("refused: embeddings"));
  EXPECT_THAT(rewritten(answer("[0.5]", "null"), rules), HasSubstr("is null"));
  EXPECT_THAT(rewritten(answer("[[0.5]]", "[1]"), rules), HasSubstr("refused: "));
  EXPECT_THAT(rewritten(replaced(answer("[1]", "[2]"), R"("embedding","embedding")",
                                 R"("image","embedding")"),
                        rules),
              HasSubstr("object is another"));
}

TEST(Rewrite, EveryRecording) {
  int answers = 0;
  for (const Endpoint endpoint : vllm::kEndpoints) {
    for (const Recording& one : recordings(endpoint)) {
      if (one.status != 200 || one.is_stream) continue;
      SCOPED_TRACE(one.name);
      std::string out;
      const auto result = rewrite(out, parse(one.response), rules_for(endpoint, facts_of(one)));
      ASSERT_TRUE(result.has_value()) << result.error();
      EXPECT_EQ(result->dropped_fields, 0u);
      EXPECT_TRUE(result->usage.seen);
      EXPECT_FALSE(result->usage.nonsense);
      EXPECT_THAT(out, HasSubstr("client-model"));
      for (const char* hidden : {"tiny", "fingerprint", "cached", "token_ids", "prompt_logprobs",
                                 "transfer_params", "routed_experts", "service_tier"}) {
        EXPECT_THAT(out, Not(HasSubstr(hidden)));
      }
      ++answers;
    }
  }
  EXPECT_GE(answers, 30);
}

}  // namespace
}  // namespace gh::openai
