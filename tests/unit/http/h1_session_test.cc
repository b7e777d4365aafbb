#include "http/h1_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "fake_transport.h"
#include "recorder.h"

namespace gh::http {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::size_t length, std::string_view field = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(field) +
         "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string chunked_post(std::string_view field = {}) {
  return "POST /v1/x HTTP/1.1\r\nHost: a\r\n" + std::string(field) +
         "Transfer-Encoding: chunked\r\n\r\n";
}

class H1SessionTest : public testing::Test {
 protected:
  H1SessionTest() { transport_.attach(&session_); }

  // In one piece; their answers are more than the high water mark. How many.
  std::size_t ask_many() {
    constexpr std::size_t kMany = 1700;
    std::string many;
    for (std::size_t i = 0; i < kMany; ++i) many += kGet;
    transport_.receive(many);
    return kMany;
  }
  RecordedRequest& last() { return *recorder_.requests.back(); }
  std::string without_date(std::string text) {
    const std::size_t at = text.find("date: ");
    return at == std::string::npos ? text : text.erase(at, text.find("\r\n", at) - at + 2);
  }

  Recorder recorder_;
  Shared shared_{recorder_};
  ServerOptions options_;
  FakeTransport transport_;
  H1Session session_{transport_, shared_, options_, transport_.now()};
};

TEST_F(H1SessionTest, AnswerWithLengthIsMinimal) {
  transport_.receive(kGet);
  const std::array fields = {Field{.name = "content-type", .value = "text/x"}};
  ServerStream& stream = *last().stream;
  stream.send_head({.status = 200, .fields = fields, .content_length = 5});
  stream.send_data("he");
  stream.send_data("llo");
  stream.finish();
  transport_.end_turn();
  EXPECT_THAT(transport_.sent, HasSubstr("date: "));
  EXPECT_EQ(without_date(transport_.sent),
            "HTTP/1.1 200 OK\r\ncontent-type: text/x\r\ncontent-length: 5\r\n\r\nhello");
  EXPECT_FALSE(transport_.ended());
}

TEST_F(H1SessionTest, AStreamIsChunked) {
  transport_.receive(kGet);
  ServerStream& stream = *last().stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data("0123456789");
  stream.send_data("");
  stream.send_data("ab");
  stream.finish();
  transport_.end_turn();
  EXPECT_EQ(without_date(transport_.sent),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            "a\r\n0123456789\r\n2\r\nab\r\n0\r\n\r\n");
}

TEST_F(H1SessionTest, HeadHasNoContent) {
  transport_.receive("HEAD /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
  last().answer(200, "hello");
  transport_.end_turn();
  EXPECT_EQ(without_date(transport_.sent), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
}

TEST_F(H1SessionTest, AbortEndsWithoutTheLastChunk) {
  transport_.receive(kGet);
  ServerStream& stream = *last().stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data("ab");
  stream.abort();
  transport_.end_turn();
  EXPECT_THAT(transport_.sent, EndsWith("\r\n2\r\nab\r\n"));
  EXPECT_TRUE(transport_.closing);
  EXPECT_FALSE(last().gone);
}

TEST_F(H1SessionTest, AbortOfAnAnswerWithLengthDropsWhatIsLeftOfIt) {
  transport_.reading = false;
  transport_.receive(kGet);
  ServerStream& stream = *last().stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = 5});
  stream.send_data("hello");
  stream.abort();
  EXPECT_TRUE(transport_.reset) << "the client has to see that it is not whole";
}

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

TEST_F(H1SessionTest, AnEarlyAnswerDrainsALittleAndKeepsTheConnection) {
  for (const bool chunked : {false, true}) {
    SCOPED_TRACE(chunked);
    recorder_.answer_at_once = 429;
    transport_.receive(chunked ? chunked_post() : post(kDrainLimit));
    EXPECT_THAT(transport_.take_sent(), Not(HasSubstr("connection: close")));
    const std::string body(kDrainLimit, 'b');
    transport_.receive(chunked ? "10000\r\n" + body + "\r\n0\r\n\r\n" : body);
    EXPECT_FALSE(transport_.ended());
    recorder_.answer_at_once = 0;
    transport_.receive(kGet);
    EXPECT_EQ(last().line, "GET /v1/models");
    last().answer(200, "ok");
    transport_.end_turn();
    transport_.take_sent();
  }
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

TEST_F(H1SessionTest, AnEarlyAnswerToALongBodySaysCloseAndCloses) {
  recorder_.answer_at_once = 413;
  transport_.receive(post(kDrainLimit + 1) + "b");
  EXPECT_THAT(transport_.sent, HasSubstr("connection: close"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, AnEndlessChunkedBodyIsNotDrained) {
  recorder_.answer_at_once = 401;
  transport_.receive(chunked_post());
  transport_.receive("8000\r\n" + std::string(0x8000, 'b') + "\r\n");
  transport_.receive("8000\r\n" + std::string(0x8000, 'b') + "\r\n");
  EXPECT_FALSE(transport_.ended());
  transport_.receive("1\r\nb");
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, AnEarlyAnswerWithoutContinueCloses) {
  recorder_.answer_at_once = 401;
  transport_.receive(post(5, "Expect: 100-continue\r\n"));
  EXPECT_THAT(transport_.sent, HasSubstr("connection: close"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, ContinueIsSentOnceAndOnlyWhenAsked) {
  transport_.receive(post(5, "Expect: 100-continue\r\n"));
  last().stream->send_continue();
  last().stream->send_continue();
  transport_.end_turn();
  EXPECT_EQ(transport_.take_sent(), "HTTP/1.1 100 Continue\r\n\r\n");
  transport_.receive("hello");
  last().answer(200, "ok");
  transport_.end_turn();
  transport_.receive(post(5));
  last().stream->send_continue();
  transport_.end_turn();
  EXPECT_THAT(transport_.take_sent(), Not(HasSubstr("100 Continue")));
}

TEST_F(H1SessionTest, ABadBodyTellsTheHandlerAndTheClient) {
  transport_.receive(chunked_post() + "zz");
  EXPECT_EQ(last().bad_body, "bad_chunk 400");
  EXPECT_FALSE(last().gone);
  EXPECT_THAT(transport_.sent, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(transport_.sent, EndsWith("\r\n\r\nrefused: bad_chunk\n"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, ABadBodyAfterTheHeadOfTheAnswerOnlyCloses) {
  transport_.receive(chunked_post());
  last().stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  transport_.receive("zz");
  EXPECT_EQ(last().bad_body, "bad_chunk 0");
  EXPECT_THAT(transport_.sent, Not(HasSubstr("400")));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, ALostClientIsTold) {
  transport_.receive(post(5) + "he");
  session_.on_disconnected();
  EXPECT_TRUE(last().gone);
  EXPECT_EQ(last().stream, nullptr);
}

// covers: engine-3.5-deadline-head algorithms-7-slow-head
TEST_F(H1SessionTest, TheFirstHeadIsDueFromAccept) {
  transport_.advance(seconds(9));
  transport_.receive("GET / HT");
  transport_.advance(seconds(1));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_head"));
  EXPECT_THAT(transport_.sent, StartsWith("HTTP/1.1 408 "));
}

TEST_F(H1SessionTest, TheHandlerMayAnswerForASlowHead) {
  recorder_.answer_bad = true;
  transport_.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  last().answer(200, "ok");
  transport_.end_turn();
  transport_.take_sent();
  transport_.receive("GET / HT");
  transport_.advance(seconds(10));
  EXPECT_THAT(recorder_.bad_heads, ElementsAre("slow_head"));
  EXPECT_EQ(without_date(transport_.sent),
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 13\r\nconnection: close\r\n\r\n"
            "not this head");
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, TheHandlerMayAnswerForALargeHeadAndNothingAfterItIsRead) {
  recorder_.answer_bad = true;
  transport_.receive("GET / HTTP/1.1\r\nX: " + std::string(9000, 'a') + "\r\n\r\n" +
                     std::string(kGet));
  transport_.receive(kGet);
  EXPECT_THAT(recorder_.bad_heads, ElementsAre("line_too_large"));
  EXPECT_THAT(recorder_.glitches, ElementsAre("line_too_large"));
  EXPECT_TRUE(recorder_.requests.empty());
  EXPECT_THAT(transport_.sent, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(transport_.sent, EndsWith("\r\nconnection: close\r\n\r\nnot this head"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, AHeadThatIsNotHttpMayBeAnsweredToo) {
  struct Row {
    std::string_view head, status, glitch;
  };
  const Row rows[] = {
      {"get / HTTP/1.1\r\n", "400", "bad_method"},
      {"GET / HTTP/1.1\nHost: a\r\n", "400", "bare_lf"},
      {"CONNECT a:443 HTTP/1.1\r\n", "405", "connect"},
  };
  for (const bool answers : {true, false}) {
    recorder_.answer_bad = answers;
    for (const Row& row : rows) {
      recorder_.bad_heads.clear();
      FakeTransport transport;
      H1Session session{transport, shared_, options_, transport.now()};
      transport.attach(&session);
      transport.receive(row.head);
      EXPECT_THAT(transport.sent, StartsWith("HTTP/1.1 " + std::string(row.status) + " "));
      EXPECT_THAT(transport.sent, HasSubstr("\r\nconnection: close\r\n"));
      if (answers) {
        EXPECT_THAT(transport.sent, EndsWith("not this head"));
      } else {
        EXPECT_THAT(transport.sent, HasSubstr("\r\ncontent-type: text/plain\r\n"));
      }
      EXPECT_TRUE(transport.closing);
      EXPECT_THAT(recorder_.bad_heads, ElementsAre(std::string(row.glitch)));
    }
  }
}

TEST_F(H1SessionTest, ASilentConnectionIsClosedSilently) {
  transport_.advance(seconds(11));
  EXPECT_TRUE(transport_.closing);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
  EXPECT_THAT(transport_.sent, IsEmpty());
}

// covers: engine-3.5-deadline-head algorithms-7-slow-head engine-7-slow-clients
TEST_F(H1SessionTest, ALaterHeadIsDueFromItsFirstByteAndDrippingDoesNotHelp) {
  transport_.receive(kGet);
  last().answer(200, "ok");
  transport_.end_turn();
  transport_.advance(seconds(59));
  EXPECT_FALSE(transport_.ended());
  for (int i = 0; i < 9; ++i) {
    transport_.receive("G");
    transport_.advance(seconds(1));
  }
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_head"));
}

// covers: engine-3.5-deadline-keep-alive
TEST_F(H1SessionTest, KeepAliveEnds) {
  transport_.receive(kGet);
  last().answer(200, "ok");
  transport_.end_turn();
  transport_.advance(seconds(60));
  EXPECT_TRUE(transport_.closing);
  EXPECT_THAT(recorder_.glitches, IsEmpty());
}

// covers: engine-3.5-deadline-body algorithms-7-slow-body
TEST_F(H1SessionTest, ABodyIsDueByItsSize) {
  transport_.receive(post(std::size_t{5} << 14));
  transport_.advance(seconds(14));
  transport_.receive("x");
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_EQ(last().bad_body, "slow_body 408");
  EXPECT_FALSE(last().gone);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
  EXPECT_THAT(transport_.sent, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(transport_.sent, EndsWith("refused: slow_body\n"));
}

TEST_F(H1SessionTest, TheHandlerMayAnswerForASlowBody) {
  recorder_.answer_bad = true;
  transport_.receive(post(5) + "he");
  transport_.advance(seconds(10));
  EXPECT_EQ(without_date(transport_.sent),
            "HTTP/1.1 408 Request Timeout\r\ncontent-length: 8\r\nconnection: close\r\n\r\n"
            "too slow");
  EXPECT_TRUE(transport_.closing);
  EXPECT_FALSE(last().gone);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
}

TEST_F(H1SessionTest, ASlowBodyAfterTheHeadOfTheAnswerOnlyCloses) {
  recorder_.answer_bad = true;
  transport_.receive(post(5));
  last().stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  transport_.advance(seconds(10));
  EXPECT_EQ(last().bad_body, "slow_body 0");
  EXPECT_THAT(transport_.sent, Not(HasSubstr("408")));
  EXPECT_TRUE(transport_.closing);
}

// covers: engine-3.5-deadline-body algorithms-7-slow-body engine-7-slow-clients
TEST_F(H1SessionTest, AChunkedBodyIsDueByWhatCame) {
  transport_.receive(chunked_post());
  transport_.advance(seconds(9));
  transport_.receive("8000\r\n" + std::string(0x8000, 'b') + "\r\n");
  transport_.advance(seconds(2));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
}

TEST_F(H1SessionTest, ADrainedBodyIsDueToo) {
  recorder_.answer_at_once = 401;
  transport_.receive(post(5) + "he");
  transport_.advance(seconds(10));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
  EXPECT_THAT(transport_.sent, Not(HasSubstr("408")));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, APauseIsNotTheClientsFault) {
  transport_.receive(post(5) + "he");
  last().stream->pause_body(true);
  EXPECT_TRUE(transport_.reading_paused);
  transport_.advance(seconds(100));
  last().stream->pause_body(false);
  EXPECT_FALSE(transport_.reading_paused);
  transport_.advance(seconds(9));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_body"));
}

TEST_F(H1SessionTest, WaitingForTheAnswerHasNoDeadlineHere) {
  transport_.receive(kGet);
  transport_.advance(seconds(100'000));
  EXPECT_FALSE(transport_.ended());
}

// covers: engine-3.5-deadline-write algorithms-7-slow-read engine-7-slow-readers
TEST_F(H1SessionTest, AClientThatDoesNotReadIsCut) {
  transport_.receive(kGet);
  transport_.reading = false;
  last().stream->send_head({.status = 200, .fields = {}, .content_length = {}});
  transport_.advance(seconds(29));
  EXPECT_FALSE(transport_.ended());
  transport_.advance(seconds(1));
  EXPECT_TRUE(transport_.reset);
  EXPECT_TRUE(last().gone);
  EXPECT_THAT(recorder_.glitches, ElementsAre("slow_reader"));
}

TEST_F(H1SessionTest, AClientThatReadsAgainIsNotCut) {
  transport_.receive(kGet);
  transport_.reading = false;
  ServerStream& stream = *last().stream;
  stream.send_head({.status = 200, .fields = {}, .content_length = {}});
  stream.send_data(std::string(100'000, 'x'));
  EXPECT_GT(stream.pending(), 100'000u);
  transport_.advance(seconds(29));
  transport_.reading = true;
  transport_.end_turn();
  EXPECT_EQ(last().writable, 1);
  transport_.advance(seconds(1000));
  EXPECT_FALSE(transport_.ended());
}

// covers: engine-7-drain
TEST_F(H1SessionTest, DrainingClosesIdleConnectionsAndLetsOthersFinish) {
  transport_.receive(kGet);
  shared_.draining = true;
  session_.drain();
  EXPECT_FALSE(transport_.ended());
  last().answer(200, "ok");
  transport_.end_turn();
  EXPECT_THAT(transport_.sent, HasSubstr("connection: close"));
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, DrainingClosesAnIdleConnection) {
  shared_.draining = true;
  session_.drain();
  EXPECT_TRUE(transport_.closing);
}

TEST_F(H1SessionTest, IsSmallWhileItStreams) {
  EXPECT_LE(sizeof(H1Session), 256u);
}

TEST_F(H1SessionTest, TellsPeerAndCertificate) {
  transport_.receive(kGet);
  EXPECT_EQ(last().stream->client_certificate(), "CN=test");
  EXPECT_EQ(&last().stream->peer(), &transport_.peer());
}

}  // namespace
}  // namespace gh::http
