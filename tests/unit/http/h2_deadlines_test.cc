// How long an HTTP/2 client may take, for each thing that it can be slow at.

#include "h2_session_fixture.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace gh::http {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kNoError = 0;
constexpr std::uint32_t kProtocolError = 1;
constexpr std::uint32_t kInternalError = 2;

TEST_F(H2SessionTest, AnEarlyAnswerDoesNotWaitForEverForTheRest) {
  recorder_.answer_at_once = 413;
  post(1);
  take();
  transport_.advance(seconds(9));
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  transport_.advance(seconds(1));
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError));
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  recorder_.answer_at_once = 0;
  get(3);
  EXPECT_EQ(request(1).line, "GET /v1/models");
}

// Whatever it announces: otherwise who has no key could hold a connection for a day.
// covers: engine-3.5-deadline-body
TEST_F(H2SessionTest, AnEarlyAnswerWaitsNoLongerThanForWhatIsRead) {
  recorder_.answer_at_once = 401;
  std::uint32_t id = 1;
  for (const char* size : {"65536", "1000000", "999999999999999"}) {
    post(std::exchange(id, id + 2), {{"content-length", size}});
    take();
    reader_.frames.clear();
    transport_.advance(seconds(13));
    EXPECT_THAT(codes(h2::kReset), IsEmpty()) << size;
    transport_.advance(seconds(1));
    EXPECT_THAT(codes(h2::kReset), ElementsAre(kNoError)) << size;
  }
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  transport_.advance(seconds(60));
  EXPECT_TRUE(transport_.closing) << "idle";
}

// It counts from the answer: of a body that was good until then, the rest is read.
TEST_F(H2SessionTest, AnAnswerAmidABodyLeavesTimeForTheRest) {
  post(1);
  for (int i = 0; i < 40; ++i) {
    transport_.receive(h2::data(1, std::string(16'000, 'x')));
    transport_.advance(seconds(1));
  }
  request(0).answer(400, "no");
  take();
  for (int i = 0; i < 6; ++i) {
    transport_.advance(seconds(1));
    transport_.receive(h2::data(1, std::string(8'000, 'x')));
  }
  transport_.receive(h2::data(1, "x", h2::kEndStream));
  take();
  EXPECT_THAT(codes(h2::kReset), IsEmpty());
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  EXPECT_FALSE(transport_.ended());
}

TEST_F(H2SessionTest, AConnectionWithoutRequestEnds) {
  transport_.advance(seconds(9));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_THAT(codes(h2::kGoAway), ElementsAre(kNoError));
  EXPECT_TRUE(transport_.closing);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

// covers: engine-3.5-deadline-head algorithms-7-slow-head
TEST_F(H2SessionTest, AHeadThatDripsEnds) {
  get(1);
  request(0).answer(200, "ok");
  take();
  transport_.advance(seconds(30));
  transport_.receive(h2::frame(h2::kHeaders, 0, 3, h2::hpack({{":method", "GET"}})));
  transport_.advance(seconds(9));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_head"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H2SessionTest, KeepAliveCountsFromTheLastStream) {
  get(1);
  transport_.advance(seconds(1000));
  EXPECT_FALSE(transport_.ended());
  request(0).answer(200, "ok");
  take();
  transport_.advance(seconds(59));
  transport_.receive(h2::frame(h2::kPing, 0, 0, "12345678"));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_TRUE(transport_.closing);
}

// covers: engine-3.5-deadline-body algorithms-7-slow-body
TEST_F(H2SessionTest, ABodyIsDueByItsSizeAndDrippingDoesNotHelp) {
  post(1, {{"content-length", std::to_string(5 * (16 << 10))}});
  for (int i = 0; i < 14; ++i) {
    transport_.receive(h2::data(1, "x"));
    transport_.advance(seconds(1));
  }
  EXPECT_FALSE(request(0).gone);
  transport_.advance(seconds(1));
  take();
  EXPECT_EQ(request(0).bad_body, "slow_body 408");
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
  EXPECT_THAT(reader_.statuses, ElementsAre(std::pair(1u, std::string("408"))));
}

TEST_F(H2SessionTest, TheHandlerMayAnswerForASlowBodyAndOthersGoOn) {
  recorder_.answer_bad = true;
  post(1);
  get(3);
  transport_.advance(seconds(10));
  take();
  EXPECT_EQ(request(0).bad_body, "slow_body 408");
  EXPECT_THAT(reader_.statuses, ElementsAre(std::pair(1u, std::string("408"))));
  EXPECT_THAT(codes(h2::kGoAway), IsEmpty());
  request(1).answer(200, "ok");
  get(5);
  request(2).answer(200, "ok");
  take();
  EXPECT_EQ(reader_.statuses.size(), 3u);
  EXPECT_FALSE(transport_.ended());
}

TEST_F(H2SessionTest, ASlowBodyAfterTheHeadOfTheAnswerIsReset) {
  recorder_.answer_bad = true;
  post(1);
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  transport_.advance(seconds(10));
  take();
  EXPECT_EQ(request(0).bad_body, "slow_body 0");
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kProtocolError));
}

// covers: algorithms-7-h2-zero-window engine-7-slow-readers
TEST_F(H2SessionTest, AWindowThatStaysShutIsASlowReader) {
  transport_.receive(h2::frame(h2::kSettings, 0, 0, h2::setting(4, 0)));
  get(1);
  get(3);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data("x");
  transport_.advance(seconds(29));
  EXPECT_FALSE(request(0).slow_reader);
  transport_.advance(seconds(1));
  EXPECT_TRUE(request(0).slow_reader);
  EXPECT_FALSE(request(0).gone || request(1).slow_reader || request(1).gone);
  EXPECT_THAT(codes(h2::kReset), ElementsAre(kInternalError));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
  transport_.advance(seconds(100));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
}

// covers: algorithms-7-h2-zero-window engine-7-slow-readers
TEST_F(H2SessionTest, AWindowThatOpensByteByByteIsASlowReader) {
  transport_.receive(h2::frame(h2::kSettings, 0, 0, h2::setting(4, 0)));
  get(1);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data(std::string(100, 'x'));
  for (int i = 0; i < 2; ++i) {
    transport_.advance(seconds(14));
    transport_.receive(h2::window(1, 1));
    transport_.run_flushes();
    EXPECT_FALSE(request(0).slow_reader);
  }
  transport_.advance(seconds(2));
  EXPECT_TRUE(request(0).slow_reader);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
}

TEST_F(H2SessionTest, AWindowThatOpensByEnoughIsNone) {
  transport_.receive(h2::frame(h2::kSettings, 0, 0, h2::setting(4, 0)));
  get(1);
  ServerStream& stream = *request(0).stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data(std::string(48 << 10, 'x'));
  for (int i = 0; i < 6; ++i) {  // 8 KiB at a time: 16 within 30 seconds
    transport_.advance(seconds(14));
    transport_.receive(h2::window(1, 8 << 10));
    transport_.run_flushes();
  }
  stream.send_data("y");  // all was read: the time begins anew
  transport_.advance(seconds(29));
  EXPECT_FALSE(request(0).slow_reader);
  transport_.receive(h2::window(1, 1));
  transport_.run_flushes();
  transport_.advance(seconds(100));
  EXPECT_FALSE(request(0).slow_reader);
}

// covers: engine-3.5-deadline-write algorithms-7-slow-read
TEST_F(H2SessionTest, AConnectionThatIsNotReadIsCut) {
  get(1);
  get(3);  // whose answer has not begun: it ends for the same reason
  transport_.reading = false;
  request(0).stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  transport_.run_flushes();
  transport_.advance(seconds(30));
  EXPECT_TRUE(transport_.reset);
  EXPECT_TRUE(request(0).slow_reader && request(1).slow_reader);
  EXPECT_FALSE(request(0).gone || request(1).gone);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
}

}  // namespace
}  // namespace gh::http
