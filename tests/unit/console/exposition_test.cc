#include "console/exposition.h"

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "fixture.h"

namespace gh::console {
namespace {

using gateway::RequestRecord;
using std::chrono::milliseconds;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr MonoTime kBegan{1'000'000'000};

RequestRecord admitted() {
  RequestRecord record;
  record.began = kBegan;
  record.client = *net::Address::parse_ip("192.0.2.7");
  record.route = gateway::Route::chat;
  record.tenant = "alpha";
  record.key_id = "key_0123456789abcdef";
  record.user = "ann@example.com";
  record.model = "m";
  record.upstream = "http://127.0.0.1:1";
  record.admitted = true;
  record.status = 200;
  record.usage = {.prompt_tokens = 3, .completion_tokens = 4, .cached_tokens = 2, .seen = true};
  record.first_byte = kBegan + milliseconds(30);
  record.dropped_fields = 5;
  record.ignored_fields = 1;
  return record;
}

RequestRecord refused(policy::Code code, std::string_view auth_failure = {}) {
  RequestRecord record;
  record.began = kBegan;
  record.status = policy::status(code);
  record.code = code;
  record.ending = gateway::Ending::refused;
  record.auth_failure = auth_failure;
  return record;
}

class Exposition : public OpenGateway {
 protected:
  std::string text() const {
    Totals totals;
    for (const gateway::Metrics& worker : workers_) totals.add(worker);
    return metrics_text(*gateway_, totals);
  }
  // The value of one series, as written; "" when there is none.
  std::string value(const std::string& series) const {
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
    }
    return {};
  }
  void record(std::size_t worker, const RequestRecord& what, Duration took = milliseconds(80)) {
    workers_[worker].record(what, kBegan + took);
  }

  std::array<gateway::Metrics, 2> workers_;
};

TEST_F(Exposition, IsWellFormed) {
  record(0, admitted());
  record(0, refused(policy::Code::invalid_api_key, "unknown"));
  record(1, refused(policy::Code::timeout));
  workers_[0].refused_connection("connections");
  const std::regex help(R"(# HELP gatehouse_[a-z0-9_]+ [^\n]+)");
  const std::regex type(R"(# TYPE (gatehouse_[a-z0-9_]+) (counter|gauge|histogram))");
  const std::regex sample(
      R"((gatehouse_[a-z0-9_]+)(\{[a-z_]+="([^"\\\n]|\\.)*"(,[a-z_]+="([^"\\\n]|\\.)*")*\})? \S+)");
  std::map<std::string, std::string> types;
  std::set<std::string> series;
  std::istringstream lines(text());
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, type)) {
      EXPECT_TRUE(types.emplace(found[1], found[2]).second) << "twice: " << line;
      EXPECT_EQ(found[2] == "counter", found[1].str().ends_with("_total")) << line;
    } else if (!std::regex_match(line, help)) {
      ASSERT_TRUE(std::regex_match(line, found, sample)) << line;
      EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << "twice: " << line;
      const std::string family =
          std::regex_replace(found[1].str(), std::regex("_(bucket|sum|count)$"), "");
      EXPECT_TRUE(types.contains(found[1]) || types.contains(family)) << line;
    }
  }
  EXPECT_GT(types.size(), 20u);
}

TEST_F(Exposition, WorkersAreAddedUp) {
  record(0, admitted());
  record(1, admitted());
  record(1, admitted());
  EXPECT_EQ(value(R"(gatehouse_requests_total{tenant="alpha",model="m",route="chat",status="200",)"
                  R"(reason=""})"),
            "3");
  EXPECT_EQ(value(R"(gatehouse_tokens_total{tenant="alpha",model="m",kind="prompt"})"), "9");
  EXPECT_EQ(value(R"(gatehouse_tokens_total{tenant="alpha",model="m",kind="completion"})"), "12");
  EXPECT_EQ(value(R"(gatehouse_tokens_total{tenant="alpha",model="m",kind="cached"})"), "6");
  EXPECT_EQ(value(R"(gatehouse_dropped_answer_fields_total{tenant="alpha",model="m"})"), "15");
  EXPECT_EQ(value("gatehouse_ignored_request_fields_total"), "3");
  EXPECT_EQ(value(R"(gatehouse_endings_total{ending="complete"})"), "3");
  workers_[0].connections = 2;
  workers_[1].connections = 3;
  workers_[1].exchanges = 1;
  workers_[0].body_bytes = 1000;
  EXPECT_EQ(value("gatehouse_connections"), "5");
  EXPECT_EQ(value("gatehouse_requests_in_flight"), "1");
  EXPECT_EQ(value("gatehouse_request_body_bytes"), "1000");
}

TEST_F(Exposition, RefusalsAreCountedByReason) {
  record(0, refused(policy::Code::invalid_api_key, "unknown"));
  record(1, refused(policy::Code::invalid_api_key, "wrong"));
  record(0, refused(policy::Code::headers_too_large));
  EXPECT_EQ(value(R"(gatehouse_requests_total{tenant="",model="",route="none",status="401",)"
                  R"(reason="invalid_api_key"})"),
            "2");
  EXPECT_EQ(value(R"(gatehouse_requests_total{tenant="",model="",route="none",status="431",)"
                  R"(reason="headers_too_large"})"),
            "1");
  EXPECT_EQ(value(R"(gatehouse_auth_failures_total{reason="wrong"})"), "1");
  EXPECT_EQ(value(R"(gatehouse_endings_total{ending="refused"})"), "3");
  // Refusals take no part in how long answers take.
  EXPECT_THAT(text(), Not(HasSubstr("gatehouse_request_duration_seconds_count")));
}

TEST_F(Exposition, EveryGlitchHasASeriesFromTheStart) {
  workers_[0].glitch(http::Glitch::bad_chunk);
  workers_[1].glitch(http::Glitch::bad_chunk);
  for (int i = 0; i < static_cast<int>(http::Glitch::count_); ++i) {
    const auto glitch = static_cast<http::Glitch>(i);
    const std::string series =
        R"(gatehouse_glitches_total{reason=")" + std::string(http::name(glitch)) + R"("})";
    EXPECT_EQ(value(series), glitch == http::Glitch::bad_chunk ? "2" : "0");
  }
}

TEST_F(Exposition, HistogramsAreCumulative) {
  for (const int ms : {3, 5, 80, 80, 299'000, 900'000}) record(0, admitted(), milliseconds(ms));
  const std::string name = "gatehouse_request_duration_seconds";
  const auto below = [&](const std::string& bound) {
    return value(name + R"(_bucket{tenant="alpha",model="m",le=")" + bound + R"("})");
  };
  EXPECT_EQ(below("0.005"), "2");
  EXPECT_EQ(below("0.05"), "2");
  EXPECT_EQ(below("0.1"), "4");
  EXPECT_EQ(below("60"), "4");
  EXPECT_EQ(below("300"), "5");
  EXPECT_EQ(below("+Inf"), "6");
  EXPECT_EQ(value(name + R"(_count{tenant="alpha",model="m"})"), "6");
  EXPECT_NEAR(std::stod(value(name + R"(_sum{tenant="alpha",model="m"})")), 1199.168, 0.001);
}

// Labels are tenants, models and our own words: bounded, and nobody's secret.
TEST_F(Exposition, SaysNothingOfKeysUsersAndAddresses) {
  RequestRecord secretive = admitted();
  secretive.detail = "what the upstream said";
  secretive.rule = "tenants.alpha.limits.requests";
  record(0, secretive);
  const std::string all = text();
  for (const std::string_view word : {"key_0123456789abcdef", "ann@example.com", "192.0.2.7",
                                      "what the upstream said", "limits.requests", "req_"}) {
    EXPECT_THAT(all, Not(HasSubstr(std::string(word))));
  }
}

TEST_F(Exposition, LabelsAreEscaped) {
  RequestRecord odd = admitted();
  odd.tenant = "a\"b\\c\nd} 7";
  record(0, odd);
  EXPECT_THAT(text(), HasSubstr(R"({tenant="a\"b\\c\nd} 7",model="m",)"));
  EXPECT_THAT(text(), Not(HasSubstr("\nd} 7")));
}

TEST_F(Exposition, UpstreamsAreShownUrlByUrl) {
  const auto& upstreams = gateway_->runtime()->upstreams;
  ASSERT_TRUE(upstreams[0]->enter());
  upstreams[0]->urls()[1]->failed(system_clock().mono(), gateway::UpstreamUrlState::Failure::down);
  EXPECT_EQ(value(R"(gatehouse_upstream_in_flight{upstream="one"})"), "1");
  EXPECT_EQ(value(R"(gatehouse_upstream_in_flight{upstream="two"})"), "0");
  const auto healthy = [&](const std::string& upstream, const std::string& url) {
    return value(R"(gatehouse_upstream_healthy{upstream=")" + upstream + R"(",url=")" + url +
                 R"("})");
  };
  EXPECT_EQ(healthy("one", "http://127.0.0.1:1"), "1");
  EXPECT_EQ(healthy("one", "http://127.0.0.1:2"), "0");
  EXPECT_EQ(healthy("two", "unix:/run/two.sock"), "1");
  upstreams[0]->leave();
}

TEST_F(Exposition, TheGatewayItself) {
  EXPECT_EQ(value("gatehouse_draining"), "0");
  EXPECT_EQ(value("gatehouse_keys"), "0");
  EXPECT_EQ(value("gatehouse_bugs_total"), "0");
  EXPECT_EQ(value("gatehouse_foreign_answers_total"), "0");
  EXPECT_EQ(value(R"(gatehouse_policy_reloads_total{result="done"})"), "0");
  workers_[1].foreign_answer();
  EXPECT_EQ(value("gatehouse_foreign_answers_total"), "1");
  gateway_->drain();
  EXPECT_EQ(value("gatehouse_draining"), "1");
  EXPECT_THAT(text(), ContainsRegex("gatehouse_policy_loaded_timestamp_seconds [0-9]+"));
  // No listener here has a certificate.
  EXPECT_THAT(text(), Not(HasSubstr("gatehouse_certificate_expires_timestamp_seconds{")));
}

}  // namespace
}  // namespace gh::console
