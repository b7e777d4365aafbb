#include "gateway/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "gateway/upstream_call.h"

namespace gh::gateway {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using Failure = UpstreamUrlState::Failure;

std::shared_ptr<policy::Snapshot> two_urls() {
  auto snapshot = std::make_shared<policy::Snapshot>();
  snapshot->upstreams.emplace_back();
  policy::Upstream& upstream = snapshot->upstreams.back();
  upstream.name = "llama";
  upstream.in_flight = 2;
  for (const char* host : {"10.0.0.1", "10.0.0.2"}) {
    upstream.urls.push_back({.scheme = policy::UpstreamUrl::Scheme::http,
                             .host = host,
                             .port = 8000,
                             .text = std::string("http://") + host + ":8000"});
  }
  return snapshot;
}

TEST(UpstreamState, ChoosesTheLeastBusyUsableUrl) {
  UpstreamState state(two_urls(), 0, nullptr);
  const MonoTime now{seconds(100).count() * 1'000'000'000};
  UpstreamUrlState& first = *state.urls()[0];
  UpstreamUrlState& second = *state.urls()[1];
  first.in_flight = 1;
  EXPECT_EQ(state.choose(now, nullptr), &second);
  second.in_flight = 2;
  EXPECT_EQ(state.choose(now, nullptr), &first);
  EXPECT_EQ(state.choose(now, &first), &second);
  first.failed(now, Failure::down);
  EXPECT_EQ(state.choose(now, nullptr), &second);
  second.failed(now, Failure::down);
  EXPECT_EQ(state.choose(now, nullptr), nullptr);
  EXPECT_NE(state.choose(now + seconds(1), nullptr), nullptr);
}

// The checks connect anew where nothing asks for health, so that the end of a pause proves nothing.
TEST(UpstreamState, IsReadyFromItsAnswerOnNotWhenItMayBeTriedAgain) {
  for (const bool asked : {false, true}) {
    auto snapshot = two_urls();
    if (!asked) snapshot->upstreams[0].health.reset();
    UpstreamState state(snapshot, 0, nullptr);
    EXPECT_TRUE(state.ready());
    state.urls()[0]->failed({0}, Failure::down);
    EXPECT_TRUE(state.ready());
    state.urls()[1]->failed({0}, Failure::down);
    EXPECT_FALSE(state.ready());
    EXPECT_NE(state.choose(MonoTime{} + seconds(1), nullptr), nullptr);
    state.urls()[1]->succeeded();
    EXPECT_TRUE(state.ready());
  }
}

TEST(UpstreamState, ANameIsNeitherUsableNorHealthyBeforeItsFirstAddress) {
  auto snapshot = two_urls();
  snapshot->upstreams[0].urls[0].host = "vllm.internal";
  snapshot->upstreams[0].urls[1] = {.scheme = policy::UpstreamUrl::Scheme::unix_socket,
                                    .host = "/run/vllm.sock",
                                    .port = 0,
                                    .text = "unix:/run/vllm.sock"};
  const auto state = std::make_shared<UpstreamState>(snapshot, 0, nullptr);
  UpstreamUrlState& name = *state->urls()[0];
  EXPECT_FALSE(name.usable({0}) || name.healthy());
  EXPECT_TRUE(state->urls()[1]->usable({0}));
  EXPECT_EQ(state->choose({0}, nullptr), state->urls()[1].get());
  name.set_addresses({*net::Address::parse_ip_port("10.0.0.1:8000")});
  EXPECT_TRUE(name.usable({0}) && name.healthy());

  // What comes after a reload knows what was known.
  UpstreamState next(snapshot, 0, nullptr);
  next.take_addresses({state});
  EXPECT_EQ(next.urls()[0]->next_address({0}), name.next_address({0}));
  snapshot->upstreams[0].urls[0].port = 8001;
  UpstreamState other(snapshot, 0, nullptr);
  other.take_addresses({state});
  EXPECT_FALSE(other.urls()[0]->usable({0}));
}

class Addresses : public testing::Test {
 protected:
  static net::Address at(const char* text) { return *net::Address::parse_ip_port(text); }

  UpstreamState state_{two_urls(), 0, nullptr};
  UpstreamUrlState& url_ = *state_.urls()[0];
  const net::Address six_ = at("[::1]:8000");
  const net::Address four_ = at("127.0.0.1:8000");
  const MonoTime now_{seconds(100).count() * 1'000'000'000};
};

TEST_F(Addresses, AreTakenByTurn) {
  EXPECT_EQ(state_.urls()[1]->next_address(now_)->text(), "10.0.0.2");  // a literal is its own
  url_.set_addresses({six_, four_});
  EXPECT_EQ(url_.next_address(now_), six_);
  EXPECT_EQ(url_.next_address(now_), four_);
  EXPECT_EQ(url_.next_address(now_), six_);
}

TEST_F(Addresses, OneWhereNobodyListensIsLeftOutAndTheUrlStaysWell) {
  url_.set_addresses({six_, four_});
  url_.unreachable(six_, now_, "refused");
  EXPECT_TRUE(url_.healthy());
  EXPECT_TRUE(url_.usable(now_));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(url_.next_address(now_ + seconds(29)), four_);
  EXPECT_EQ(url_.next_address(now_ + seconds(30)), six_);  // tried again
  url_.unreachable(six_, now_ + seconds(30), "refused");
  EXPECT_TRUE(url_.healthy());
  EXPECT_EQ(url_.next_address(now_ + seconds(59)), four_);
}

TEST_F(Addresses, WithoutAnyTheUrlIsDown) {
  url_.set_addresses({six_, four_});
  url_.unreachable(six_, now_, "refused");
  url_.unreachable(four_, now_, "refused");
  EXPECT_FALSE(url_.healthy());
  EXPECT_FALSE(url_.usable(now_));
  // After the pause each is tried in its turn.
  const net::Address next = *url_.next_address(now_ + seconds(1));
  EXPECT_NE(url_.next_address(now_ + seconds(1)), next);
}

TEST_F(Addresses, ReachedAgainItIsTakenAlone) {
  url_.set_addresses({six_, four_});
  url_.reached(six_);  // nothing to say
  url_.unreachable(six_, now_, "refused");
  url_.unreachable(four_, now_, "refused");
  url_.reached(four_);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(url_.next_address(now_), four_);
  url_.succeeded();
  url_.unreachable(six_, now_, "refused");
  EXPECT_TRUE(url_.healthy());
}

TEST_F(Addresses, WhatIsKnownOutlivesTheNextLookUp) {
  url_.set_addresses({six_, four_});
  url_.unreachable(six_, now_, "refused");
  url_.set_addresses({four_, six_, at("192.0.2.1:8000")});
  for (int i = 0; i < 6; ++i) EXPECT_NE(url_.next_address(now_), six_);
  url_.set_addresses({six_});
  EXPECT_EQ(url_.next_address(now_), six_);  // there is no other
  url_.unreachable(six_, now_, "refused");
  EXPECT_FALSE(url_.healthy());
}

TEST_F(Addresses, OneAloneOrNoneIsTheUrl) {
  url_.unreachable(*url_.next_address(now_), now_, "refused");
  EXPECT_FALSE(url_.healthy());
  UpstreamUrlState& other = *state_.urls()[1];
  other.set_addresses({four_});
  other.unreachable(four_, now_, "refused");
  EXPECT_FALSE(other.healthy());
}

TEST(UpstreamState, BacksOffLongerEachTimeAndForgetsOnSuccess) {
  UpstreamState state(two_urls(), 0, nullptr);
  UpstreamUrlState& url = *state.urls()[0];
  MonoTime now{0};
  const int pauses[] = {1, 2, 4, 8, 16, 30, 30};
  for (int pause : pauses) {
    const MonoTime next = now + seconds(pause);
    // All that were under way are one outage.
    for (int i = 0; i < 9; ++i) url.failed(now + std::chrono::milliseconds(i), Failure::down);
    EXPECT_FALSE(url.usable(now + (seconds(pause) - Duration(1))));
    EXPECT_TRUE(url.usable(next));
    now = next;
  }
  url.succeeded();
  EXPECT_TRUE(url.usable({0}));
  EXPECT_TRUE(url.healthy());
}

TEST(UpstreamState, ABrokenExchangeAloneIsNoReasonToLeaveAServer) {
  UpstreamState state(two_urls(), 0, nullptr);
  UpstreamUrlState& url = *state.urls()[0];
  url.failed({0}, Failure::broken);
  url.failed({0}, Failure::broken);
  EXPECT_TRUE(url.usable({0}));
  EXPECT_TRUE(url.healthy());
  EXPECT_FALSE(url.doubtful({0}));
  url.failed({0}, Failure::broken);
  EXPECT_TRUE(url.doubtful({0}));
  EXPECT_TRUE(url.usable({0}));  // for want of a better one
  EXPECT_EQ(state.choose({0}, nullptr), state.urls()[1].get());
  EXPECT_EQ(state.choose({0}, state.urls()[1].get()), &url);
  url.succeeded();
  EXPECT_FALSE(url.doubtful({0}));
}

TEST(UpstreamState, BrokenAnswersMakeNoPauseLonger) {
  UpstreamState state(two_urls(), 0, nullptr);
  UpstreamUrlState& url = *state.urls()[0];
  for (int i = 0; i < 20; ++i) url.failed({0}, Failure::broken);
  url.failed({0}, Failure::down);
  EXPECT_TRUE(url.usable(MonoTime{} + seconds(1)));
  // Nor do they heal, or hide how often it was down.
  const MonoTime again = MonoTime{} + seconds(1);
  url.failed(again, Failure::broken);
  url.failed(again, Failure::down);
  EXPECT_FALSE(url.usable(again + (seconds(2) - Duration(1))));
  EXPECT_TRUE(url.usable(again + seconds(2)));
}

// vLLM's stays good while it drains, when it refuses every request.
TEST(UpstreamState, AGoodHealthCheckDoesNotMakeItsAnswersGood) {
  UpstreamState state(two_urls(), 0, nullptr);
  UpstreamUrlState& url = *state.urls()[0];
  for (int i = 0; i < 3; ++i) url.failed({0}, Failure::broken);
  url.is_up();
  EXPECT_TRUE(url.doubtful({0}));
  // One more, once the pause is over, and it is twice as long.
  const MonoTime again = MonoTime{} + seconds(1);
  EXPECT_FALSE(url.doubtful(again));
  url.is_up();
  url.failed(again, Failure::broken);
  EXPECT_TRUE(url.doubtful(again + (seconds(2) - Duration(1))));
  url.failed(again, Failure::down);
  url.is_up();
  EXPECT_TRUE(url.usable(again) && url.healthy() && url.doubtful(again));
  url.succeeded();
  EXPECT_FALSE(url.doubtful(again));
}

// The messages of the log while `act` runs.
std::vector<std::string> logged(const std::function<void()>& act) {
  testing::internal::CaptureStderr();
  act();
  std::istringstream lines(testing::internal::GetCapturedStderr());
  std::vector<std::string> messages;
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find("upstream llama");
    messages.push_back(at == std::string::npos ? line : line.substr(at, line.size() - at - 2));
  }
  return messages;
}

TEST(UpstreamState, ChangesAreToldOnceEach) {
  UpstreamState state(two_urls(), 0, nullptr);
  UpstreamUrlState& url = *state.urls()[0];
  const auto at = [](int s) { return MonoTime{seconds(s).count() * 1'000'000'000}; };
  const std::string name = "upstream llama (http://10.0.0.1:8000) is ";
  const std::string doubtful =
      name + "doubtful: 3 answers in a row were broken; others are preferred";
  EXPECT_THAT(logged([&] { url.succeeded(); }), IsEmpty());
  EXPECT_THAT(logged([&] {
                for (int i = 0; i < 9; ++i) url.failed(at(100), Failure::down);
                url.failed(at(100), Failure::down, "later");
              }),
              ElementsAre(name + "not well: no connection could be made"));
  EXPECT_THAT(logged([&] {
                url.succeeded();
                url.succeeded();
              }),
              ElementsAre(name + "well"));
  // It comes and goes: what it was last is told when that has lasted.
  EXPECT_THAT(logged([&] {
                for (int i = 0; i < 50; ++i) {
                  url.failed(at(101), Failure::down);
                  url.succeeded();
                }
                url.failed(at(109), Failure::down, "refused");
              }),
              IsEmpty());
  EXPECT_THAT(logged([&] { url.failed(at(110), Failure::down, "refused"); }),
              ElementsAre(name + "not well: refused"));
  EXPECT_THAT(logged([&] { url.succeeded(); }), ElementsAre(name + "well"));
  EXPECT_THAT(logged([&] {
                for (int i = 0; i < 9; ++i) url.failed(at(200), Failure::broken);
                url.failed(at(200), Failure::down);
                url.failed(at(300), Failure::broken);
              }),
              ElementsAre(doubtful, name + "not well: no connection could be made"));
  EXPECT_THAT(logged([&] {
                url.is_up();
                url.is_up();
              }),
              ElementsAre("upstream llama (http://10.0.0.1:8000) can be reached again; its last "
                          "answers were broken"));
  EXPECT_THAT(logged([&] { url.succeeded(); }), ElementsAre(name + "well"));
}

TEST(UpstreamState, CountsExchangesUpToItsCap) {
  UpstreamState state(two_urls(), 0, nullptr);
  EXPECT_TRUE(state.enter());
  EXPECT_TRUE(state.enter());
  EXPECT_FALSE(state.enter());
  EXPECT_EQ(state.in_flight(), 2u);
  state.leave();
  EXPECT_TRUE(state.enter());
}

TEST(UpstreamState, KnowsWhenTheDefinitionChanged) {
  const auto snapshot = two_urls();
  UpstreamState state(snapshot, 0, nullptr);
  auto other = two_urls();
  EXPECT_TRUE(state.same_as(other->upstreams[0]));
  other->upstreams[0].api_key = Secret("k");
  EXPECT_FALSE(state.same_as(other->upstreams[0]));
  other = two_urls();
  other->upstreams[0].urls.pop_back();
  EXPECT_FALSE(state.same_as(other->upstreams[0]));
  other = two_urls();
  other->upstreams[0].timeouts.idle = seconds(1);
  EXPECT_FALSE(state.same_as(other->upstreams[0]));
}

// covers: algorithms-7-rewritten
TEST(RequestHead, IsOursToTheByte) {
  RequestIds ids;
  const RequestId id = ids.next();
  const UpstreamRequest request{
      .path = "/v1/completions", .id = id, .stream = true, .body = "12345"};
  const policy::UpstreamUrl url{.scheme = policy::UpstreamUrl::Scheme::http,
                                .host = "::1",
                                .port = 8000,
                                .text = "http://[::1]:8000"};
  EXPECT_EQ(request_head(request, url, "key"),
            "POST /v1/completions HTTP/1.1\r\nHost: [::1]:8000\r\nUser-Agent: gatehouse\r\n"
            "X-Request-Id: " +
                std::string(id.view()) +
                "\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer key\r\nContent-Length: 5\r\n\r\n");
}

}  // namespace
}  // namespace gh::gateway
