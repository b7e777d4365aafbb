#include "openai/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"

namespace gh::openai {
namespace {

using State = StreamRewriter::State;
using testing::HasSubstr;
using testing::Not;
using vllm::Endpoint;

struct Seen {
  std::string out;
  State state = State::open;
  UsageMeter::Total usage;
  std::string problem;
  policy::Code code = policy::Code::invalid_request;
  std::uint64_t events = 0;
  std::uint32_t dropped = 0;

  bool operator==(const Seen& other) const {
    return out == other.out && state == other.state && problem == other.problem &&
           events == other.events && dropped == other.dropped && code == other.code &&
           usage.completion_tokens == other.usage.completion_tokens &&
           usage.prompt_tokens == other.usage.prompt_tokens &&
           usage.nonsense == other.usage.nonsense && usage.estimated == other.usage.estimated;
  }
};

// Feeds the parts that `cuts` make of `bytes`.
Seen run(std::string_view bytes, const ResponseRules& rules, std::vector<std::size_t> cuts = {}) {
  static json::Parser parser;
  StreamRewriter rewriter(rules, parser);
  Seen seen;
  std::size_t at = 0;
  cuts.push_back(bytes.size());
  for (const std::size_t cut : cuts) {
    // A copy of its own, so that reading past the end is seen.
    const std::string part(bytes.substr(at, cut - at));
    rewriter.feed(part, seen.out);
    at = cut;
  }
  seen.state = rewriter.state();
  seen.usage = rewriter.usage();
  seen.problem = rewriter.problem();
  seen.code = rewriter.refusal().code;
  seen.events = rewriter.events();
  seen.dropped = rewriter.dropped_fields();
  return seen;
}

constexpr std::string_view kOurs = "req_0123456789ABCDEFGHIJKL";

std::string chunk(std::string_view delta, std::string_view rest = "") {
  return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":5,"model":"up",)"
         R"("choices":[{"index":0,"delta":)" +
         std::string(delta) + R"(,"finish_reason":null}])" + std::string(rest) + "}\n\n";
}

std::string rewritten_chunk(std::string_view delta, std::string_view rest = "") {
  std::string out = chunk(delta, rest);
  out.replace(out.find("\"up\""), 4, "\"client-model\"");
  return out;
}

const ResponseRules& chat_rules() {
  static const ResponseRules rules = rules_for(Endpoint::chat);
  return rules;
}

constexpr std::string_view kDone = "data: [DONE]\n\n";

TEST(StreamRewriter, RewritesEventByEvent) {
  const Seen seen = run(
      chunk(R"({"content":"a"})") + chunk(R"({"content":"b"})") + std::string(kDone), chat_rules());
  EXPECT_EQ(seen.out, rewritten_chunk(R"({"content":"a"})") +
                          rewritten_chunk(R"({"content":"b"})") + std::string(kDone));
  EXPECT_EQ(seen.state, State::done);
  EXPECT_EQ(seen.events, 2u);
  EXPECT_EQ(seen.usage.completion_tokens, 2u);
  EXPECT_TRUE(seen.usage.estimated);
}

TEST(StreamRewriter, LineEndsAndSpaces) {
  std::string crlf = chunk(R"({"content":"a"})");
  crlf.resize(crlf.size() - 2);
  crlf += "\r\n\r\n";
  EXPECT_EQ(run(crlf, chat_rules()).out, rewritten_chunk(R"({"content":"a"})"));
  std::string tight = chunk(R"({"content":"a"})");
  tight.erase(5, 1);
  EXPECT_EQ(run(tight, chat_rules()).out, rewritten_chunk(R"({"content":"a"})"));
  EXPECT_EQ(run("\n\r\n\n", chat_rules()).state, State::open);
  EXPECT_EQ(run(tight + "data:[DONE]\n", chat_rules()).state, State::done);
}

// An answer of no choices is none, streamed or not. covers: engine-7-upstream-distrust
TEST(StreamRewriter, AnEndBeforeAnyChoiceIsNoAnswer) {
  const std::string sum =
      R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":5,"model":"up",)"
      R"("choices":[],"usage":{"prompt_tokens":3,"total_tokens":3,"completion_tokens":0}})"
      "\n\n";
  for (const std::string& before : {std::string(), std::string(": keep-alive\n\n"), sum}) {
    const Seen seen = run(before + std::string(kDone), chat_rules());
    EXPECT_EQ(seen.state, State::invalid) << before;
    EXPECT_THAT(seen.problem, HasSubstr("before any choice")) << before;
    EXPECT_THAT(seen.out, Not(HasSubstr("DONE"))) << before;
  }
  EXPECT_EQ(run(chunk(R"({"content":""})") + sum + std::string(kDone), chat_rules()).state,
            State::done);
}

// covers: vllm-live-8-11
TEST(StreamRewriter, CommentsPassAsKeepAlive) {
  const Seen seen = run(": keep-alive\n\n:\n\n: <anything>\n", chat_rules());
  EXPECT_EQ(seen.out, ": keep-alive\n\n: keep-alive\n\n: keep-alive\n\n");
  EXPECT_EQ(seen.state, State::open);
  EXPECT_EQ(seen.events, 0u);
}

// covers: engine-7-upstream-distrust
TEST(StreamRewriter, RefusesWhatIsNoSuchStream) {
  const std::string good = chunk(R"({"content":"a"})");
  const std::string line = good.substr(0, good.size() - 1);
  const std::pair<const char*, std::string> streams[] = {
      {"an event line", "event: message\n" + good},
      {"an id line", "id: 1\n" + good},
      {"a retry line", "retry: 1\n" + good},
      {"text", "hello\n\n"},
      {"a byte order mark", "\xEF\xBB\xBF" + good},
      {"two data lines", line + line + "\n"},
      {"no JSON", "data: {\n\n"},
      {"no object", "data: []\n\n"},
      {"an empty data line", "data:\n\n"},
      {"NaN", "data: {\"id\":NaN}\n\n"},
      {"a duplicate key", chunk(R"({"content":"a","content":"b"})")},
      {"two documents", "data: {} {}\n\n"},
      {"invalid UTF-8", chunk("{\"content\":\"\xff\"}")},
      {"half a pair", chunk(R"({"content":"\ud800"})")},
      {"a whole answer", R"(data: {"id":"a","object":"chat.completion","choices":[]})"
                         "\n\n"},
      {"[DONE] and more", "data: [DONE] x\n\n"},
      {"no choices", R"(data: {"id":"a","object":"chat.completion.chunk"})"
                     "\n\n"},
  };
  for (const auto& [what, stream] : streams) {
    const Seen seen = run(stream + good, chat_rules());
    EXPECT_EQ(seen.state, State::invalid) << what;
    EXPECT_EQ(seen.out, what == std::string_view("two data lines")
                            ? rewritten_chunk(R"({"content":"a"})")
                            : "")
        << what;
    EXPECT_NE(seen.problem, "") << what;
  }
}

TEST(StreamRewriter, ChecksTheIndex) {
  std::string other = chunk(R"({"content":"a"})");
  other.replace(other.find("\"index\":0"), 9, "\"index\":1");
  EXPECT_EQ(run(other, chat_rules()).state, State::invalid);
  EXPECT_EQ(run(other, rules_for(Endpoint::chat, {.n = 2})).state, State::open);
}

TEST(StreamRewriter, RefusesToolCallsThatAreNone) {
  const auto with = [](std::string_view call) {
    return run(chunk(R"({"tool_calls":[)" + std::string(call) + "]}"), chat_rules());
  };
  for (const char* lie :
       {"null", R"({"index":null})", R"({"index":-1})", R"({"index":"0"})", R"({"index":65536})",
        R"({"index":9223372036854775808})", R"({"type":"custom"})", R"({"index":0},null)"}) {
    EXPECT_EQ(with(lie).state, State::invalid) << lie;
    EXPECT_EQ(with(lie).out, "") << lie;
  }
  for (const char* good :
       {R"({"index":0})", R"({"index":65535,"type":"function"})", R"({"id":null,"type":null})",
        R"({"index":0,"function":{"name":null,"arguments":"{"}})"}) {
    EXPECT_EQ(with(good).state, State::open) << good;
    EXPECT_THAT(with(good).out, HasSubstr(good));
  }
}

TEST(StreamRewriter, BoundsALine) {
  const std::string text(StreamRewriter::kMaxEvent, 'a');
  EXPECT_EQ(run(text, chat_rules()).state, State::open);
  EXPECT_EQ(run(text + "a", chat_rules()).state, State::invalid);
  EXPECT_EQ(run("data: " + text + "\n", chat_rules()).state, State::invalid);
  EXPECT_EQ(run(text + "a", chat_rules(), {1, 1000}).state, State::invalid);
  const std::string large = chunk("{\"content\":\"" + text.substr(0, text.size() / 2) + "\"}");
  EXPECT_EQ(run(large, chat_rules(), {100'000}).state, State::open);
}

TEST(StreamRewriter, IgnoresWhatComesAfterTheEnd) {
  const std::string first = chunk(R"({"content":"a"})");
  const Seen seen = run(first + std::string(kDone) + chunk(R"({"content":"late"})"), chat_rules());
  EXPECT_EQ(seen.out, rewritten_chunk(R"({"content":"a"})") + std::string(kDone));
  EXPECT_EQ(seen.state, State::done);
  EXPECT_EQ(seen.events, 1u);
}

// covers: vllm-live-8-10
TEST(StreamRewriter, ErrorEventsInEveryShape) {
  const std::pair<const char*, policy::Code> events[] = {
      {R"({"error": {"message": "secret", "type": "BadRequestError", "param": null, "code": 400}})",
       policy::Code::invalid_value},
      {R"({"error":{"message":"This model's maximum context length is 9","code":400}})",
       policy::Code::request_exceeds_limit},
      {R"({"object":"error","message":"secret","type":"BadRequestError","code":400})",
       policy::Code::invalid_value},
      {R"({"error":{"object":"error","message":"secret","code":503}})", policy::Code::overloaded},
      {R"({"error":"secret"})", policy::Code::upstream_error},
      {R"({"error":{"message":"secret","code":"400"}})", policy::Code::upstream_error},
      {R"({"error":{"message":"secret","code":200}})", policy::Code::upstream_error},
      {R"({"error":{}})", policy::Code::upstream_error},
  };
  for (const auto& [event, code] : events) {
    const Seen seen = run(
        chunk(R"({"content":"a"})") + "data: " + event + "\n\n" + std::string(kDone), chat_rules());
    EXPECT_EQ(seen.state, State::failed) << event;
    EXPECT_EQ(seen.out, rewritten_chunk(R"({"content":"a"})")) << event;  // and no [DONE]
    EXPECT_EQ(policy::name(seen.code), policy::name(code)) << event;
  }
}

TEST(StreamRewriter, RecordedErrorEvent) {
  const Recording bad = recording("api.chat_regex_bad_stream");
  const Seen seen = run(bad.response, chat_rules());
  EXPECT_EQ(seen.state, State::failed);
  EXPECT_EQ(seen.out, "");
  EXPECT_EQ(seen.code, policy::Code::invalid_value);
  EXPECT_THAT(seen.problem, HasSubstr("Grammar error"));
}

TEST(StreamRewriter, AnErrorThatIsNullIsNone) {
  EXPECT_EQ(run(chunk(R"({"content":"a"})", R"(,"error":null)"), chat_rules()).state, State::open);
}

TEST(StreamRewriter, UnaskedUsageIsCountedAndHidden) {
  const std::string usage =
      R"(,"usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1})";
  const std::string sum =
      R"(data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"up","choices":[])" +
      usage + "}\n\n";
  const std::string stream = chunk(R"({"content":"a"})", usage) + sum + std::string(kDone);

  const Seen hidden = run(stream, chat_rules());
  EXPECT_EQ(hidden.out, rewritten_chunk(R"({"content":"a"})") + std::string(kDone));
  EXPECT_EQ(hidden.usage.prompt_tokens, 3u);
  EXPECT_EQ(hidden.usage.completion_tokens, 1u);
  EXPECT_FALSE(hidden.usage.estimated);

  const Seen final_only = run(stream, rules_for(Endpoint::chat, {.wants_usage = true}));
  EXPECT_THAT(final_only.out, HasSubstr(rewritten_chunk(R"({"content":"a"})")));
  EXPECT_THAT(final_only.out, HasSubstr(R"("choices":[],"usage":{"prompt_tokens":3,)"));

  const Seen all =
      run(stream, rules_for(Endpoint::chat, {.wants_usage = true, .wants_continuous_usage = true}));
  EXPECT_THAT(all.out, HasSubstr(rewritten_chunk(R"({"content":"a"})", usage)));
}

TEST(StreamRewriter, CountsThatCannotBeAreToldToNobody) {
  const auto usage = [](std::uint64_t prompt, std::uint64_t completion, std::uint64_t total) {
    return R"(,"usage":{"prompt_tokens":)" + std::to_string(prompt) + R"(,"total_tokens":)" +
           std::to_string(total) + R"(,"completion_tokens":)" + std::to_string(completion) + "}";
  };
  const auto sum = [](const std::string& counts) {
    return R"(data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"up","choices":[])" +
           counts + "}\n\n";
  };
  const ResponseRules rules =
      rules_for(Endpoint::chat, {.wants_usage = true, .wants_continuous_usage = true});
  const std::string truth = usage(3, 1, 4);
  const Seen honest = run(chunk(R"({"content":"a"})", truth) + sum(truth), rules);
  EXPECT_THAT(honest.out, HasSubstr(R"("choices":[],"usage")"));
  EXPECT_FALSE(honest.usage.nonsense);

  for (const std::string& lie :
       {usage(3, 1, 5), usage(3, 1, 0), usage(3, 5001, 5004),
        usage((1 << 20) + 1, 1, (1 << 20) + 2), usage(3, 1, std::uint64_t{1} << 53), usage(2, 1, 3),
        usage(3, 0, 3)}) {
    const Seen last =
        run(chunk(R"({"content":"a"})", truth) + sum(lie) + std::string(kDone), rules);
    EXPECT_EQ(last.out, rewritten_chunk(R"({"content":"a"})", truth) + std::string(kDone)) << lie;
    EXPECT_TRUE(last.usage.nonsense) << lie;

    const Seen on_the_way = run(
        chunk(R"({"content":"a"})", truth) + chunk(R"({"content":"b"})", lie) + sum(truth), rules);
    EXPECT_THAT(on_the_way.out, HasSubstr(rewritten_chunk(R"({"content":"b"})"))) << lie;
    EXPECT_TRUE(on_the_way.usage.nonsense) << lie;
  }
  const Seen counted = run(chunk(R"({"content":"a"})") + sum(usage(3, 0, 3)), rules);
  EXPECT_TRUE(counted.usage.nonsense) << "text of no tokens";
  EXPECT_THAT(counted.out, Not(HasSubstr("usage")));
}

TEST(StreamRewriter, UsageBesideSeveralChoicesIsOfNone) {
  const std::string stream =
      R"(data: {"id":"a","object":"chat.completion.chunk","choices":[)"
      R"({"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}],)"
      R"("usage":{"prompt_tokens":3,"completion_tokens":2}})"
      "\n\n";
  const Seen seen =
      run(stream,
          rules_for(Endpoint::chat, {.wants_usage = true, .wants_continuous_usage = true, .n = 2}));
  EXPECT_THAT(seen.out, Not(HasSubstr("usage")));
  EXPECT_TRUE(seen.usage.estimated);
}

TEST(StreamRewriter, UsageBeforeChoicesIsHiddenToo) {
  const std::string stream =
      R"(data: {"usage":{"prompt_tokens":3,"completion_tokens":1},"id":"a",)"
      R"("object":"chat.completion.chunk","choices":[{"index":0,"delta":{}}]})"
      "\n\n";
  const Seen seen = run(stream, rules_for(Endpoint::chat, {.wants_usage = true}));
  EXPECT_THAT(seen.out, Not(HasSubstr("usage")));
  EXPECT_EQ(seen.usage.completion_tokens, 1u);
}

TEST(StreamRewriter, WritesAnErrorEvent) {
  std::string out;
  write_error_event(out, {policy::Code::upstream_reset, "gone", "", "", {}});
  EXPECT_EQ(out, R"(data: {"error":{"message":"gone","type":"api_error","param":null,)"
                 R"("code":"upstream_reset"}})"
                 "\n\n");
}

std::vector<Recording> streams(Endpoint endpoint) {
  std::vector<Recording> out = recordings(endpoint);
  std::erase_if(out, [](const Recording& one) { return !one.is_stream || one.status != 200; });
  return out;
}

TEST(StreamRewriter, EveryRecordingAtEverySplit) {
  int count = 0;
  for (const Endpoint endpoint : {Endpoint::chat, Endpoint::completions}) {
    for (const Recording& one : streams(endpoint)) {
      SCOPED_TRACE(one.name);
      const ResponseRules rules = rules_for(endpoint, facts_of(one));
      const Seen whole = run(one.response, rules);
      if (one.name == "api.chat_regex_bad_stream") {
        EXPECT_EQ(whole.state, State::failed);
      } else {
        EXPECT_EQ(whole.state, State::done) << whole.problem;
        EXPECT_TRUE(whole.out.ends_with(kDone));
        EXPECT_TRUE(whole.usage.seen);
      }
      EXPECT_FALSE(whole.usage.nonsense);
      EXPECT_EQ(whole.dropped, 0u);
      for (const char* hidden : {"\"tiny\"", "fingerprint", "cached", "token_ids", "prompt_text"}) {
        EXPECT_THAT(whole.out, Not(HasSubstr(hidden)));
      }
      for (std::size_t cut = 0; cut <= one.response.size(); ++cut) {
        ASSERT_EQ(run(one.response, rules, {cut}), whole) << "cut at " << cut;
      }
      std::vector<std::size_t> bytes;
      for (std::size_t at = 1; at < one.response.size(); ++at) bytes.push_back(at);
      ASSERT_EQ(run(one.response, rules, bytes), whole);
      ++count;
    }
  }
  EXPECT_GE(count, 12);
}

// A stream that is cut has used what its chunks said, choice by choice.
TEST(StreamRewriter, RecordedUsageOfCutStreams) {
  const struct {
    const char* name;
    Endpoint endpoint;
    std::uint64_t prompt;
    std::uint64_t completion;
  } rows[] = {{"usage.chat_n2_continuous", Endpoint::chat, 11, 10},
              {"usage.completion_list_n2_continuous", Endpoint::completions, 31, 18}};
  for (const auto& row : rows) {
    const Recording one = recording(row.name);
    const ResponseRules rules = rules_for(row.endpoint, facts_of(one));
    const Seen whole = run(one.response, rules);
    EXPECT_EQ(whole.usage.prompt_tokens, row.prompt);
    EXPECT_EQ(whole.usage.completion_tokens, row.completion);
    const auto sum_at = one.response.rfind("data: {");
    const Seen cut = run(std::string_view(one.response).substr(0, sum_at), rules);
    EXPECT_EQ(cut.state, State::open);
    EXPECT_EQ(cut.usage.prompt_tokens, row.prompt);
    EXPECT_EQ(cut.usage.completion_tokens, row.completion);
    EXPECT_FALSE(cut.usage.estimated);
  }
}

TEST(StreamRewriter, EveryEventSaysWhoseAnswerItIs) {
  ResponseRules rules = chat_rules();
  rules.request_id = kOurs;
  const auto with_id = [](std::string id) {
    std::string event = chunk(R"({"content":"a secret"})");
    return event.replace(event.find("chatcmpl-1"), 10, "chatcmpl-" + id);
  };
  const std::string ours = with_id(std::string(kOurs));
  const std::string other = with_id("req_0123456789ABCDEFGHIJKM");
  const Seen foreign = run(": ping\n\n" + other + ours, rules);
  EXPECT_EQ(foreign.state, State::foreign);
  EXPECT_THAT(foreign.out, Not(HasSubstr("secret")));
  EXPECT_EQ(run(ours, rules).state, State::open);
  EXPECT_EQ(run(with_id("1"), rules).state, State::open);
  EXPECT_EQ(run(with_id("1") + with_id("1"), rules).state, State::open);
  for (const std::string& second : {with_id("1"), with_id("0123456789abcdef"), with_id("")}) {
    const Seen two = run(ours + ours + second, rules);
    EXPECT_EQ(two.state, State::foreign) << second;
    EXPECT_EQ(two.out, run(ours + ours, rules).out) << second;
  }
  EXPECT_EQ(run(with_id("1") + with_id("2") + ours, rules).state, State::open);
  const Seen later = run(ours + ours + other, rules);
  EXPECT_EQ(later.state, State::foreign);
  EXPECT_EQ(run(other, chat_rules()).state, State::open);
}

}  // namespace
}  // namespace gh::openai
