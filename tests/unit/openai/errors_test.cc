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
  for (const vllm::Endpoint endpoint : vllm::kEndpoints) {
    for (const Recording& one : recordings(endpoint)) {
      if (one.status == 200) continue;
      std::string out;
      write_error(out, translate_error(one.status, one.response));
      for (const char* theirs : {"tiny", "nope", "aliases", "BadRequest", "parameter=", "loc",
                                 "4096", "engine", "futures", "Unauthorized"}) {
        EXPECT_THAT(out, Not(HasSubstr(theirs))) << one.name;
      }
    }
  }
}

TEST(TranslateError, RecordedQueueFullIsOverloaded) {
  const Recording full = recording("limits.queue_full_stream");
  ASSERT_EQ(full.status, 503);
  EXPECT_EQ(translate_error(full.status, full.response).code, Code::overloaded);
  const Recording over = recording("api.chat_prompt_over_context");
  EXPECT_EQ(translate_error(over.status, over.response).code, Code::request_exceeds_limit);
}

TEST(ErrorDetail, ReadsTheFourShapes) {
  EXPECT_EQ(error_detail(R"({"error":{"message":"nested"}})"), "nested");
  EXPECT_EQ(error_detail(R"({"error":"Unauthorized"})"), "Unauthorized");
  EXPECT_EQ(error_detail(R"({"detail":"Not Found"})"), "Not Found");
  EXPECT_EQ(error_detail(R"({"object":"error","message":"flat"})"), "flat");
  EXPECT_EQ(error_detail("plain text"), "plain text");
  EXPECT_EQ(error_detail(""), "");
}

TEST(ErrorDetail, IsEscapedAndShort) {
  EXPECT_EQ(error_detail("a\n\x1b[31m"), "a\\x0a\\x1b[31m");
  EXPECT_LE(error_detail(std::string(100'000, 'x')).size(), 512u);
  EXPECT_LE(error_detail(std::string(1'000, '\xff')).size(), 512u);
  EXPECT_LE(error_detail(R"({"error":")" + std::string(1'000, 'y') + R"("})").size(), 512u);
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
