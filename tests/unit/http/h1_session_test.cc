#include "h1_session_fixture.h"

#include <gmock/gmock.h>

#include <array>

namespace gh::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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

// Wherever it went wrong: the client waits for no content after any answer to HEAD.
TEST_F(H1SessionTest, ARefusedHeadHasNoContent) {
  const std::string_view bad[] = {
      "HEAD /v1//x HTTP/1.1\r\n",
      "HEAD http://a/ HTTP/1.1\r\n",
      "HEAD  / HTTP/1.1\r\n",
      "HEAD / HTTP/1.1\n",
      "HEAD / HTTP/1.0\r\n",
      "HEAD /\x80 HTTP/1.1\r\n",
      "HEAD / HTTP/1.1\r\n\r\n",
      "HEAD / HTTP/1.1\r\nHost : a\r\n",
      "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
  };
  for (const bool answers : {true, false}) {
    recorder_.answer_bad = answers;
    for (const std::string_view head : bad) {
      FakeTransport transport;
      H1Session session{transport, shared_, options_, transport.now()};
      transport.attach(&session);
      transport.receive(head);
      EXPECT_THAT(transport.sent, StartsWith("HTTP/1.1 400 ")) << head;
      EXPECT_THAT(transport.sent, testing::ContainsRegex("\r\ncontent-length: [1-9]")) << head;
      EXPECT_THAT(transport.sent, EndsWith("\r\nconnection: close\r\n\r\n")) << head;
      EXPECT_TRUE(transport.closing) << head;
    }
  }
}

TEST_F(H1SessionTest, ARefusedOtherMethodHasContent) {
  for (const std::string_view head :
       {"GET /v1//x HTTP/1.1\r\n", "head / HTTP/1.1\r\n", "HEADS / HTTP/1.1\r\n", "HEAD\r\n"}) {
    FakeTransport transport;
    H1Session session{transport, shared_, options_, transport.now()};
    transport.attach(&session);
    transport.receive(head);
    EXPECT_THAT(transport.sent, EndsWith("\nrefused: " + recorder_.glitches.back() + "\n")) << head;
  }
}

TEST_F(H1SessionTest, ASlowHeadHasNoContentEither) {
  transport_.receive("HEAD /v1/mod");
  transport_.advance(options_.head_timeout);
  EXPECT_THAT(transport_.sent, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(transport_.sent, EndsWith("\r\nconnection: close\r\n\r\n"));
  EXPECT_TRUE(transport_.closing);
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
  EXPECT_TRUE(last().stream->has_client_certificate());
  EXPECT_EQ(&last().stream->peer(), &transport_.peer());
}

}  // namespace
}  // namespace gh::http
