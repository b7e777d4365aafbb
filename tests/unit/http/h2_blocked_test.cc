// Answers that end while the client reads slowly: a DATA frame may be under way in the library that
// still waits for room in the connection.

#include <gtest/gtest.h>

#include <string>

#include "h2_session_fixture.h"

namespace gh::http {
namespace {

constexpr std::uint32_t kInternalError = 2;
constexpr std::size_t kSize = 300'000;

class H2BlockedTest : public H2SessionTest, public testing::WithParamInterface<std::uint32_t> {
 protected:
  // Two answers of which the connection has taken 64 KiB; one more frame was promised.
  H2BlockedTest() {
    transport_.receive(h2::frame(h2::kSettings, 0, 0, h2::setting(4, 1 << 20)) +
                       h2::window(0, 1 << 24));
    get(1);
    get(3);
    transport_.reading = false;
    for (std::size_t i = 0; i < 2; ++i) {
      ServerStream& stream = *request(i).stream;
      stream.send_head({.status = 200, .fields = {}, .content_length = kSize});
      stream.send_data(std::string(kSize, static_cast<char>('a' + i)));
    }
    transport_.run_flushes();
    EXPECT_GT(transport_.pending(), net::Stream::kHighWater);
  }
  void read_on() {
    transport_.reading = true;
    take();
  }
  // Nothing of a frame is another's, and nothing comes after the end of a stream.
  void expect_frames_whole() {
    for (const h2::Frame& frame : reader_.frames) {
      ASSERT_TRUE(frame.stream == 0 || frame.stream == 1 || frame.stream == 3) << frame.stream;
      if (frame.type != h2::kData) continue;
      const char letter = frame.stream == 1 ? 'a' : 'b';
      ASSERT_EQ(frame.payload.find_first_not_of(letter), std::string::npos);
    }
  }
};

TEST_P(H2BlockedTest, AnAnswerThatIsBrokenOffTakesNoOtherWithIt) {
  const std::size_t broken = GetParam() / 2;
  request(broken).stream->abort();
  request(1 - broken).stream->finish();
  read_on();
  expect_frames_whole();
  const std::uint32_t other = GetParam() == 1 ? 3 : 1;
  EXPECT_EQ(reader_.body[other].size(), kSize);
  EXPECT_TRUE(reader_.ended[other]);
  EXPECT_FALSE(reader_.ended[GetParam()]);
  EXPECT_LT(reader_.body[GetParam()].size(), kSize);
  const auto resets = reader_.of_type(h2::kReset);
  ASSERT_EQ(resets.size(), 1U);
  EXPECT_EQ(resets[0].stream, GetParam());
  EXPECT_EQ(resets[0].code(), kInternalError);
  get(5);
  request(2).answer(200, "ok");
  take();
  EXPECT_EQ(reader_.body[5], "ok");
  EXPECT_FALSE(transport_.ended());
}

INSTANTIATE_TEST_SUITE_P(Streams, H2BlockedTest, testing::Values(1, 3));

TEST_F(H2BlockedTest, AllMayBeBrokenOff) {
  request(0).stream->abort();
  request(1).stream->abort();
  read_on();
  expect_frames_whole();
  EXPECT_EQ(reader_.of_type(h2::kReset).size(), 2U);
  EXPECT_FALSE(reader_.ended[1] || reader_.ended[3]);
  EXPECT_FALSE(transport_.ended());
}

// The connection still takes a byte now and then, but these streams got none for too long.
TEST_F(H2BlockedTest, AnAnswerThatNobodyTakesIsCutWhileItsFrameWaits) {
  request(0).stream->finish();
  request(1).stream->finish();
  transport_.advance(options_.write_timeout - std::chrono::seconds(1));
  transport_.read_some(1);
  transport_.advance(std::chrono::seconds(2));
  EXPECT_EQ(recorder_.glitches.size(), 2U);
  read_on();
  expect_frames_whole();
  EXPECT_EQ(reader_.of_type(h2::kReset).size(), 2U);
  EXPECT_FALSE(reader_.ended[1] || reader_.ended[3]);
  get(5);
  request(2).answer(200, "ok");
  take();
  EXPECT_EQ(reader_.body[5], "ok");
  EXPECT_FALSE(transport_.ended());
}

}  // namespace
}  // namespace gh::http
