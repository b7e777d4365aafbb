// Each fault does what its name says, and nothing is a fault that nobody asked for.

#include "simulator/fault.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "harness.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

std::string chat(std::string_view fault, std::string_view more = R"(,"max_tokens":3)") {
  return post("/v1/chat/completions", chat_body(std::string("sim:fault=").append(fault), more));
}
std::string stream(std::string_view fault) {
  return chat(fault, R"(,"max_tokens":3,"stream":true,"stream_options":{"include_usage":true})");
}

TEST(FaultParse, ReadsNameAndParameters) {
  const auto fault = Fault::parse("sim:fault=cut_after,n=3,how=rst and then some text");
  ASSERT_TRUE(fault.has_value() && fault->has_value());
  EXPECT_EQ((*fault)->kind(), Fault::Kind::cut_after);
  EXPECT_EQ((*fault)->number("n", 1), 3u);
  EXPECT_EQ((*fault)->text("how", "fin"), "rst");
  EXPECT_EQ((*fault)->milliseconds("ms", 20), std::chrono::milliseconds(20));
}

TEST(FaultParse, IsOnlyWhatTheTextBeginsWith) {
  for (const std::string_view text : {"", "hello", " sim:fault=hang", "say sim:fault=hang",
                                      "Sim:fault=hang", "sim:faults=hang", "sim:fault"}) {
    const auto fault = Fault::parse(text);
    EXPECT_TRUE(fault.has_value() && !fault->has_value()) << text;
  }
}

TEST(FaultParse, RefusesWhatItDoesNotKnow) {
  for (const std::string_view text :
       {"sim:fault=", "sim:fault=nope", "sim:fault=hang,n=1", "sim:fault=late,=5",
        "sim:fault=late,", "sim:fault=LATE", "sim:fault=late,MS=5", "sim:fault=cut_after,n=1,x",
        "sim:fault=invalid_json,kind=truncatd", "sim:fault=invalid_json,kind=",
        "sim:fault=status,code=5oo", "sim:fault=status,shape=openai|flat",
        "sim:fault=cut_after,how=RST", "sim:fault=late,ms=", "sim:fault=late,ms=-1"}) {
    EXPECT_FALSE(Fault::parse(text).has_value()) << text;
  }
}

TEST(FaultParse, BoundsNumbers) {
  for (const std::string_view value : {"0", "268435457", "99999999999999999999999"}) {
    const auto fault = Fault::parse(std::string("sim:fault=huge_body,bytes=").append(value));
    ASSERT_TRUE(fault.has_value() && fault->has_value());
    EXPECT_LE((*fault)->number("bytes", 1), 256u << 20) << value;
  }
}

struct RawCase {
  std::string_view fault;
  bool stream;
  std::string_view contains;
  Answer::End end = Answer::End::keep;
};

TEST(Fault, ChangesTheBytesOfTheAnswer) {
  Pure pure;
  for (const auto& [fault, streamed, contains, end] : std::initializer_list<RawCase>{
           {"status", false, "HTTP/1.1 500 Internal Server Error\r\n"},
           {"status,code=503", true, "HTTP/1.1 503 Service Unavailable\r\n"},
           {"status,code=429,shape=flat", false, "{\"object\":\"error\",\"message\":"},
           {"status,code=404,shape=bare", false, "{\"error\":\"simulated"},
           {"status,code=400,shape=detail", false, "{\"detail\":"},
           {"status,shape=text", false, "content-type: text/plain; charset=utf-8\r\n"},
           {"status,shape=html", false, "<html>"},
           {"status,shape=empty", false, "content-length: 0\r\n"},
           {"invalid_json", false, "\"choices\":[{\"index\":0,"},
           {"invalid_json,kind=array", true, "data: []\n\n"},
           {"invalid_json,kind=utf8", true, "\xff\xfe"},
           {"invalid_sse", true, "this is not an event\n\n"},
           {"invalid_sse,kind=nul", true, std::string_view("data: \0\n\n", 9)},
           {"invalid_head", false, "HTTP/1.1 2000 OK", Answer::End::close},
           {"invalid_head,kind=fold", true, "\r\n 2\r\n", Answer::End::close},
           {"huge_head,bytes=100000", false, "xxxxxxxxxx"},
           {"wrong_content_type", true, "content-type: text/html\r\n"},
           {"wrong_content_type,type=application/pdf", false, "content-type: application/pdf\r\n"},
           {"error_event", true, "data: {\"error\": {\"message\": "},
           {"extra_bytes", false, "}HTTP/1.1 200 OK\r\n"},
           {"extra_bytes,kind=garbage", true, "0\r\n\r\ngarbage"},
           {"one_oh", false, "HTTP/1.0 200 OK\r\n", Answer::End::close},
           {"chunk_garbage", true, "\r\nzz\r\n", Answer::End::close},
           {"chunk_garbage,kind=overflow", false, "fffffffffffffffff\r\n", Answer::End::close},
           {"trailers", false, "0\r\nx-request-id: trailer\r\n"},
           {"keepalive_comments,n=2", true, "e\r\n: keep-alive\n\n\r\ne\r\n: keep-alive\n\n\r\n"},
           {"interim", false, "HTTP/1.1 103 Interim\r\n"},
           {"cut_after,n=10", false, "{\"id\":\"cha", Answer::End::close},
           {"cut_after,how=rst", true, "data: ", Answer::End::reset},
           {"late,ms=1", false, "HTTP/1.1 200 OK"},
           {"slow_drip,bytes=100", true, "HTTP/1.1 200 OK"},
           {"tool_call", false, "\"finish_reason\":\"tool_calls\""},
           {"tool_call,name=f", true, "\"name\":\"f\"", Answer::End::keep},
           {"lying_usage,kind=negative", false, "\"completion_tokens\":-4"},
           {"lying_usage,kind=huge", true, "\"completion_tokens\":18446744073709551615"},
           {"lying_usage,kind=text", false, "\"completion_tokens\":\"3\""},
           {"lying_usage,kind=real", false, "\"completion_tokens\":3.5"},
           {"lying_usage,kind=null", false, "\"completion_tokens\":null"},
           {"stop,n=2", false, "\"finish_reason\":\"stop\""},
       }) {
    pure.ask(streamed ? stream(fault)
                      : chat(fault, fault.starts_with("tool_call") ? R"(,"max_tokens":50)"
                                                                   : R"(,"max_tokens":3)"));
    if (streamed && fault.starts_with("tool_call")) {
      pure.ask(chat(fault, R"(,"max_tokens":50,"stream":true)"));
    }
    EXPECT_NE(pure.raw.find(contains), std::string::npos) << fault << "\n"
                                                          << pure.raw.substr(0, 900);
    EXPECT_EQ(pure.end, end) << fault;
  }
}

TEST(Fault, EveryBrokenHeadDiffersFromAGoodOne) {
  Pure pure;
  for (const std::string_view kind :
       {"status", "version", "garbage", "field", "name_space", "fold", "nul", "bare_lf", "bare_cr",
        "two_lengths", "length_list", "negative_length", "plus_length", "huge_length",
        "length_and_chunked", "gzip_chunked", "content_encoding", "upgrade", "no_content"}) {
    pure.ask(chat(std::string("invalid_head,kind=").append(kind)));
    EXPECT_EQ(pure.raw.find("uvicorn"), std::string::npos) << kind;
    EXPECT_EQ(pure.end, Answer::End::close);
  }
}

TEST(Fault, LeavesOutWhatItSays) {
  Pure pure;
  EXPECT_EQ(pure.ask(stream("no_done")).body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(pure.ask(stream("no_usage")).body.find("usage"), std::string::npos);
  EXPECT_EQ(pure.ask(chat("no_usage")).body.find("usage"), std::string::npos);
  const auto after_error = events(pure.ask(stream("error_event,after=1")).body);
  ASSERT_EQ(after_error.size(), 3u);
  EXPECT_EQ(after_error[2], "[DONE]");
}

TEST(Fault, UsageFalls) {
  Pure pure;
  std::vector<std::int64_t> counts;
  Json json;
  for (const std::string& event :
       events(pure.ask(chat("lying_usage", R"(,"max_tokens":3,"stream":true,
                         "stream_options":{"include_usage":true,"continuous_usage_stats":true})"))
                  .body)) {
    if (event != "[DONE]") counts.push_back(*json(event)["usage"]["completion_tokens"].int64());
  }
  EXPECT_EQ(counts, (std::vector<std::int64_t>{3, 2, 1, 0, 0}));
}

TEST(Fault, ShortBodyIsShort) {
  Pure pure;
  pure.ask(chat("short_body,by=7"));
  const auto body = pure.raw.substr(pure.raw.find("\r\n\r\n") + 4);
  EXPECT_NE(pure.raw.find("content-length: " + std::to_string(body.size() + 7) + "\r\n"),
            std::string::npos);
  EXPECT_EQ(pure.end, Answer::End::close);
}

TEST(Fault, HugeIsOneEventOrBody) {
  Pure pure;
  const Response events_of = pure.ask(stream("huge_event,bytes=100000"));
  EXPECT_EQ(events_of.chunks.size(), 1u + 1 + 1 + 1);
  EXPECT_GT(events_of.chunks[1].size(), 100'000u);
  EXPECT_GT(pure.ask(chat("huge_body,bytes=3000000")).body.size(), 3'000'000u);
}

TEST(Fault, SplitKeepsTheBytes) {
  Pure pure;
  const Response response = pure.ask(stream("split,bytes=7"));
  EXPECT_EQ(response.chunks.front().size(), 7u);
  EXPECT_TRUE(response.body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(events(response.body).size(), 6u);
}

TEST(Fault, EchoGivesBackTheRequest) {
  Pure pure;
  const std::string request = chat("echo");
  Json json;
  const json::Value body = json(pure.ask(request).body);
  const json::Value choice = *body["choices"].elements().begin();
  EXPECT_EQ(choice["message"]["content"].string(), base64(request));
  EXPECT_EQ(body["usage"]["completion_tokens"].int64(), 1);
}

TEST(Fault, ComesFromAnyMessageOrPrompt) {
  Pure pure;
  for (const std::string_view messages :
       {R"({"role":"system","content":"sim:fault=status"},{"role":"user","content":"x"})",
        R"({"role":"user","content":[{"type":"text","text":"sim:fault=status"}]})"}) {
    const std::string body = std::string(R"({"messages":[)").append(messages).append("]}");
    EXPECT_EQ(pure.ask(post("/v1/chat/completions", body)).status, 500);
  }
  EXPECT_EQ(pure.ask(post("/v1/completions", R"({"prompt":["a","sim:fault=status"]})")).status,
            500);
  EXPECT_EQ(pure.ask(post("/v1/embeddings", R"({"input":"sim:fault=status"})")).status, 500);
  EXPECT_EQ(pure.ask(post("/v1/completions", R"({"prompt":"sim:fault=nope"})")).status, 400);
}

TEST(Fault, TakesItsTime) {
  Pure pure;
  pure.ask(chat("late,ms=1500"));
  EXPECT_EQ(pure.waited, std::chrono::milliseconds(1500));
  pure.ask(stream("keepalive_comments,n=3,ms=100"));
  EXPECT_EQ(pure.waited, std::chrono::milliseconds(300));
  pure.ask(chat("slow_drip,ms=2,bytes=1"));
  EXPECT_EQ(pure.waited, std::chrono::milliseconds(2) * static_cast<int>(pure.raw.size()));
  pure.ask(chat("hang"));
  EXPECT_EQ(pure.raw, "");
  EXPECT_GE(pure.waited, std::chrono::hours(1));
}

}  // namespace
}  // namespace gh::simulator
