#include "h1_session_fixture.h"

#include <gmock/gmock.h>

namespace gh::http {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(H1SessionTest, PipelinedRequestsAreAnsweredInOrder) {
  transport_.receive(std::string(kGet) + post(2) + "hi" + std::string(kGet));
  ASSERT_EQ(recorder_.requests.size(), 1u);
  recorder_.requests[0]->answer(200, "one");
  ASSERT_EQ(recorder_.requests.size(), 1u) << "no callback from inside finish()";
  transport_.end_turn();
  ASSERT_EQ(recorder_.requests.size(), 2u);
  EXPECT_EQ(recorder_.requests[1]->body, "hi");
  recorder_.requests[1]->answer(429, "two");
  transport_.end_turn();
  ASSERT_EQ(recorder_.requests.size(), 3u);
  recorder_.requests[2]->answer(404, "three");
  transport_.end_turn();
  const std::size_t one = transport_.sent.find("one");
  const std::size_t two = transport_.sent.find("two");
  EXPECT_LT(one, two);
  EXPECT_LT(two, transport_.sent.find("three"));
}

TEST_F(H1SessionTest, PipelinedBytesInPiecesKeepTheirOrder) {
  transport_.receive(kGet);
  const std::string second = post(5) + "hello";
  for (const char c : second) transport_.receive({&c, 1});
  last().answer(200, "ok");
  transport_.end_turn();
  ASSERT_EQ(recorder_.requests.size(), 2u);
  EXPECT_EQ(last().body, "hello");
}

// covers: engine-3.5-pipelining
TEST_F(H1SessionTest, EarlyDataIsCapped) {
  transport_.receive(kGet);
  transport_.receive(std::string(64 << 10, 'x'));
  EXPECT_FALSE(transport_.ended());
  transport_.receive("x");
  EXPECT_TRUE(transport_.reset);
  EXPECT_TRUE(last().gone);
  EXPECT_THAT(recorder_.glitches, ElementsAre("early_data"));
}

// A request of 40 bytes may have an answer of 400: what is not read must not pile up.
TEST_F(H1SessionTest, NoRequestBeginsWhileAnswersAreNotRead) {
  recorder_.answer_at_once = 404;
  transport_.reading = false;
  const std::size_t asked = ask_many();
  EXPECT_TRUE(transport_.reading_paused);
  EXPECT_GT(transport_.pending(), net::Stream::kHighWater);
  EXPECT_LT(transport_.pending(), net::Stream::kHighWater + 1024);
  EXPECT_LT(recorder_.requests.size(), asked);
  EXPECT_FALSE(transport_.ended());

  transport_.reading = true;
  transport_.end_turn();
  EXPECT_EQ(recorder_.requests.size(), asked) << "each is answered as soon as there is room";
  EXPECT_FALSE(transport_.reading_paused);
  EXPECT_FALSE(transport_.ended());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(H1SessionTest, AClientThatAsksAndNeverReadsIsCut) {
  recorder_.answer_at_once = 404;
  transport_.reading = false;
  ask_many();
  transport_.advance(options_.write_timeout - seconds(1));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(2));
  EXPECT_TRUE(transport_.reset);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
}

TEST_F(H1SessionTest, WhatWaitsForAReaderIsNoIdleConnection) {
  recorder_.answer_at_once = 404;
  transport_.reading = false;
  ask_many();
  options_.write_timeout = options_.keep_alive_timeout * 2;
  transport_.advance(options_.keep_alive_timeout + seconds(1));
  EXPECT_FALSE(transport_.ended());
  transport_.reading = true;
  transport_.end_turn();
  EXPECT_FALSE(transport_.ended());
  transport_.advance(options_.keep_alive_timeout - seconds(1));
  EXPECT_FALSE(transport_.ended()) << "idle only since then";
  transport_.advance(seconds(2));
  EXPECT_TRUE(transport_.ended());
}

TEST_F(H1SessionTest, BytesAfterTheLastRequestAreCountedOnceAndNeverRead) {
  transport_.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + std::string(kGet));
  transport_.receive(kGet);
  last().answer(200, "ok");
  transport_.end_turn();
  EXPECT_EQ(recorder_.requests.size(), 1u);
  EXPECT_THAT(recorder_.glitches, ElementsAre("pipelining"));
  EXPECT_THAT(transport_.sent, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_TRUE(transport_.closing);
}

}  // namespace
}  // namespace gh::http
