// Where GOAWAY stands: after the last frame of every stream, since clients on python-h2 (httpx, the
// OpenAI SDKs) read nothing after it. A broken protocol is another matter: then it comes at once.

#include "h2_session_fixture.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace gh::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kNoError = 0;
constexpr std::uint32_t kProtocolError = 1;
constexpr std::uint32_t kInternalError = 2;
constexpr std::uint32_t kCancel = 8;

class H2GoodbyeTest : public H2SessionTest {
 protected:
  void drain() {
    shared_.draining = true;
    session_.drain();
    take();
  }
  void get_bad(std::uint32_t stream) {
    transport_.receive(h2::headers(stream, h2::request("GET", "/v1//models"), h2::kEndStream));
    take();
  }
  // The connection is closed, and GOAWAY with this last stream was the last frame of it.
  void expect_goodbye(std::uint32_t last_stream) {
    EXPECT_THAT(codes(h2::kGoAway), ElementsAre(kNoError));
    ASSERT_FALSE(reader_.frames.empty());
    const h2::Frame& last = reader_.frames.back();
    EXPECT_EQ(last.type, h2::kGoAway);
    EXPECT_EQ(last.payload.substr(0, 4), h2::big_endian(last_stream, 4));
    EXPECT_TRUE(transport_.closing);
  }
  void expect_open() {
    EXPECT_THAT(codes(h2::kGoAway), IsEmpty());
    EXPECT_FALSE(transport_.ended());
  }
  std::string status(std::uint32_t stream) {
    take();
    for (const auto& [of, code] : reader_.statuses) {
      if (of == stream) return code;
    }
    return "";
  }
};

TEST_F(H2GoodbyeTest, ComesAfterTheAnswerToAMalformedRequest) {
  get_bad(1);
  EXPECT_EQ(status(1), "400");
  EXPECT_TRUE(reader_.ended[1]);
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, ComesAfterTheAnswerOfTheHandlerToo) {
  recorder_.answer_bad = true;
  get_bad(1);
  EXPECT_EQ(reader_.body[1], "not this head");
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, ComesAfterTheResetThatEndsTheBodyOfAMalformedRequest) {
  transport_.receive(h2::headers(1, h2::request("POST", "/v1//x")));
  EXPECT_EQ(status(1), "400");
  EXPECT_TRUE(reader_.ended[1]);
  transport_.advance(milliseconds(999));
  take();
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  expect_open();
  transport_.advance(milliseconds(1));
  take();
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError));
  EXPECT_THAT(recorder_.glitches, ElementsAre("bad_target")) << "it was refused once";
  expect_goodbye(1);
}

// curl 7.88 loses an answer that a reset follows while its body is still to leave.
TEST_F(H2GoodbyeTest, ComesAfterTheBodyOfAMalformedRequest) {
  transport_.receive(h2::headers(1, h2::request("POST", "/v1//x")));
  EXPECT_EQ(status(1), "400");
  transport_.receive(h2::data(1, "{}"));
  take();
  expect_open();
  transport_.receive(h2::data(1, "{}", h2::kEndStream));
  take();
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, DoesNotWaitForABodyThatGoesOnAndOn) {
  transport_.receive(h2::headers(1, h2::request("POST", "/v1//x")));
  for (std::size_t sent = 0; sent <= kDrainLimit; sent += 16'000) {
    EXPECT_FALSE(transport_.ended()) << sent;
    transport_.receive(h2::data(1, std::string(16'000, 'x')));
  }
  take();
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError));
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, WaitsForTheStreamsThatRan) {
  get(1);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  get_bad(3);
  EXPECT_EQ(status(3), "400");
  EXPECT_TRUE(reader_.ended[3]);
  expect_open();
  request(0).stream->send_data("one ");
  expect_open();
  request(0).stream->send_data("two");
  request(0).stream->finish();
  take();
  EXPECT_EQ(reader_.body[1], "one two");
  EXPECT_TRUE(reader_.ended[1]);
  expect_goodbye(3);
}

TEST_F(H2GoodbyeTest, WaitsAfterATrailerToo) {
  get(1);
  post(3);
  transport_.receive(h2::headers(3, {{"x-a", "t"}}, h2::kEndStream));
  EXPECT_EQ(status(3), "400");
  expect_open();
  request(0).answer(200, "ok");
  EXPECT_EQ(status(1), "200");
  expect_goodbye(3);
}

TEST_F(H2GoodbyeTest, StreamsThatBeginMeanwhileAreServed) {
  get(1);
  get_bad(3);
  post(5, {{"content-length", "2"}});
  transport_.receive(h2::data(5, "{}", h2::kEndStream));
  get_bad(7);
  EXPECT_EQ(recorder_.requests.size(), 2u);
  EXPECT_THAT(recorder_.glitches, ElementsAre("bad_target", "bad_target"));
  request(0).answer(200, "ok");
  expect_open();
  request(1).answer(200, "too");
  take();
  EXPECT_EQ(reader_.body[1], "ok");
  EXPECT_EQ(reader_.body[5], "too");
  expect_goodbye(7);
}

TEST_F(H2GoodbyeTest, AResetOfTheLastStreamIsItsEnd) {
  get(1);
  post(3);
  get_bad(5);
  request(0).answer(200, "ok");
  expect_open();
  transport_.receive(h2::reset(3, kCancel));
  EXPECT_TRUE(request(1).gone);
  expect_goodbye(5);
}

TEST_F(H2GoodbyeTest, AnAbortIsTheEndOfAStreamToo) {
  get(1);
  get_bad(3);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  request(0).stream->send_data("half");
  request(0).stream->abort();
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kInternalError));
  EXPECT_EQ(reader_.body[1], "half");
  expect_goodbye(3);
}

TEST_F(H2GoodbyeTest, WaitsForABodyNoLongerThanItMayTake) {
  get(1);
  post(3);
  get_bad(5);
  request(0).answer(200, "ok");
  transport_.advance(seconds(9));
  expect_open();
  transport_.advance(seconds(1));
  EXPECT_EQ(status(3), "408");
  expect_goodbye(5);
}

TEST_F(H2GoodbyeTest, WaitsForAReaderNoLongerThanItMayTake) {
  transport_.receive(h2::frame(h2::kSettings, 0, 0, h2::setting(4, 0)));
  get(1);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  request(0).stream->send_data("x");
  drain();
  transport_.advance(seconds(29));
  expect_open();
  transport_.advance(seconds(1));
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kInternalError));
  expect_goodbye(1);
}

// covers: engine-7-drain
TEST_F(H2GoodbyeTest, DrainingLetsStreamsFinish) {
  get(1);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  drain();
  expect_open();
  request(0).stream->send_data("on and on");
  expect_open();
  request(0).stream->finish();
  take();
  EXPECT_EQ(reader_.body[1], "on and on");
  EXPECT_TRUE(reader_.ended[1]);
  expect_goodbye(1);
}

// covers: engine-7-drain
TEST_F(H2GoodbyeTest, WhatBeginsDuringADrainIsAnsweredFirst) {
  get(1);
  drain();
  recorder_.answer_at_once = 503;
  post(3);
  transport_.receive(h2::data(3, "{", 0));
  EXPECT_EQ(status(3), "503");
  EXPECT_TRUE(reader_.ended[3]);
  request(0).answer(200, "ok");
  EXPECT_EQ(status(1), "200");
  expect_open();  // the rest of the body is read, as otherwise
  transport_.receive(h2::data(3, "}", h2::kEndStream));
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  expect_goodbye(3);
}

// covers: engine-7-drain
TEST_F(H2GoodbyeTest, ADrainWaitsASecondForTheRestOfABody) {
  recorder_.answer_at_once = 401;
  post(1, {{"content-length", "60000"}});
  EXPECT_EQ(status(1), "401");
  transport_.advance(seconds(5));
  get(3);
  drain();
  post(5, {{"content-length", "60000"}});
  EXPECT_EQ(status(5), "401");
  transport_.advance(milliseconds(999));
  expect_open();
  transport_.advance(milliseconds(1));
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError, kNoError));
  expect_goodbye(5);
}

// covers: engine-7-drain
TEST_F(H2GoodbyeTest, AnIdleConnectionEndsWithTheDrain) {
  get(1);
  request(0).answer(200, "ok");
  take();
  drain();
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, AConnectionWithoutRequestEndsWithTheDrain) {
  drain();
  expect_goodbye(0);
}

TEST_F(H2GoodbyeTest, DrainingTwiceIsDrainingOnce) {
  get(1);
  drain();
  drain();
  get_bad(3);
  EXPECT_EQ(status(3), "400");
  request(0).answer(200, "ok");
  expect_goodbye(3);
}

TEST_F(H2GoodbyeTest, AConnectionThatBeginsDuringADrainSaysSo) {
  shared_.draining = true;
  FakeTransport transport;
  H2Session session(transport, shared_, options_, transport.now());
  transport.attach(&session);
  transport.end_turn();
  h2::Reader reader;
  reader.read(transport.take_sent());
  ASSERT_FALSE(reader.frames.empty());
  EXPECT_EQ(reader.frames.front().type, h2::kSettings);
  EXPECT_EQ(reader.frames.back().type, h2::kGoAway);
  EXPECT_EQ(reader.frames.back().code(), kNoError);
  EXPECT_TRUE(transport.closing);
}

TEST_F(H2GoodbyeTest, IsNotLostBehindALongAnswer) {
  transport_.receive(h2::window(0, 1 << 24));
  get(1);
  transport_.receive(h2::window(1, 1 << 24));
  drain();
  transport_.reading = false;
  request(0).answer(200, std::string(100'000, 'x'));
  transport_.run_flushes();
  EXPECT_FALSE(transport_.ended());
  transport_.reading = true;
  take();
  EXPECT_EQ(reader_.body[1].size(), 100'000u);
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, FollowsAGoodbyeOfTheClient) {
  get(1);
  transport_.receive(h2::frame(h2::kGoAway, 0, 0, std::string(8, '\0')));
  drain();
  expect_open();
  request(0).answer(200, "ok");
  EXPECT_EQ(status(1), "200");
  expect_goodbye(1);
}

TEST_F(H2GoodbyeTest, ABrokenProtocolIsNotWaitedFor) {
  get(1);
  drain();
  transport_.receive(h2::headers(2, h2::request("GET", "/v1/models"), h2::kEndStream));
  EXPECT_THAT(codes(h2::kGoAway), ElementsAre(kProtocolError));
  EXPECT_TRUE(request(0).gone);
  EXPECT_TRUE(transport_.closing);
}

// nghttp2's own, of which the session hears when it is sent.
TEST_F(H2GoodbyeTest, ABrokenFrameIsNotWaitedFor) {
  constexpr std::uint32_t kFrameSizeError = 6;
  get(1);
  get_bad(3);
  transport_.receive(h2::frame(h2::kPing, 0, 0, "1234567"));
  EXPECT_THAT(codes(h2::kGoAway), ElementsAre(kFrameSizeError));
  EXPECT_TRUE(request(0).gone);
  EXPECT_TRUE(transport_.closing);
}

}  // namespace
}  // namespace gh::http
