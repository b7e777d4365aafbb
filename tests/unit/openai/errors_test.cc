#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "openai/response.h"

namespace gh::openai {
namespace {

using policy::Code;
using testing::HasSubstr;
using testing::Not;

struct Row {
  int status;
  const char* body;
  Code code;
  bool retry;
};

constexpr const char* kBusy =
    R"({"error":{"message":"The engine is currently busy","type":"Service Unavailable","code":503}})";
constexpr const char* kFuture =
    R"({"error":{"message":"cannot schedule new futures after shutdown","type":"InternalServerError","code":500}})";

// covers: vllm-live-8-9 vllm-live-8-10
TEST(TranslateError, ByStatusAndText) {
  const Row rows[] = {
      {400, R"({"error":{"message":"bad","code":400}})", Code::invalid_value, false},
      {400, R"({"detail":"There was an error parsing the body"})", Code::invalid_value, false},
      {400, R"({"object":"error","message":"bad","code":400})", Code::invalid_value, false},
      {400, "Invalid HTTP request received.", Code::invalid_value, false},
      {400,
       R"({"error":{"message":"This model's maximum context length is 4096 tokens. However"}})",
       Code::request_exceeds_limit, false},
      {400, R"({"object":"error","message":"This model's maximum context length is 9"})",
       Code::request_exceeds_limit, false},
      {400, R"({"error":{"message":"max_tokens=5000 cannot be greater than max_model_len=4096."}})",
       Code::request_exceeds_limit, false},
      {422, "{}", Code::invalid_value, false},
      {401, R"({"error":"Unauthorized"})", Code::upstream_error, false},
      {403, "{}", Code::upstream_error, false},
      {404, R"({"error":{"message":"The model `x` does not exist. Valid aliases: secret."}})",
       Code::upstream_error, false},
      {405, R"({"detail":"Method Not Allowed"})", Code::upstream_error, false},
      {413, "", Code::body_too_large, false},
      {415, "", Code::upstream_error, false},
      {429, "{}", Code::overloaded, true},
      {500, kFuture, Code::draining, true},
      {500, R"({"error":{"message":"","code":500}})", Code::upstream_error, false},
      {501, "", Code::upstream_error, false},
      {502, "", Code::upstream_error, false},
      {503, kBusy, Code::overloaded, true},
      {503, "", Code::overloaded, true},
      {504, "", Code::upstream_error, false},
      {307, "", Code::upstream_error, false},
      {204, "", Code::upstream_error, false},
  };
  for (const Row& row : rows) {
    const policy::Refusal refusal = translate_error(row.status, row.body);
    EXPECT_EQ(policy::name(refusal.code), policy::name(row.code)) << row.status << " " << row.body;
    EXPECT_EQ(refusal.retry_after.has_value(), row.retry) << row.status;
    EXPECT_FALSE(refusal.message.empty());
  }
}

// covers: vllm-live-8-7
TEST(TranslateError, NeverQuotesTheUpstream) {
  int errors = 0;
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    for (const Recording& one : recordings(endpoint)) {
      if (one.status == 200) continue;
      ++errors;
      std::string out;
      write_error(out, translate_error(one.status, one.response));
      for (const char* theirs : {"tiny", "nope", "aliases", "BadRequest", "parameter=", "loc",
                                 "4096", "engine", "futures", "Unauthorized"}) {
        EXPECT_THAT(out, Not(HasSubstr(theirs))) << one.name;
      }
    }
  }
  EXPECT_GE(errors, 50);
}

TEST(TranslateError, RecordedQueueFullIsOverloaded) {
  const Recording full = recording("limits.queue_full_stream");
  ASSERT_EQ(full.status, 503);
  EXPECT_EQ(translate_error(full.status, full.response).code, Code::overloaded);
  const Recording over = recording("api.chat_prompt_over_context");
  EXPECT_EQ(translate_error(over.status, over.response).code, Code::request_exceeds_limit);
}

std::string detail(std::string_view answer, std::string_view sent = "") {
  return error_detail(answer, sent, "");
}

TEST(ErrorDetail, ReadsTheFourShapes) {
  EXPECT_EQ(detail(R"({"error":{"message":"nested"}})"), "nested");
  EXPECT_EQ(detail(R"({"error":"Unauthorized"})"), "Unauthorized");
  EXPECT_EQ(detail(R"({"detail":"Not Found"})"), "Not Found");
  EXPECT_EQ(detail(R"({"object":"error","message":"flat"})"), "flat");
  EXPECT_EQ(detail("plain text"), "plain text");
  EXPECT_EQ(detail(""), "");
}

TEST(ErrorDetail, IsEscapedAndShort) {
  EXPECT_EQ(detail("a\n\x1b[31m"), "a\\x0a\\x1b[31m");
  EXPECT_LE(detail(std::string(100'000, 'x')).size(), 512u);
  EXPECT_LE(detail(std::string(1'000, '\xff')).size(), 512u);
  EXPECT_LE(detail(R"({"error":")" + std::string(1'000, 'y') + R"("})").size(), 512u);
}

// One repeated byte is at every place of the text: seconds for each such prompt, if each of its
// places were held against all of the text's.
TEST(ErrorDetail, TakesLinearTimeForARepeatedByte) {
  const std::string text(2000, 'a');
  const std::string body = R"({"error":{"message":"not )" + text + R"( again"}})";
  EXPECT_EQ(error_detail(body, R"({"prompt":")" + std::string(4'000'000, 'a') + R"("})", ""),
            "not … again");
}

TEST(ErrorDetail, LeavesOutWhatWasSent) {
  const std::string_view sent =
      R"({"model":"served-model","messages":[{"role":"user","content":"my PIN is 7391\n\"keep\" it"},)"
      R"({"role":"assistant","content":"tiny"}],"cache_salt":"aaaabbbbccccdddd","max_tokens":16})";
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"The model `served-model` does not exist.", "The model `served-model` does not exist."},
      {"max_tokens must be at least 1", "max_tokens must be at least 1"},
      {"role user must follow role assistant", "role user must follow role assistant"},
      {"bad input: my PIN is 7391", "bad input: …"},
      {"bad: PIN is 7391!", "bad:…!"},
      {"[{'input': {'content': 'my PIN is 7391\\n\"keep\" it'}}]",
       "[{'input': {'content': '…\\\\n\"…\" it'}}]"},
      {"said tiny", "said …"},
      {"salt aaaabbbbccccdddd, twice aaaabbbbcccc", "salt …, twice …"},
      {"ids [1, 22, 333, 4]", "ids […]"},
      {"token ids [31337, 31338] out of range", "token ids […] out of range"},
      {"at most 4096 tokens, you asked for 5000", "at most 4096 tokens, you asked for 5000"},
  };
  for (const auto& [said, logged] : rows) EXPECT_EQ(detail(said, sent), logged);
  EXPECT_EQ(error_detail("key sk-abcdefgh is wrong", "", "sk-abcdefgh"), "key … is wrong");
  EXPECT_EQ(error_detail("key sk-1 is wrong", "", "sk-1"), "key … is wrong");
}

// Names of properties, and whatever stands in a schema, are a client's words as a prompt is.
TEST(ErrorDetail, LeavesOutWhatASchemaSays) {
  const std::string parameters =
      R"({"type":"object","properties":{"Jane Doe, leukaemia":{"enum":[{"type":"first phrase","role":)"
      R"("second phrase","model":"third phrase"}]}},"required":["Jane Doe, leukaemia"]})";
  const std::string sent =
      R"({"model":"served-model","messages":[{"role":"user","content":"x"}],"tools":[{"type":)"
      R"("function","function":{"name":"f","parameters":)" +
      parameters + "}}]}";
  EXPECT_EQ(detail("bad grammar " + parameters, sent),
            R"(bad grammar {"type":"object","properties":{"…":{"enum":[{"type":"…","role":)"
            R"("…","model":"…"}]}},"required":["…"]})");
  EXPECT_EQ(detail("type 'function', role 'developer' of tool_calls: served-model", sent),
            "type 'function', role 'developer' of tool_calls: served-model");
}

TEST(ErrorDetail, LeavesOutWhatWasSentHoweverItIsSpelled) {
  const std::string_view sent = R"({"messages":[{"content":"密码是蓝色大象😀 é"}]})";
  for (
      const std::string_view said : {
          R"({"error":{"message":"bad: 密码是蓝色大象😀 é!"}})",
          R"({"error":{"message":"bad: \\u5bc6\\u7801\\u662f\\u84dd\\u8272\\u5927\\u8c61\\ud83d\\ude00 \\u00e9!"}})",
          R"({"detail":[{"msg":"bad: \u5bc6\u7801\u662f\u84dd\u8272\u5927\u8c61\ud83d\ude00 \u00e9!"}]})",
          R"(bad: \u5BC6\u7801\u662f\u84dd\u8272\u5927\u8c61\ud83d\ude00 \u00e9!)",
          R"(bad: \xe5\xaf\x86\xe7\xa0\x81\xe6\x98\xaf\xe8\x93\x9d\xe8\x89\xb2\xe5\xa4\xa7\xe8\xb1\xa1\xf0\x9f\x98\x80 \xc3\xa9!)",
          "bad: &#23494;&#30721;&#x662f;&#34013;&#33394;&#22823;&#x8C61;&#128512; &#233;!",
      }) {
    EXPECT_THAT(detail(said, sent), testing::HasSubstr("bad: …!")) << said;
  }
  // What is no escape stays.
  EXPECT_EQ(detail(R"(\uzz \x &# &#; C:\users)", sent), R"(\\uzz \\x &# &#; C:\\users)");
}

// Whatever is cut off the text that is sent back, no run of it as long as a word is left.
TEST(ErrorDetail, NoPartOfAPromptIsLeft) {
  std::string prompt;
  for (std::uint32_t i = 0; i < 400; ++i) prompt += fmt::format("{:x}", i * 2654435761u);
  const std::string sent = R"({"prompt":")" + prompt + R"("})";
  for (std::size_t from = 0; from < prompt.size() - 600; from += 37) {
    for (const std::size_t size : {8u, 9u, 31u, 600u}) {
      EXPECT_EQ(detail("a " + prompt.substr(from, size) + " b", sent), "a … b");
    }
  }
}

TEST(ErrorDetail, TheKeyIsFoundHoweverManyTextsWereSent) {
  std::string sent = "[";
  for (int i = 0; i < 2000; ++i) sent += R"("abcd",)";
  sent += R"("e"])";
  EXPECT_EQ(error_detail("no such key: s3cr3t", sent, "s3cr3t"), "no such key: …");
  EXPECT_EQ(error_detail("no such key: a-long-s3cr3t", sent, "a-long-s3cr3t"), "no such key: …");
}

TEST(ErrorDetail, BrokenBodiesAreNoTrouble) {
  for (const std::string_view sent : {"\"", "\"abc", "\"abc\\", "{\"a\":\"", "\\\"", "\"\\\"\\"}) {
    EXPECT_EQ(detail("plain", sent), "plain");
  }
}

TEST(ErrorGist, IsInTheWordsOfFailures) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"EngineCore encountered an issue. See stack trace (above) for the root cause.",
       "EngineCore encountered an issue. See stack trace … for the root cause."},
      {"CUDA out of memory. Tried to allocate 20.00 MiB",
       "CUDA out of memory. Tried to allocate …"},
      {R"({"error":{"message":"Internal server error","code":500}})", "Internal server error"},
      {"Request 7f3a was aborted: timeout,  try again",
       "Request … was aborted: timeout, try again"},
      // Whatever a prompt may have said, quoted or not, in any letters.
      {"bad 'my PIN'", "bad …"},
      {"bad my PIN is 1234", "bad … is …"},
      {"BAD SECRET", "BAD …"},
      {R"({"error":{"message":"invalid {'a': 1}"}})", "invalid …"},
      {"[{'type': 'missing'}]", "…"},
      {"bad token (my PIN)", "bad token …"},
      {"Invalid grammar: root ::= secret", "Invalid grammar: root …"},
      {"error:secret error.secret error,,", "…"},
      {R"({"object":"error","message":"he said \"x\""})", "…"},
      {"the\x01\x7f\xc3\x28 of", "… of"},
      {" \n ", ""},
      {"", ""},
  };
  for (const auto& [said, logged] : rows) EXPECT_EQ(error_gist(said), logged);
  EXPECT_EQ(error_gist(std::string(100'000, 'x')), "…");
  std::string many;
  while (many.size() < 100'000) many += "error ";
  EXPECT_LE(error_gist(many).size(), 512u);
}

TEST(WriteError, IsTheOpenAiShape) {
  std::string out;
  write_error(out, {Code::invalid_value, "say \"please\"", "max_tokens", "r", {}});
  EXPECT_EQ(out, R"({"error":{"message":"say \"please\"","type":"invalid_request_error",)"
                 R"("param":"max_tokens","code":"invalid_value"}})");
  out.clear();
  write_error(out, {Code::overloaded, "busy", "", "", {}});
  EXPECT_EQ(out, R"({"error":{"message":"busy","type":"api_error","param":null,)"
                 R"("code":"overloaded"}})");
}

TEST(Refusal, OfABodyThatDoesNotParse) {
  json::Parser parser;
  const auto twice = parser.parse(R"({"a":{"b":1,"b":2}})");
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(refusal(twice.error()).code, Code::duplicate_key);
  EXPECT_EQ(refusal(twice.error()).param, "a.b");
  const auto broken = parser.parse("{");
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(refusal(broken.error()).code, Code::invalid_json);
  EXPECT_EQ(refusal(broken.error()).param, "");
}

}  // namespace
}  // namespace gh::openai
