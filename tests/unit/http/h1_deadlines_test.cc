#include "h1_session_fixture.h"

#include <gmock/gmock.h>

namespace gh::http {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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
  EXPECT_TRUE(last().slow_reader);
  EXPECT_FALSE(last().gone);
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

}  // namespace
}  // namespace gh::http
