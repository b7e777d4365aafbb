#include "h2_session_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>

namespace gh::http {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint32_t kNoError = 0;
constexpr std::uint32_t kProtocolError = 1;
constexpr std::uint32_t kInternalError = 2;
constexpr std::uint32_t kRefusedStream = 7;
constexpr std::uint32_t kCancel = 8;

TEST_F(H2SessionTest, AnswersWithLength) {
  get(1);
  EXPECT_TRUE(request(0).ended);
  EXPECT_EQ(request(0).authority, "gateway.example");
  const std::array fields = {Field{.name = "content-type", .value = "text/x"}};
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = fields, .content_length = 5});
  stream.send_data("hello");
  stream.finish();
  take();
  EXPECT_THAT(
      reader_.fields[1],
      testing::MatchesRegex(":status=200 content-type=text/x date=.* GMT content-length=5 "));
  EXPECT_EQ(reader_.body[1], "hello");
  EXPECT_TRUE(reader_.ended[1]);
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
}

TEST_F(H2SessionTest, EventsOfOneTurnAreOneFrame) {
  get(1);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data("one ");
  stream.send_data("two");
  take();
  EXPECT_EQ(reader_.of_type(h2::kData).size(), 1u);
  EXPECT_EQ(reader_.body[1], "one two");
  EXPECT_FALSE(reader_.ended[1]);
  stream.send_data("!");
  stream.finish();
  take();
  EXPECT_EQ(reader_.body[1], "one two!");
  EXPECT_TRUE(reader_.ended[1]);
}

TEST_F(H2SessionTest, HeadAndEmptyAnswersEndWithTheirHead) {
  transport_.receive(h2::headers(1, h2::request("HEAD", "/v1/models"), h2::kEndStream));
  request(0).answer(200, "hello");
  get(3);
  request(1).answer(204, "");
  take();
  EXPECT_THAT(reader_.of_type(h2::kData), IsEmpty());
  EXPECT_TRUE(reader_.ended[1] && reader_.ended[3]);
  EXPECT_THAT(reader_.fields[1], HasSubstr("content-length=5"));
  EXPECT_THAT(reader_.fields[3], Not(HasSubstr("content-length")));
}

// Wherever it went wrong.
TEST_F(H2SessionTest, ARefusedHeadHasNoContent) {
  const h2::Fields bad[] = {
      h2::request("HEAD", "/v1//x"),
      h2::request("HEAD", "/", {{"host", "other"}}),
      h2::request("HEAD", "/", {{"x", "a\x01"}}),
      h2::request("HEAD", "/", {{"x", std::string(9000, 'a')}}),
  };
  for (const bool answers : {true, false}) {
    recorder_.answer_bad = answers;
    for (const h2::Fields& fields : bad) {
      FakeTransport transport;
      H2Session session{transport, shared_, options_, transport.now()};
      transport.attach(&session);
      transport.receive(h2::hello() + h2::headers(1, fields, h2::kEndStream));
      h2::Reader reader;
      reader.read(transport.take_sent());
      ASSERT_EQ(reader.statuses.size(), 1u);
      EXPECT_THAT(reader.statuses[0].second, testing::AnyOf("400", "431"));
      EXPECT_THAT(reader.fields[1], HasSubstr("content-length="));
      EXPECT_TRUE(reader.ended[1]);
      EXPECT_THAT(reader.of_type(h2::kData), IsEmpty());
    }
  }
}

TEST_F(H2SessionTest, AbortAfterDataResetsWhenTheDataHasLeft) {
  get(1);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data("half");
  stream.abort();
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kInternalError));
  EXPECT_EQ(reader_.body[1], "half");
  EXPECT_FALSE(request(0).gone);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(H2SessionTest, AbortsAreNotTheClientsResets) {
  for (std::uint32_t stream = 1; stream < 400; stream += 2) {
    get(stream);
    recorder_.requests.back()->stream->abort();
    take();
  }
  EXPECT_FALSE(transport_.ended());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(H2SessionTest, RefusalsAreNotResets) {
  recorder_.answer_at_once = 429;
  for (std::uint32_t stream = 1; stream < 2001; stream += 2) {
    post(stream);
    transport_.receive(h2::data(stream, "{}", h2::kEndStream));
    take();
  }
  EXPECT_FALSE(transport_.ended());
  EXPECT_EQ(reader_.statuses.size(), 1000u);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

// Clients lose an answer that is followed by a reset (curl 7.88, error 92).
TEST_F(H2SessionTest, AnEarlyAnswerReadsTheRestOfASmallBody) {
  recorder_.answer_at_once = 413;
  post(1);
  transport_.receive(h2::data(1, std::string(1000, 'b')));
  take();
  ASSERT_TRUE(reader_.ended[1]);
  for (int i = 0; i < 4; ++i) transport_.receive(h2::data(1, std::string(16'000, 'b')));
  transport_.receive(h2::data(1, "b", h2::kEndStream));
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  recorder_.answer_at_once = 0;
  get(3);
  EXPECT_EQ(request(1).line, "GET /v1/models");
}

TEST_F(H2SessionTest, AnEarlyAnswerAsksNotToSendALongRest) {
  recorder_.answer_at_once = 413;
  post(1);
  take();
  for (int i = 0; i < 4; ++i) transport_.receive(h2::data(1, std::string(16'384, 'b')));
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  transport_.receive(h2::data(1, "b"));
  transport_.receive(h2::data(1, "b"));
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError));
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(H2SessionTest, FlowControlHoldsTheAnswerAndTellsTheHandler) {
  get(1);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data(std::string(200'000, 'x'));
  take();
  EXPECT_EQ(reader_.body[1].size(), 65535u);
  EXPECT_EQ(stream.pending(), 200'000u - 65535u);
  EXPECT_EQ(request(0).writable, 0);
  transport_.receive(h2::window(0, 200'000) + h2::window(1, 105'000));
  take();
  EXPECT_LT(stream.pending(), 32u << 10);
  EXPECT_EQ(request(0).writable, 1);
  transport_.receive(h2::window(1, 100'000));
  stream.finish();
  take();
  EXPECT_EQ(reader_.body[1].size(), 200'000u);
  EXPECT_TRUE(reader_.ended[1]);
}

// covers: engine-3.5-h2-pending-output
TEST_F(H2SessionTest, WhatIsNotReadIsNotPiledUp) {
  transport_.receive(h2::window(0, 1 << 24));
  get(1);
  transport_.receive(h2::window(1, 1 << 24));
  transport_.reading = false;
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data(std::string(1 << 20, 'x'));
  transport_.run_flushes();
  EXPECT_LT(transport_.pending(), 100u << 10);
  transport_.reading = true;
  stream.finish();
  take();
  EXPECT_EQ(reader_.body[1].size(), 1u << 20);
}

// covers: engine-3.5-h2-flow-control
TEST_F(H2SessionTest, ABodyIsConsumedAsItIsUsed) {
  post(1);
  for (int i = 0; i < 3; ++i) transport_.receive(h2::data(1, std::string(16'000, 'b')));
  take();
  EXPECT_FALSE(reader_.of_type(h2::kWindowUpdate).empty());
  EXPECT_EQ(request(0).body.size(), 48'000u);
}

TEST_F(H2SessionTest, ContinueIsSentOnceAndOnlyWhenAsked) {
  post(1, {{"expect", "100-continue"}});
  post(3);
  for (const auto& made : recorder_.requests) {
    made->stream->send_continue();
    made->stream->send_continue();
  }
  take();
  EXPECT_THAT(reader_.statuses, ElementsAre(std::pair(1u, std::string("100"))));
  transport_.receive(h2::data(1, "{}", h2::kEndStream));
  request(0).answer(200, "ok");
  take();
  EXPECT_EQ(reader_.statuses.back().second, "200");
}

TEST_F(H2SessionTest, ALostClientIsTold) {
  post(1);
  get(3);
  session_.on_disconnected();
  EXPECT_TRUE(request(0).gone && request(1).gone);
}

TEST_F(H2SessionTest, ACancelIsTold) {
  post(1);
  transport_.receive(h2::reset(1, 8));
  EXPECT_TRUE(request(0).gone);
}

TEST_F(H2SessionTest, TheHandlerMayAnswerForALargeHead) {
  recorder_.answer_bad = true;
  post(1, {{"x", std::string(9000, 'a')}});
  take();
  EXPECT_THAT(recorder_.bad_heads, ElementsAre("line_too_large"));
  EXPECT_THAT(reader_.statuses, ElementsAre(std::pair(1u, std::string("431"))));
  EXPECT_TRUE(recorder_.requests.empty());
  get(3);
  request(0).answer(200, "ok");
  take();
  EXPECT_EQ(reader_.statuses.size(), 2u);
  EXPECT_FALSE(transport_.ended());
}

// covers: engine-3.5-h2-pending-output
TEST_F(H2SessionTest, OutputThatIsNotReadIsCapped) {
  transport_.reading = false;
  std::string pings;
  for (int i = 0; i < 60; ++i) pings += h2::frame(h2::kPing, 0, 0, "12345678");
  get(1);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  request(0).stream->send_data(std::string(65'535, 'x'));
  transport_.run_flushes();
  for (int i = 0; i < 10 && !transport_.ended(); ++i) transport_.receive(pings);
  EXPECT_TRUE(transport_.closing);
  EXPECT_TRUE(request(0).gone);
  EXPECT_THAT(recorder_.glitches, Contains("h2_flood"));
}

// Of one turn, before any of them could leave.
// covers: engine-3.5-h2-ping engine-3.5-h2-settings
TEST_F(H2SessionTest, NoMoreThan64AcknowledgementsWait) {
  for (const std::string& asks :
       {h2::frame(h2::kPing, 0, 0, "12345678"), h2::frame(h2::kSettings, 0, 0)}) {
    Recorder recorder;
    Shared shared(recorder);
    FakeTransport transport;
    H2Session session(transport, shared, options_, transport.now());
    transport.attach(&session);
    transport.receive(h2::hello());
    const auto receive = [&](int count) {
      transport.take_sent();
      std::string together;
      for (int i = 0; i < count; ++i) together += asks;
      transport.receive(together);
      return std::ranges::count(h2::read_frames(transport.take_sent()), h2::kAck,
                                &h2::Frame::flags);
    };
    EXPECT_EQ(receive(64), 64);
    EXPECT_EQ(receive(64), 64);  // the first ones have left
    EXPECT_FALSE(transport.ended());
    receive(65);
    EXPECT_TRUE(transport.closing);
    EXPECT_THAT(recorder.glitches, ElementsAre("h2_flood"));
  }
}

// covers: engine-3.5-h2-window-update
TEST_F(H2SessionTest, WorkEarnsWindowUpdates) {
  transport_.receive(h2::window(0, 1 << 24));
  get(1);
  transport_.receive(h2::window(1, 1 << 24));
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  for (int i = 0; i < 5000; ++i) {
    stream.send_data("event");
    transport_.receive(h2::window(0, 5) + h2::window(1, 5));
  }
  EXPECT_FALSE(transport_.ended());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

// covers: engine-3.5-h2-empty-frames
TEST_F(H2SessionTest, FramesThatAreSkippedAreCountedByTheirBytes) {
  recorder_.answer_at_once = 200;
  get(1);
  std::string empty;
  while (empty.size() < 32'000) empty += h2::data(1, "");
  std::size_t sent = 0;
  for (; sent < 64 << 20 && !transport_.ended(); sent += empty.size()) transport_.receive(empty);
  EXPECT_GT(sent, 12u << 20);
  EXPECT_LT(sent, 20u << 20);
  EXPECT_THAT(recorder_.glitches, ElementsAre("h2_flood"));
}

// Each as long as a frame that counts for content.
// covers: engine-3.5-h2-empty-frames
TEST_F(H2SessionTest, FramesOfPaddingBringNothing) {
  constexpr unsigned kPadded = 8;
  const std::string padding = '\xff' + std::string(255, '\0');
  post(1);
  int sent = 0;
  for (; sent < 2000 && !transport_.ended(); ++sent) {
    transport_.receive(h2::frame(h2::kData, kPadded, 1, padding));
  }
  EXPECT_GT(sent, 900);
  EXPECT_LT(sent, 1100);
  EXPECT_THAT(recorder_.glitches, ElementsAre("h2_flood"));
  EXPECT_TRUE(request(0).gone);
}

// What is on its way when an upload is refused; every window of it.
TEST_F(H2SessionTest, WhatIsSentForNothingIsNoFlood) {
  recorder_.answer_at_once = 413;
  for (std::uint32_t stream = 1; stream < 4001 && !transport_.ended(); stream += 2) {
    post(stream);
    for (int i = 0; i < 5; ++i) transport_.receive(h2::data(stream, std::string(16'000, 'b')));
    take();  // after which it is reset
    for (int i = 0; i < 3; ++i) transport_.receive(h2::data(stream, std::string(16'000, 'b')));
    transport_.receive(h2::window(0, 1 << 10));
    take();
  }
  EXPECT_FALSE(transport_.ended());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

// A client may open what it likes until it has read our SETTINGS.
TEST(H2SessionEarly, StreamsBeyondTheLimitAreRefusedAndNoOther) {
  Recorder recorder;
  recorder.answer_at_once = 200;
  Shared shared(recorder);
  FakeTransport transport;
  ServerOptions options;
  H2Session session(transport, shared, options, transport.now());
  transport.attach(&session);
  std::string bytes = h2::hello();
  for (std::uint32_t i = 0; i < 300; ++i) {
    bytes += h2::headers(2 * i + 1, h2::request("GET", "/v1/models"), h2::kEndStream);
  }
  transport.receive(bytes);
  h2::Reader reader;
  reader.read(transport.take_sent());
  EXPECT_EQ(reader.statuses.size(), 100U);
  EXPECT_EQ(reader.ended.size(), 100U);
  const auto resets = reader.of_type(h2::kReset);
  EXPECT_EQ(resets.size(), 200U);
  for (const h2::Frame& frame : resets) EXPECT_EQ(frame.code(), kRefusedStream);
  EXPECT_FALSE(transport.ended());
  EXPECT_THAT(recorder.glitches, IsEmpty());
}

TEST_F(H2SessionTest, IsSmall) {
  EXPECT_LE(sizeof(H2Session), 320u);
  EXPECT_LE(sizeof(H2Stream), 256u);
}

// covers: engine-7-h2-downgrade
TEST_F(H2SessionTest, ATrailerToAStreamThatWasResetIsIgnored) {
  post(3);  // as Netty, which leaves 1 out
  get(5);
  transport_.receive(h2::reset(3, kCancel));
  transport_.receive(h2::headers(3, {{"x-a", "t"}}, h2::kEndStream));
  get(7);
  EXPECT_EQ(recorder_.requests.size(), 3u);
  EXPECT_THAT(codes(h2::kGoAway), IsEmpty());
}

TEST_F(H2SessionTest, ATrailerToAnOpenStreamMayComeAfterASkip) {
  post(1);
  get(9);
  transport_.receive(h2::headers(1, {{"x-a", "t"}}, h2::kEndStream));
  EXPECT_THAT(recorder_.glitches, Not(Contains("h2_protocol")));
}

TEST_F(H2SessionTest, AStreamThatWasSkippedMayNotBegin) {
  get(3);
  get(9);
  get(5);
  EXPECT_EQ(recorder_.requests.size(), 2u);
  EXPECT_THAT(codes(h2::kGoAway), ElementsAre(kProtocolError));
}

}  // namespace
}  // namespace gh::http
