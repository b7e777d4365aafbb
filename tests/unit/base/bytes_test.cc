#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/secret.h"

namespace gh {
namespace {

TEST(Buffer, QueuesBytesAcrossGrowthAndConsumption) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 37), static_cast<char>('a' + i % 26));
    buffer.append(piece);
    expected += piece;
    const std::size_t drop =
        std::min<std::size_t>(expected.size(), static_cast<std::size_t>(i % 11));
    buffer.consume(drop);
    expected.erase(0, drop);
    ASSERT_EQ(buffer.view(), expected);
  }
  EXPECT_GE(buffer.capacity(), buffer.size() + Buffer::kSlack);
  buffer.release();
  EXPECT_EQ(buffer.capacity(), 0u);
  EXPECT_TRUE(buffer.empty());
}

TEST(Encoding, RoundTripsAndKnownValues) {
  EXPECT_EQ(hex(std::string_view("\x00\xff", 2)), "00ff");
  EXPECT_EQ(unhex("00fF"), std::string("\x00\xff", 2));
  EXPECT_EQ(unhex("0"), std::nullopt);
  EXPECT_EQ(unhex("0g"), std::nullopt);
  EXPECT_EQ(base64url(std::string_view("\xfb\xff\xfe", 3)), "-__-");
  EXPECT_EQ(base64url(std::string(32, 'x')).size(), 43u);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  // Of every length against the definition, a bit at a time.
  std::string text;
  for (int length = 0; length < 40; ++length) {
    std::uint32_t bitwise = 0xFFFFFFFFu;
    for (const char c : text) {
      bitwise ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit)
        bitwise = (bitwise >> 1) ^ (0xEDB88320u & (0u - (bitwise & 1)));
    }
    EXPECT_EQ(crc32(text), bitwise ^ 0xFFFFFFFFu) << length;
    text += static_cast<char>(length * 37 + 200);
  }
  EXPECT_EQ(base62(std::string(32, '\0')), std::string(43, '0'));
  EXPECT_EQ(base62(std::string(32, '\xff')).size(), 43u);
  EXPECT_EQ(base62("\x3e"), "10");
  EXPECT_TRUE(is_base62("aZ09"));
  EXPECT_FALSE(is_base62("a_b"));
}

TEST(Secret, ComparesByContentAndWipesOnMove) {
  Secret secret("s3cret");
  EXPECT_TRUE(secret.equals("s3cret"));
  EXPECT_FALSE(secret.equals("s3creT"));
  EXPECT_FALSE(secret.equals("s3cre"));
  Secret moved = std::move(secret);
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): the contract under test
  EXPECT_EQ(moved.reveal(), "s3cret");
}

TEST(RequestIds, AreUniqueAndSafe) {
  RequestIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) seen.emplace(ids.next().view());
  EXPECT_EQ(seen.size(), 10000u);
  for (const auto& id : seen) {
    EXPECT_EQ(id.substr(0, 4), "req_");
    EXPECT_TRUE(is_base62(id.substr(4)));
    EXPECT_EQ(id.size(), RequestId::kSize);
  }
}

TEST(Clock, PrintsDates) {
  const WallTime time{1'795'626'923'042'000'000};
  EXPECT_EQ(rfc3339(time), "2026-11-25T17:15:23.042Z");
  EXPECT_EQ(http_date(time), "Wed, 25 Nov 2026 17:15:23 GMT");
}

// Certificates may end in any second, and the first that a thread prints may be any.
TEST(Clock, PrintsEverySecondFirst) {
  std::string text;
  std::thread([&text] { text = rfc3339({-1'000'000'000}); }).join();
  EXPECT_EQ(text, "1969-12-31T23:59:59.000Z");
  std::thread([&text] { text = rfc3339({0}); }).join();
  EXPECT_EQ(text, "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace gh
