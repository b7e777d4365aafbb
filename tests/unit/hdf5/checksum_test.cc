#include "hdf5/checksum.h"

#include <gtest/gtest.h>

#include "bytes.h"

namespace gh::hdf5 {
namespace {

TEST(Checksum, IsThatOfLookup3) {
  // From the comments of lookup3.c.
  EXPECT_EQ(checksum(""), 0xdeadbeefu);
  EXPECT_EQ(checksum("Four score and seven years ago"), 0x17770551u);
}

TEST(Checksum, TakesEveryLength) {
  std::uint32_t before = 0;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::uint32_t sum = checksum(std::string(size, '\0'));
    EXPECT_NE(sum, before) << size;
    before = sum;
  }
}

TEST(Checksum, SealsAtTheEndAndWithin) {
  EXPECT_TRUE(is_sealed(sealed("some bytes")));
  EXPECT_TRUE(is_sealed(sealed("")));
  EXPECT_FALSE(is_sealed(sealed("some bytes") + "x"));
  EXPECT_FALSE(is_sealed("abc"));
  const std::string open = "head" + std::string(4, '\0') + "tail";
  const std::string closed = "head" + little(checksum(open), 4) + "tail";
  EXPECT_TRUE(is_sealed_within(closed, 4));
  EXPECT_FALSE(is_sealed_within(closed, 5));
  EXPECT_FALSE(is_sealed_within(closed, 9));
  EXPECT_FALSE(is_sealed_within("abc", 0));
}

}  // namespace
}  // namespace gh::hdf5
