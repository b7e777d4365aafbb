#include "source/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::source {
namespace {

TEST(Bytes, NumbersOfEitherOrder) {
  constexpr std::string_view kBytes = "\1\2\3\4\5\6\7\xff";
  EXPECT_EQ(big_endian(kBytes, 0, 2), 0x0102);
  EXPECT_EQ(big_endian(kBytes, 0, 8), 0x01020304050607ff);
  EXPECT_EQ(big_endian(kBytes, 7, 1), 0xff);
  EXPECT_EQ(big_endian(kBytes, 3, 0), 0);
  EXPECT_EQ(little_endian(kBytes, 0, 2), 0x0201);
  EXPECT_EQ(little_endian(kBytes, 0, 8), 0xff07060504030201);
  EXPECT_EQ(little_endian(kBytes, 7, 1), 0xff);
  EXPECT_EQ(little_endian(kBytes, 3, 0), 0);
}

TEST(Bytes, NumbersOfWhatIsNotThere) {
  EXPECT_EQ(big_endian("\1\2", 1, 2), 0x0200);
  EXPECT_EQ(little_endian("\1\2", 1, 2), 0x0002);
  EXPECT_EQ(big_endian("\1\2", 2, 8), 0);
  EXPECT_EQ(little_endian("", 900, 8), 0);
}

TEST(Bytes, PiecesOfASource) {
  MemorySource source("0123456789");
  EXPECT_EQ(bytes_at(source, 0, 3), "012");
  EXPECT_EQ(bytes_at(source, 8, 3), "89");
  EXPECT_EQ(bytes_at(source, 10, 3), "");
  EXPECT_EQ(bytes_at(source, 11, 3), "");
  EXPECT_EQ(bytes_at(source, UINT64_MAX, UINT64_MAX), "");
  EXPECT_EQ(bytes_at(source, 0, UINT64_MAX), "0123456789");
}

TEST(Bytes, PassesWhatIsThereWhole) {
  MemorySource source("0123456789");
  Reader reader(source);
  EXPECT_TRUE(pass(reader, 4));
  EXPECT_FALSE(pass(reader, 7));
  EXPECT_EQ(reader.position(), 4);
  EXPECT_FALSE(pass(reader, UINT64_MAX));
  EXPECT_TRUE(pass(reader, 6));
  EXPECT_TRUE(pass(reader, 0));
  EXPECT_EQ(reader.left(), 0);
}

}  // namespace
}  // namespace gh::source
