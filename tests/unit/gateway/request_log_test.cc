#include "gateway/request_log.h"

#include <gtest/gtest.h>

#include "json/json.h"

namespace gh::gateway {
namespace {

using std::chrono::microseconds;

RequestRecord admitted() {
  RequestRecord record;
  record.at = {1'795'626'923'042'000'000};
  record.began = {1'000'000'000};
  record.client = *net::Address::parse_ip("192.0.2.7");
  record.route = Route::chat;
  record.tenant = "alpha";
  record.key_id = "key_1";
  record.model = "m";
  record.upstream = "http://127.0.0.1:8000";
  record.admitted = true;
  record.status = 200;
  record.usage = {.prompt_tokens = 3, .completion_tokens = 4, .seen = true};
  record.first_byte = record.began + microseconds(1500);
  return record;
}

TEST(LogLine, SaysWhatHappened) {
  std::string line;
  write_log_line(line, admitted(), {1'002'345'000});
  json::Parser parser;
  const auto document = parser.parse(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(document.has_value()) << line;
  const json::Value root = document->root();
  EXPECT_EQ(root["ts"].string(), "2026-11-25T17:15:23.042Z");
  EXPECT_EQ(root["client"].string(), "192.0.2.7");
  EXPECT_EQ(root["decision"].string(), "admitted");
  EXPECT_EQ(root["completion_tokens"].int64(), 4);
  EXPECT_DOUBLE_EQ(root["first_byte_ms"].number(), 1.5);
  EXPECT_DOUBLE_EQ(root["total_ms"].number(), 2.345);
  EXPECT_FALSE(root["auth_failure"].exists());
  EXPECT_FALSE(root["code"].exists());
}

TEST(LogLine, AClientThatLeftEarlyWasNotAdmitted) {
  RequestRecord record = admitted();
  record.admitted = false;
  record.ending = Ending::client_left;
  record.status = 0;
  std::string line;
  write_log_line(line, record, {1'000'000'000});
  EXPECT_NE(line.find(R"("decision":"none")"), std::string::npos) << line;
  record.ending = Ending::complete;
  line.clear();
  write_log_line(line, record, {1'000'000'000});
  EXPECT_NE(line.find(R"("decision":"admitted")"), std::string::npos) << line;
}

// covers: engine-7-log-injection
TEST(LogLine, IsOneLineWhateverIsInIt) {
  RequestRecord record = admitted();
  record.admitted = false;
  record.code = policy::Code::model_not_found;
  record.detail = "a\r\nb\x1b[31m\"\\\xff\xe2\x80\xa8";
  record.rule = "x\n{\"ts\":\"forged\"}";
  std::string line;
  write_log_line(line, record, {1'000'000'000});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  json::Parser parser;
  const auto document = parser.parse(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(document.has_value()) << line;
  EXPECT_EQ(document->root()["rule"].string(), record.rule);
  EXPECT_EQ(document->root()["decision"].string(), "refused");
  EXPECT_EQ(document->root()["ts"].string(), "2026-11-25T17:15:23.042Z");
}

}  // namespace
}  // namespace gh::gateway
